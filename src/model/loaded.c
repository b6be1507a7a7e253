#include "model/loaded.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "model/headroom.h"
#include "model/turns.h"

enum { TEXT_BYTES_MAX = 128 << 10 }; // 256 words of 100 characters of four bytes are less

int loaded_read(struct loaded *m, const struct loaded_kind *kind, const char *folder, struct error *e) {
        int r = folder_read(folder, kind->setting, &m->folder, e);
        size_t truncation;

        m->kind = kind;
        if (r == 0)
                r = tokenizer_open(m->folder.tokenizer, &m->tokenizer, e);
        if (r < 0)
                return r;
        truncation = tokenizer_truncation(m->tokenizer);
        m->tokens_max = kind->tokens_max;
        if (truncation > 0)
                m->tokens_max = MIN(m->tokens_max, truncation);
        if (m->folder.positions > 0)
                m->tokens_max = MIN(m->tokens_max, m->folder.positions);
        return 0;
}

int loaded_start(struct loaded *m, const char *runtime, unsigned parallel_max, struct error *e) {
        int r = headroom_check(m->folder.onnx, m->folder.bytes, e);

        m->parallel_max = parallel_max ? parallel_max : turns_default();
        if (r == 0)
                r = onnx_open(runtime, &m->onnx, e);
        if (r < 0)
                return r;
        r = session_open(&m->onnx, m->folder.onnx, m->kind->session, &m->session, e);
        return r < 0 ? error_prefix(e, r, "%s", m->folder.onnx) : 0;
}

static int run(const struct loaded *m, const int64_t *ids, const int64_t *types, size_t n,
               int (*fn)(void *arg, const float *values, size_t rows, size_t columns), void *arg, struct error *e) {
        struct error why = ERROR_INIT;
        int r = session_run(m->session, ids, m->folder.one_type ? NULL : types, n, fn, arg, &why);

        if (r == -EIO && why.code == ERROR_NONE)
                return error_set(e, r, ERROR_MODEL_UNAVAILABLE, "%s: %s", m->folder.onnx, m->kind->refused);
        return r < 0 ? error_set(e, r, ERROR_MODEL_UNAVAILABLE, "%s: %s", m->folder.onnx, why.message) : 0;
}

int loaded_try(const struct loaded *m, int (*fn)(void *arg, const float *values, size_t rows, size_t columns),
               void *arg, struct error *e) {
        int64_t *ids _cleanup_free_ = calloc(m->tokens_max, sizeof(*ids));
        int64_t *types _cleanup_free_ = calloc(m->tokens_max, sizeof(*types));

        if (!ids || !types)
                return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "%s: not enough memory", m->folder.onnx);
        for (size_t i = 0; i < m->tokens_max; i++) {
                ids[i] = (int64_t) (tokenizer_vocabulary(m->tokenizer) - 1);
                types[i] = m->kind->pairs && i > m->tokens_max / 2;
        }
        int r = run(m, ids, types, m->tokens_max, fn, arg, e);
        if (r < 0)
                return error_prefix(e, r == -EIO ? -EINVAL : r, "trying %zu tokens of id %" PRId64, m->tokens_max,
                                    ids[0]);
        return 0;
}

int loaded_identify(struct loaded *m, const char *recipe, struct error *e) {
        return folder_version(&m->folder, recipe, m->version, e);
}

void loaded_clear(struct loaded *m) {
        m->session = session_free(m->session);
        onnx_close(&m->onnx);
        m->tokenizer = tokenizer_free(m->tokenizer);
        folder_clear(&m->folder);
}

int loaded_run(const struct loaded *m, const int64_t *ids, const int64_t *types, size_t n,
               int (*fn)(void *arg, const float *values, size_t rows, size_t columns), void *arg, struct error *e) {
        turns_begin(m->parallel_max);
        int r = run(m, ids, types, n, fn, arg, e);
        turns_end();
        return r == -EINVAL || r == -ENOTSUP ? -EIO : r; // the ids are ours: it is not the caller's mistake
}

size_t loaded_text_len(const char *text) {
        size_t n = strnlen(text, TEXT_BYTES_MAX + 1);

        return n > TEXT_BYTES_MAX ? utf8_floor(text, n, TEXT_BYTES_MAX) : n;
}
