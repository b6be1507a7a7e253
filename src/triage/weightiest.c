#include "triage/weightiest.h"

#include <string.h>

#include "base/string.h"

void weightiest_take(struct weightiest *w, size_t max, double weight, const char *text) {
        size_t at = max;

        while (at > 0 && (!w->texts[at - 1] || w->weights[at - 1] < weight))
                at--;
        if (at == max)
                return;
        memmove(w->weights + at + 1, w->weights + at, (max - at - 1) * sizeof(*w->weights));
        memmove(w->texts + at + 1, w->texts + at, (max - at - 1) * sizeof(*w->texts));
        w->weights[at] = weight;
        w->texts[at] = text;
}

void weightiest_join(const struct weightiest *w, char *out, size_t cap) {
        size_t len = 0;

        out[0] = '\0';
        for (size_t i = 0; i < WEIGHTIEST_MAX && w->texts[i]; i++) {
                const char *comma = len > 0 ? ", " : "";
                if (len + strlen(comma) + strlen(w->texts[i]) >= cap)
                        return;
                str_copy(out + len, cap - len, comma);
                len += strlen(comma);
                str_copy(out + len, cap - len, w->texts[i]);
                len += strlen(w->texts[i]);
        }
}
