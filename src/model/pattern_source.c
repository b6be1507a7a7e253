#include "model/pattern_source.h"

#include <errno.h>
#include <string.h>

#include "base/memory.h"

bool source_peek(const struct source *s, const char *text) {
        size_t k = strlen(text);

        if (s->n - s->i < k)
                return false;
        for (size_t i = 0; i < k; i++)
                if (s->at[s->i + i] != (unsigned char) text[i])
                        return false;
        return true;
}

bool source_take(struct source *s, const char *text) {
        bool there = source_peek(s, text);

        if (there)
                s->i += strlen(text);
        return there;
}

int source_refuse(const struct source *s, const char *what) {
        return error_set(s->e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE, "%s: %s, at character %zu, is not supported",
                         s->where, what, s->i + 1);
}

int source_malformed(const struct source *s, const char *what) {
        return error_set(s->e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s: %s, at character %zu", s->where, what, s->i + 1);
}

int source_too_long(const struct source *s) {
        return error_set(s->e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s: the pattern is too long", s->where);
}

int source_no_memory(const struct source *s) {
        return error_set(s->e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "%s: not enough memory", s->where);
}

int source_skip_atom(struct source *s) {
        int depth = 0;

        do {
                uint32_t c = s->i < s->n ? s->at[s->i++] : 0;

                if (c == '(') {
                        depth++;
                } else if (c == ')') {
                        depth--;
                } else if (c == '\\') {
                        bool braces = source_peek(s, "p{") || source_peek(s, "P{") || source_peek(s, "x{");

                        s->i = MIN(s->i + 1, s->n);
                        while (braces && s->i < s->n && s->at[s->i++] != '}')
                                ;
                        if (s->at[s->i - 1] == 'x')
                                s->i = MIN(s->i + 2, s->n);
                } else if (c == '[') {
                        s->i += source_peek(s, "^") ? 2 : 1; // a "]" that comes first is one of the characters
                        while (s->i < s->n && s->at[s->i] != ']')
                                s->i += s->at[s->i] == '\\' ? 2 : 1;
                        s->i++;
                }
                if (s->i > s->n || (s->i == s->n && depth > 0)) {
                        s->i = s->n;
                        return source_malformed(s, "a class or a group without its end");
                }
        } while (depth > 0);
        return 0;
}
