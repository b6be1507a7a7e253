#include "model/encoder.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "model/loaded.h"

static const struct loaded_kind kind = {
                .setting = "EMBEDDING_MODEL",
                .session = SESSION_EMBEDDING,
                .tokens_max = 256, // what the default model was trained on; more costs time and blurs the meaning
                .refused = "its vector is zero, not finite or of another length",
};

struct encoder {
        struct loaded model;
        size_t dimensions, specials;
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
        if (p->m->model.folder.first_token)
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

// ---- opening

static int count_specials(struct encoder *m, struct error *e) {
        int64_t *ids _cleanup_free_ = NULL;
        int r = tokenizer_encode(m->model.tokenizer, "", 0, SIZE_MAX, &ids, &m->specials);

        if (r < 0)
                return error_set(e, r, ERROR_MODEL_UNAVAILABLE, "%s: not enough memory", m->model.folder.tokenizer);
        if (m->model.tokens_max <= m->specials)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s: at most %zu tokens leave no room for a text",
                                 m->model.folder.tokenizer, m->model.tokens_max);
        return 0;
}

static int try_out(struct encoder *m, struct error *e) {
        const struct folder *folder = &m->model.folder;
        float *v _cleanup_free_ = NULL;
        struct pooling p = {.m = m};
        int r = loaded_try(&m->model, pool_rows, &p, e);

        if (r < 0)
                return r;
        if (folder->hidden > 0 && p.columns != folder->hidden && session_output(m->model.session) == SESSION_TOKENS)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE,
                                 "%s: its vectors have %zu values, config.json says %zu", folder->onnx, p.columns,
                                 folder->hidden);
        m->dimensions = p.columns;
        v = calloc(m->dimensions, sizeof(*v));
        return v ? encoder_embed(m, "Hello, world.", v, e)
                 : error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "%s: not enough memory", folder->onnx);
}

static int open_parts(struct encoder *m, const struct encoder_options *o, struct error *e) {
        char recipe[64];
        int r = loaded_read(&m->model, &kind, o->folder, e);

        if (r == 0)
                r = count_specials(m, e);
        if (r == 0)
                r = loaded_start(&m->model, o->runtime, o->parallel_max, e);
        if (r == 0)
                r = try_out(m, e);
        if (r < 0)
                return r;
        (void) snprintf(recipe, sizeof(recipe), "%s of %zu tokens", m->model.folder.first_token ? "first" : "mean",
                        m->model.tokens_max);
        return loaded_identify(&m->model, recipe, e);
}

int encoder_open(const struct encoder_options *o, struct encoder **ret, struct error *e) {
        struct encoder *m _cleanup_(encoder_free_p) = calloc(1, sizeof(*m));
        int r;

        if (!m)
                return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "the model: not enough memory");
        r = open_parts(m, o, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(m);
        return 0;
}

struct encoder *encoder_free(struct encoder *m) {
        if (!m)
                return NULL;
        loaded_clear(&m->model);
        free(m);
        return NULL;
}

size_t encoder_dimensions(const struct encoder *m) {
        return m->dimensions;
}

const char *encoder_version(const struct encoder *m) {
        return m->model.version;
}

const char *encoder_name(const struct encoder *m) {
        return m->model.folder.name;
}

size_t encoder_tokens_max(const struct encoder *m) {
        return m->model.tokens_max;
}

// ---- embedding

int encoder_embed(struct encoder *m, const char *text, float *v, struct error *e) {
        struct pooling p = {.m = m, .out = v};
        int64_t *ids _cleanup_free_ = NULL;
        size_t n = loaded_text_len(text), count = 0;
        int r = tokenizer_encode(m->model.tokenizer, text, n, m->model.tokens_max, &ids, &count);

        if (r < 0)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory to read a text of %zu bytes", n);
        if (count <= m->specials)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "a text without a word has no meaning to compare");
        return loaded_run(&m->model, ids, NULL, count, pool_rows, &p, e);
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
