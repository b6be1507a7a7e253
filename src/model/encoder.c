#include "model/encoder.h"

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
        TOKENS_MAX = 256,           // what the default model was trained on; more costs time and blurs the meaning
        TEXT_BYTES_MAX = 128 << 10, // 256 words of 100 characters of four bytes are less; what follows is not read
};

struct encoder {
        struct onnx onnx;
        struct session *session;
        struct tokenizer *tokenizer;
        struct folder folder;
        char version[FOLDER_VERSION_SIZE];
        size_t dimensions, tokens_max, specials;
        unsigned parallel_max;
};

// ---- pooling

struct pooling {
        const struct encoder *m;
        float *out; // dimensions of them; NULL: only ask
        size_t columns;
};

// One vector of unit length out of a row per token, or out of the one row of a model that pools by itself.
static int pool_rows(void *arg, const float *values, size_t rows, size_t columns) {
        struct pooling *p = arg;
        double square = 0;

        p->columns = columns;
        if (!p->out)
                return 0;
        if (columns != p->m->dimensions)
                return -EIO;
        if (p->m->folder.first_token)
                rows = 1;
        memcpy(p->out, values, columns * sizeof(*values));
        for (size_t i = 1; i < rows; i++)
                for (size_t k = 0; k < columns; k++)
                        p->out[k] += values[i * columns + k];
        for (size_t k = 0; k < columns; k++)
                square += (double) p->out[k] * (double) p->out[k];
        if (!isfinite(square) || square <= 0)
                return -EIO;
        for (size_t k = 0; k < columns; k++)
                p->out[k] = (float) ((double) p->out[k] / sqrt(square));
        return 0;
}

static int run_ids(const struct encoder *m, const int64_t *ids, size_t n, struct pooling *p, struct error *e) {
        struct error why = ERROR_INIT;
        int r = session_run(m->session, ids, NULL, n, pool_rows, p, &why);

        if (r == -EIO && why.code == ERROR_NONE)
                return error_set(e, r, ERROR_MODEL_UNAVAILABLE,
                                 "%s: its vector is zero, not finite or of another length", m->folder.onnx);
        return r < 0 ? error_set(e, r, ERROR_MODEL_UNAVAILABLE, "%s: %s", m->folder.onnx, why.message) : 0;
}

// ---- opening

static int open_tokenizer(struct encoder *m, struct error *e) {
        int64_t *ids _cleanup_free_ = NULL;
        size_t truncation;
        int r = tokenizer_open(m->folder.tokenizer, &m->tokenizer, e);

        if (r < 0)
                return r;
        truncation = tokenizer_truncation(m->tokenizer);
        m->tokens_max = TOKENS_MAX;
        if (truncation > 0)
                m->tokens_max = MIN(m->tokens_max, truncation);
        if (m->folder.positions > 0)
                m->tokens_max = MIN(m->tokens_max, m->folder.positions);
        r = tokenizer_encode(m->tokenizer, "", 0, SIZE_MAX, &ids, &m->specials);
        if (r < 0)
                return error_set(e, r, ERROR_MODEL_UNAVAILABLE, "%s: not enough memory", m->folder.tokenizer);
        if (m->tokens_max <= m->specials)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s: at most %zu tokens leave no room for a text",
                                 m->folder.tokenizer, m->tokens_max);
        return 0;
}

// At the full length and with the largest id, so that the first ticket is not the one to find out that the model has
// fewer positions or fewer embeddings than its files say.
static int try_out(struct encoder *m, struct error *e) {
        int64_t *ids _cleanup_free_ = calloc(m->tokens_max, sizeof(*ids));
        float *v _cleanup_free_ = NULL;
        struct pooling p = {.m = m};
        int r;

        if (!ids)
                return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "%s: not enough memory", m->folder.onnx);
        for (size_t i = 0; i < m->tokens_max; i++)
                ids[i] = (int64_t) (tokenizer_vocabulary(m->tokenizer) - 1);
        r = run_ids(m, ids, m->tokens_max, &p, e);
        if (r < 0)
                return error_prefix(e, r == -EIO ? -EINVAL : r, "trying %zu tokens of id %" PRId64, m->tokens_max,
                                    ids[0]);
        if (m->folder.hidden > 0 && p.columns != m->folder.hidden && session_output(m->session) == SESSION_TOKENS)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE,
                                 "%s: its vectors have %zu values, config.json says %zu", m->folder.onnx, p.columns,
                                 m->folder.hidden);
        m->dimensions = p.columns;
        v = calloc(m->dimensions, sizeof(*v));
        return v ? encoder_embed(m, "Hello, world.", v, e)
                 : error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "%s: not enough memory", m->folder.onnx);
}

static int open_parts(struct encoder *m, const struct encoder_options *o, struct error *e) {
        char recipe[64];
        int r = folder_read(o->folder, "EMBEDDING_MODEL", &m->folder, e);

        if (r == 0)
                r = open_tokenizer(m, e);
        if (r == 0)
                r = headroom_check(m->folder.onnx, m->folder.bytes, e);
        if (r == 0)
                r = onnx_open(o->runtime, &m->onnx, e);
        if (r == 0) {
                r = session_open(&m->onnx, m->folder.onnx, SESSION_EMBEDDING, &m->session, e);
                if (r < 0)
                        (void) error_prefix(e, r, "%s", m->folder.onnx);
        }
        if (r == 0)
                r = try_out(m, e);
        if (r < 0)
                return r;
        (void) snprintf(recipe, sizeof(recipe), "%s of %zu tokens", m->folder.first_token ? "first" : "mean",
                        m->tokens_max);
        return folder_version(&m->folder, recipe, m->version, e);
}

int encoder_open(const struct encoder_options *o, struct encoder **ret, struct error *e) {
        struct encoder *m _cleanup_(encoder_free_p) = calloc(1, sizeof(*m));
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

struct encoder *encoder_free(struct encoder *m) {
        if (!m)
                return NULL;
        m->session = session_free(m->session);
        onnx_close(&m->onnx);
        m->tokenizer = tokenizer_free(m->tokenizer);
        folder_clear(&m->folder);
        free(m);
        return NULL;
}

size_t encoder_dimensions(const struct encoder *m) {
        return m->dimensions;
}

const char *encoder_version(const struct encoder *m) {
        return m->version;
}

const char *encoder_name(const struct encoder *m) {
        return m->folder.name;
}

size_t encoder_tokens_max(const struct encoder *m) {
        return m->tokens_max;
}

// ---- embedding

int encoder_embed(struct encoder *m, const char *text, float *v, struct error *e) {
        struct pooling p = {.m = m, .out = v};
        int64_t *ids _cleanup_free_ = NULL;
        size_t n = strnlen(text, TEXT_BYTES_MAX + 1), count = 0;
        int r;

        if (n > TEXT_BYTES_MAX)
                n = utf8_floor(text, n, TEXT_BYTES_MAX);
        r = tokenizer_encode(m->tokenizer, text, n, m->tokens_max, &ids, &count);
        if (r < 0)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory to read a text of %zu bytes", n);
        if (count <= m->specials)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "a text without a word has no meaning to compare");
        turns_begin(m->parallel_max);
        r = run_ids(m, ids, count, &p, e);
        turns_end();
        return r == -EINVAL || r == -ENOTSUP ? -EIO : r; // the ids are ours: it is not the caller's mistake
}

float vector_dot(const float *a, const float *b, size_t n) {
        float sums[8] = {0}; // apart, so that they can be added at the same time: floats may not be reordered
        float sum = 0;
        size_t i = 0;

        for (; i + ARRAY_LEN(sums) <= n; i += ARRAY_LEN(sums))
                for (size_t k = 0; k < ARRAY_LEN(sums); k++)
                        sums[k] += a[i + k] * b[i + k];
        for (; i < n; i++)
                sum += a[i] * b[i];
        for (size_t k = 0; k < ARRAY_LEN(sums); k++)
                sum += sums[k];
        return sum;
}
