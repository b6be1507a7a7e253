#include "triage/csv.h"

#include <string.h>

#include "base/string.h"

static size_t count(const char *s, size_t n, char c) {
        size_t k = 0;

        for (size_t i = 0; i < n; i++)
                k += s[i] == c;
        return k;
}

void csv_begin(struct csv *c, char *text) {
        static const char others[] = {';', '\t'};

        if (str_starts(text, "\xEF\xBB\xBF"))
                text += 3;
        size_t n = strcspn(text, "\n"), best = count(text, n, ',');
        *c = (struct csv){.at = text, .separator = ',', .lines = 0};
        for (size_t i = 0; i < sizeof(others); i++)
                if (count(text, n, others[i]) > best) {
                        best = count(text, n, others[i]);
                        c->separator = others[i];
                }
}

// One field, unquoted in place; c->at moves behind it and its separator. Returns whether another field of the record
// follows.
static bool take_field(struct csv *c, const char **ret) {
        char *from = c->at, *to = c->at;
        bool quoted = *from == '"';

        *ret = to;
        for (from += quoted; *from; from++) {
                c->lines += *from == '\n';
                if (quoted && from[0] == '"' && from[1] == '"')
                        *to++ = *from++;
                else if (quoted && *from == '"')
                        quoted = false;
                else if (!quoted && (*from == c->separator || *from == '\n'))
                        break;
                else if (quoted || *from != '\r')
                        *to++ = *from;
        }
        bool more = *from && *from == c->separator;
        c->at = *from ? from + 1 : from;
        *to = '\0';
        return more;
}

size_t csv_next(struct csv *c, const char **fields, size_t max) {
        size_t n = 0;

        while (*c->at == '\n' || (c->at[0] == '\r' && c->at[1] == '\n')) {
                c->lines += *c->at == '\n';
                c->at++;
        }
        if (!*c->at)
                return 0;
        for (size_t i = 0; i < max; i++)
                fields[i] = "";
        c->line = c->lines + 1;
        for (bool more = true; more; n++) {
                const char *field;
                more = take_field(c, &field);
                if (n < max)
                        fields[n] = field;
        }
        return n;
}
