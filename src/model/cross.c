#include "model/cross.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "model/folder.h"
#include "model/headroom.h"
#include "model/onnx.h"
#include "model/session.h"
#include "model/tokenizer.h"
#include "model/turns.h"

enum {
        TOKENS_MAX = 256,           // of ticket and sentence together: what matters stands at a ticket's beginning
        TOKENS_MIN = 32,            // a model with fewer has no room for a ticket beside a sentence
        TEXT_BYTES_MAX = 128 << 10, // what follows is not read
};

struct cross {
        struct onnx onnx;
        struct session *session;
        struct tokenizer *tokenizer;
        struct folder folder;
        char version[FOLDER_VERSION_SIZE];
        size_t tokens_max;
        size_t logits; // 0 until it was tried
        unsigned parallel_max;
};

struct reading {
        const struct cross *m;
        size_t columns;
        double score;
};

static int read_logits(void *arg, const float *values, size_t rows _unused_, size_t columns) {
        struct reading *r = arg;
        size_t at = columns == 1 ? 0 : r->m->folder.entailment;

        r->columns = columns;
        if (at >= columns || (r->m->logits > 0 && columns != r->m->logits) || !isfinite(values[at]))
                return -EIO;
        r->score = (double) values[at];
        return 0;
}

static int run_pair(const struct cross *m, const struct tokenizer_pair *p, struct reading *reading, struct error *e) {
        struct error why = ERROR_INIT;
        int r = session_run(m->session, p->ids, m->folder.one_type ? NULL : p->types, p->n, read_logits, reading, &why);

        if (r == -EIO && why.code == ERROR_NONE)
                return error_set(e, r, ERROR_MODEL_UNAVAILABLE, "%s: its score is not finite, or not where it was",
                                 m->folder.onnx);
        return r < 0 ? error_set(e, r, ERROR_MODEL_UNAVAILABLE, "%s: %s", m->folder.onnx, why.message) : 0;
}

// ---- opening

static int open_tokenizer(struct cross *m, struct error *e) {
        int r = tokenizer_open(m->folder.tokenizer, &m->tokenizer, e);
        size_t truncation;

        if (r < 0)
                return r;
        truncation = tokenizer_truncation(m->tokenizer);
        m->tokens_max = TOKENS_MAX;
        if (truncation > 0)
                m->tokens_max = MIN(m->tokens_max, truncation);
        if (m->folder.positions > 0)
                m->tokens_max = MIN(m->tokens_max, m->folder.positions);
        if (m->tokens_max < TOKENS_MIN)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE,
                                 "%s: at most %zu tokens leave no room for a ticket", m->folder.tokenizer,
                                 m->tokens_max);
        return 0;
}

// At the full length and with the largest id, as encoder.c does.
static int try_out(struct cross *m, struct error *e) {
        int64_t *ids _cleanup_free_ = calloc(m->tokens_max, sizeof(*ids));
        int64_t *types _cleanup_free_ = calloc(m->tokens_max, sizeof(*types));
        struct tokenizer_pair p = {.ids = ids, .types = types, .n = m->tokens_max};
        struct reading reading = {.m = m};
        double score;
        int r;

        if (!ids || !types)
                return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "%s: not enough memory", m->folder.onnx);
        for (size_t i = 0; i < p.n; i++) {
                ids[i] = (int64_t) (tokenizer_vocabulary(m->tokenizer) - 1);
                types[i] = i > p.n / 2;
        }
        r = run_pair(m, &p, &reading, e);
        if (reading.columns > 1 && !m->folder.has_entailment)
                return error_set(e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE,
                                 "%s: %zu logits, and no \"entailment\" among the labels of config.json: not a model "
                                 "for zero-shot classification",
                                 m->folder.onnx, reading.columns);
        if (reading.columns > 1 && m->folder.labels > 0 && reading.columns != m->folder.labels)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s: %zu logits, config.json has %zu labels",
                                 m->folder.onnx, reading.columns, m->folder.labels);
        if (r < 0)
                return error_prefix(e, r == -EIO ? -EINVAL : r, "trying %zu tokens of id %" PRId64, p.n, ids[0]);
        m->logits = reading.columns;
        return cross_score(m, "Hello, world.", "This is a greeting.", &score, e);
}

static int open_parts(struct cross *m, const struct cross_options *o, struct error *e) {
        char recipe[64];
        int r = folder_read(o->folder, "ZERO_SHOT_MODEL", &m->folder, e);

        if (r == 0)
                r = open_tokenizer(m, e);
        if (r == 0)
                r = headroom_check(m->folder.onnx, m->folder.bytes, e);
        if (r == 0)
                r = onnx_open(o->runtime, &m->onnx, e);
        if (r == 0) {
                r = session_open(&m->onnx, m->folder.onnx, SESSION_CLASSIFIER, &m->session, e);
                if (r < 0)
                        (void) error_prefix(e, r, "%s", m->folder.onnx);
        }
        if (r == 0)
                r = try_out(m, e);
        if (r < 0)
                return r;
        (void) snprintf(recipe, sizeof(recipe), "logit %zu of %zu, %zu tokens", m->folder.entailment, m->logits,
                        m->tokens_max);
        return folder_version(&m->folder, recipe, m->version, e);
}

int cross_open(const struct cross_options *o, struct cross **ret, struct error *e) {
        struct cross *m _cleanup_(cross_free_p) = calloc(1, sizeof(*m));
        int r;

        if (!m)
                return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "the model: not enough memory");
        m->parallel_max = o->parallel_max ? o->parallel_max : turns_default();
        r = open_parts(m, o, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(m);
        return 0;
}

struct cross *cross_free(struct cross *m) {
        if (!m)
                return NULL;
        m->session = session_free(m->session);
        onnx_close(&m->onnx);
        m->tokenizer = tokenizer_free(m->tokenizer);
        folder_clear(&m->folder);
        free(m);
        return NULL;
}

const char *cross_version(const struct cross *m) {
        return m->version;
}

const char *cross_name(const struct cross *m) {
        return m->folder.name;
}

size_t cross_tokens_max(const struct cross *m) {
        return m->tokens_max;
}

// ---- scoring

int cross_score(struct cross *m, const char *premise, const char *hypothesis, double *ret, struct error *e) {
        struct tokenizer_pair p _cleanup_(tokenizer_pair_clear) = {0};
        struct reading reading = {.m = m};
        size_t n = strnlen(premise, TEXT_BYTES_MAX + 1);
        int r;

        if (n > TEXT_BYTES_MAX)
                n = utf8_floor(premise, n, TEXT_BYTES_MAX);
        r = tokenizer_encode_pair(m->tokenizer, premise, n, hypothesis, strlen(hypothesis), m->tokens_max,
                                  TOKENIZER_CUT_FIRST, &p);
        if (r == -EMSGSIZE)
                return error_set(e, -EINVAL, ERROR_FILE_INVALID,
                                 "the description \"%.60s\" is too long for the zero-shot model", hypothesis);
        if (r < 0)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory to read a text of %zu bytes", n);
        if (p.first == 0)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "a text without a word has no meaning to compare");
        turns_begin(m->parallel_max);
        r = run_pair(m, &p, &reading, e);
        turns_end();
        if (r == 0)
                *ret = reading.score;
        return r == -EINVAL || r == -ENOTSUP ? -EIO : r; // the ids are ours: it is not the caller's mistake
}
