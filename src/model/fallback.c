#include "model/fallback.h"

#include <errno.h>

#include "model/bytes.h"
#include "model/fields.h"

int fallback_parse(const json_t *part, const struct vocabulary *v, bool all, struct fallback *ret, struct error *e) {
        static const char digits[] = "0123456789ABCDEF";
        int r = field_bool(part, "model", "byte_fallback", &ret->on, e);

        if (r < 0 || !ret->on)
                return MIN(r, 0);
        for (unsigned i = 0; i < ARRAY_LEN(ret->ids); i++) {
                const char name[] = {'<', '0', 'x', digits[i >> 4], digits[i & 15], '>', '\0'};

                r = vocabulary_find(v, name, &ret->ids[i]);
                if (r == -ENOENT && all)
                        return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE,
                                         "model.byte_fallback is set and \"%s\" is not in model.vocab", name);
                if (r == -ENOENT)
                        ret->ids[i] = -1;
                else if (r < 0)
                        return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "model: not enough memory");
        }
        return 0;
}

int fallback_add(const struct fallback *f, const uint32_t *text, size_t n, struct ids *out) {
        int r = 0;

        for (size_t i = 0; r == 0 && i < n; i++) {
                uint8_t bytes[4];
                size_t k = bytes_of(text[i], bytes);

                for (size_t j = 0; r == 0 && j < k; j++)
                        r = f->ids[bytes[j]] < 0 ? -ENOENT : ids_add(out, f->ids[bytes[j]]);
        }
        return r;
}
