#include "text/html_style.h"

#include <string.h>
#include <strings.h>

#include "base/memory.h"

enum { STYLE_VALUE_MAX = 32 }; // longer than any of the values below

static bool is_space(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

// Copies a value without white space and without "!important"; false when it is too long to be one that hides.
static bool squeeze(const char *s, size_t n, char *out, size_t cap) {
        size_t k = 0;

        for (size_t i = 0; i < n && s[i] != '!'; i++) {
                if (is_space(s[i]))
                        continue;
                if (k + 1 >= cap)
                        return false;
                out[k++] = s[i];
        }
        out[k] = '\0';
        return true;
}

static bool is_zero(const char *value) {
        size_t k = strspn(value, "0.");
        return k > 0 && (value[k] == '\0' || strcasecmp(value + k, "px") == 0 || strcasecmp(value + k, "pt") == 0 ||
                         strcasecmp(value + k, "em") == 0 || strcasecmp(value + k, "%") == 0);
}

static bool declaration_hides(const char *name, const char *value) {
        static const struct {
                const char *name, *value; // value NULL: zero, in any unit
        } hiding[] = {
                        {"display", "none"}, {"visibility", "hidden"}, {"visibility", "collapse"},
                        {"mso-hide", "all"}, {"font-size", NULL},      {"opacity", NULL},
        };

        for (size_t i = 0; i < ARRAY_LEN(hiding); i++)
                if (strcasecmp(name, hiding[i].name) == 0 &&
                    (hiding[i].value ? strcasecmp(value, hiding[i].value) == 0 : is_zero(value)))
                        return true;
        return false;
}

bool html_style_hides(const char *style, size_t n) {
        const char *p = style, *end = n > 0 ? style + n : style; // NULL + 0 is undefined

        while (p < end) {
                const char *stop = memchr(p, ';', (size_t) (end - p));
                if (!stop)
                        stop = end;
                const char *colon = memchr(p, ':', (size_t) (stop - p));
                char name[STYLE_VALUE_MAX], value[STYLE_VALUE_MAX];
                if (colon && squeeze(p, (size_t) (colon - p), name, sizeof(name)) &&
                    squeeze(colon + 1, (size_t) (stop - colon - 1), value, sizeof(value)) &&
                    declaration_hides(name, value))
                        return true;
                p = stop + (stop < end);
        }
        return false;
}
