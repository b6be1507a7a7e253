#include "model/cross.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "model/loaded.h"

enum { TOKENS_MIN = 32 }; // a model with fewer has no room for a ticket beside a sentence

static const struct loaded_kind kind = {
                .setting = "ZERO_SHOT_MODEL",
                .session = SESSION_CLASSIFIER,
                .pairs = true,
                .tokens_max = 256, // of ticket and sentence together: what matters stands at a ticket's beginning
                .refused = "its score is not finite, or not where it was",
};

struct cross {
        struct loaded model;
        size_t logits; // 0 until it was tried
};

struct reading {
        const struct cross *m;
        size_t columns;
        double score;
};

static int read_logits(void *arg, const float *values, size_t rows _unused_, size_t columns) {
        struct reading *r = arg;
        size_t at = columns == 1 ? 0 : r->m->model.folder.entailment;

        r->columns = columns;
        if (at >= columns || (r->m->logits > 0 && columns != r->m->logits) || !isfinite(values[at]))
                return -EIO;
        r->score = (double) values[at];
        return 0;
}

// ---- opening

static int try_out(struct cross *m, struct error *e) {
        const struct folder *folder = &m->model.folder;
        struct reading reading = {.m = m};
        double score;
        int r = loaded_try(&m->model, read_logits, &reading, e);

        if (reading.columns > 1 && !folder->has_entailment)
                return error_set(e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE,
                                 "%s: %zu logits, and no \"entailment\" among the labels of config.json: not a model "
                                 "for zero-shot classification",
                                 folder->onnx, reading.columns);
        if (reading.columns > 1 && folder->labels > 0 && reading.columns != folder->labels)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s: %zu logits, config.json has %zu label%s",
                                 folder->onnx, reading.columns, folder->labels, str_s((int64_t) folder->labels));
        if (r < 0)
                return r;
        m->logits = reading.columns;
        return cross_score(m, "Hello, world.", "This is a greeting.", &score, e);
}

static int open_parts(struct cross *m, const struct cross_options *o, struct error *e) {
        char recipe[64];
        int r = loaded_read(&m->model, &kind, o->folder, e);

        if (r == 0 && m->model.tokens_max < TOKENS_MIN)
                r = error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s: at most %zu tokens leave no room for a ticket",
                              m->model.folder.tokenizer, m->model.tokens_max);
        if (r == 0)
                r = loaded_start(&m->model, o->runtime, o->parallel_max, e);
        if (r == 0)
                r = try_out(m, e);
        if (r < 0)
                return r;
        (void) snprintf(recipe, sizeof(recipe), "logit %zu of %zu, %zu tokens", m->model.folder.entailment, m->logits,
                        m->model.tokens_max);
        return loaded_identify(&m->model, recipe, e);
}

int cross_open(const struct cross_options *o, struct cross **ret, struct error *e) {
        struct cross *m _cleanup_(cross_free_p) = calloc(1, sizeof(*m));
        int r;

        if (!m)
                return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "the model: not enough memory");
        r = open_parts(m, o, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(m);
        return 0;
}

struct cross *cross_free(struct cross *m) {
        if (!m)
                return NULL;
        loaded_clear(&m->model);
        free(m);
        return NULL;
}

const char *cross_version(const struct cross *m) {
        return m->model.version;
}

const char *cross_name(const struct cross *m) {
        return m->model.folder.name;
}

size_t cross_tokens_max(const struct cross *m) {
        return m->model.tokens_max;
}

// ---- scoring

int cross_score(struct cross *m, const char *premise, const char *hypothesis, double *ret, struct error *e) {
        struct tokenizer_pair p _cleanup_(tokenizer_pair_clear) = {0};
        struct reading reading = {.m = m};
        size_t n = loaded_text_len(premise);
        int r = tokenizer_encode_pair(m->model.tokenizer, premise, n, hypothesis, strlen(hypothesis),
                                      m->model.tokens_max, TOKENIZER_CUT_FIRST, &p);

        if (r == -EMSGSIZE)
                return error_set(e, -EINVAL, ERROR_FILE_INVALID,
                                 "the description \"%.60s\" is too long for the zero-shot model", hypothesis);
        if (r < 0)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory to read a text of %zu bytes", n);
        if (p.first == 0)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "a text without a word has no meaning to compare");
        r = loaded_run(&m->model, p.ids, p.types, p.n, read_logits, &reading, e);
        if (r == 0)
                *ret = reading.score;
        return r;
}
