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
        if (!strchr(text, '\n')) // as some programs write on a Macintosh
                for (char *at = text; (at = strchr(at, '\r'));)
                        *at = '\n';
        size_t n = strcspn(text, "\n"), best = count(text, n, ',');
        *c = (struct csv){.at = text, .separator = ',', .lines = 0};
        for (size_t i = 0; i < sizeof(others); i++)
                if (count(text, n, others[i]) > best) {
                        best = count(text, n, others[i]);
                        c->separator = others[i];
                }
}

// What stands between quotes, without them; *from moves behind the closing one. False: there is none.
static bool take_quoted(struct csv *c, char **from, char **to) {
        for ((*from)++; **from; (*from)++) {
                if (**from == '"' && *++*from != '"')
                        return true;
                c->lines += **from == '\n';
                *(*to)++ = **from;
        }
        return false;
}

// One field, unquoted in place; c->at moves behind it and its separator. Returns whether another field of the record
// follows.
static bool take_field(struct csv *c, const char **ret) {
        char *from = c->at, *to = c->at;
        size_t lines = c->lines;
        bool quoted = *from == '"';

        *ret = to;
        bool open = quoted && !take_quoted(c, &from, &to);
        bool across = c->lines > lines;
        const char *behind = to;
        for (; *from && *from != c->separator && *from != '\n'; from++)
                if (*from != '\r')
                        *to++ = *from;
        bool more = *from && *from == c->separator;
        c->lines += *from == '\n';
        c->at = *from ? from + 1 : from;
        *to = '\0';
        if (c->open_quote == 0 && (open || (across && behind + strspn(behind, " \t") < to)))
                c->open_quote = lines + 1;
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
