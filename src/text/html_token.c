#include "text/html_token.h"

#include <string.h>

#include "base/string.h"

static bool is_space(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_letter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static const char *behind_last(const char *data, size_t n, char c) {
        const char *p = n > 0 ? memrchr(data, c, n) : NULL;
        return p ? p + 1 : data;
}

void html_tokens_init(struct html_tokens *t, const char *html, size_t n) {
        *t = (struct html_tokens){.p = html, .end = html + n};
        t->last_tag_end = behind_last(html, n, '>');
        t->last_quote[0] = behind_last(html, n, '"');
        t->last_quote[1] = behind_last(html, n, '\'');
}

static bool name_is(const char *p, const char *name, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (ascii_lower(p[i]) != name[i])
                        return false;
        return true;
}

// The next "</name" from t->p on, or the end.
static const char *find_raw_end(const struct html_tokens *t) {
        size_t k = strlen(t->raw);
        const char *p = t->p;

        while ((p = memchr(p, '<', (size_t) (t->end - p)))) {
                if ((size_t) (t->end - p) >= k + 2 && p[1] == '/' && name_is(p + 2, t->raw, k) &&
                    (p + 2 + k == t->end || !is_letter(p[2 + k])))
                        return p;
                p++;
        }
        return t->end;
}

static struct html_slice *attribute_slot(struct html_token *token, const char *name, size_t n) {
        const struct {
                const char *name;
                struct html_slice *slot;
        } known[] = {
                        {"style", &token->style}, {"hidden", &token->hidden}, {"alt", &token->alt},
                        {"type", &token->type},   {"class", &token->class_},  {"cite", &token->cite},
                        {"start", &token->start},
        };

        for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
                if (strlen(known[i].name) == n && name_is(name, known[i].name, n))
                        return known[i].slot;
        return NULL;
}

// A quoted value whose quote never comes is read as an unquoted one: dropping the rest of a ticket would be worse.
static const char *read_value(const struct html_tokens *t, const char *p, struct html_slice *ret) {
        if (p < t->end && (*p == '"' || *p == '\'') && p + 1 < t->last_quote[*p == '\'']) {
                const char *close = memchr(p + 1, *p, (size_t) (t->end - p - 1));
                if (close && close < t->last_tag_end) {
                        *ret = (struct html_slice){p + 1, (size_t) (close - p - 1)};
                        return close + 1;
                }
        }
        const char *start = p;
        while (p < t->end && !is_space(*p) && *p != '>')
                p++;
        *ret = (struct html_slice){start, (size_t) (p - start)};
        return p;
}

// From behind the tag's name to behind its '>'.
static const char *read_attributes(const struct html_tokens *t, const char *p, struct html_token *token) {
        while (p < t->end && *p != '>') {
                if (is_space(*p) || *p == '/') {
                        token->self_closing = *p == '/' && p + 1 < t->end && p[1] == '>';
                        p++;
                        continue;
                }
                const char *name = p++; // even when it is '=': something must be taken
                while (p < t->end && !is_space(*p) && *p != '=' && *p != '>' && *p != '/')
                        p++;
                struct html_slice *slot = attribute_slot(token, name, (size_t) (p - name));
                struct html_slice value = {p, 0};
                const char *q = p;
                while (q < t->end && is_space(*q))
                        q++;
                if (q < t->end && *q == '=') {
                        do
                                q++;
                        while (q < t->end && is_space(*q));
                        p = read_value(t, q, &value);
                }
                if (slot && !slot->data)
                        *slot = value;
        }
        return p < t->end ? p + 1 : p;
}

static void read_tag(struct html_tokens *t, struct html_token *token) {
        bool closing = t->p[1] == '/';
        const char *p = t->p + (closing ? 2 : 1);
        size_t k = 0;

        for (; p < t->end && !is_space(*p) && *p != '>' && *p != '/'; p++)
                if (k < HTML_NAME_MAX)
                        token->name[k++] = ascii_lower(*p);
        token->name[k] = '\0';
        token->kind = closing ? HTML_END : HTML_START;
        token->element = html_element_find(token->name);
        t->p = read_attributes(t, p, token);
        if (!closing && !token->self_closing && token->element->flags & HTML_RAW) {
                memcpy(t->raw, token->name, sizeof(t->raw));
                t->raw_gone = token->element->flags & HTML_GONE;
        }
}

// "<!-- ... -->", "<!doctype ...>", "<?xml ...>", "</ >": behind it. One that never ends takes the rest, as in
// browsers.
static const char *skip_markup(const struct html_tokens *t) {
        const char *p = t->p;

        if (t->end - p >= 4 && memcmp(p, "<!--", 4) == 0) {
                if (t->end - p >= 5 && p[4] == '>')
                        return p + 5;
                const char *close = memmem(p + 2, (size_t) (t->end - p - 2), "-->", 3);
                return close ? close + 3 : t->end;
        }
        const char *close = memchr(p, '>', (size_t) (t->end - p));
        return close ? close + 1 : t->end;
}

// Is the '<' at p the start of markup? Behind the last '>' nothing is: "if x <y" stays text.
static bool starts_markup(const struct html_tokens *t, const char *p) {
        if (t->end - p < 2 || p >= t->last_tag_end)
                return false;
        return is_letter(p[1]) || p[1] == '!' || p[1] == '?' || (p[1] == '/' && t->end - p > 2);
}

static bool read_raw(struct html_tokens *t, struct html_token *ret) {
        const char *stop = find_raw_end(t);

        ret->kind = HTML_TEXT;
        ret->raw = true;
        ret->text = (struct html_slice){t->p, t->raw_gone ? 0 : (size_t) (stop - t->p)};
        t->p = stop;
        t->raw[0] = '\0';
        return ret->text.n > 0;
}

void html_tokens_next(struct html_tokens *t, struct html_token *ret) {
        *ret = (struct html_token){.kind = HTML_EOF, .element = NULL};
        if (t->raw[0] && read_raw(t, ret))
                return;
        *ret = (struct html_token){.kind = HTML_EOF, .element = NULL};
        while (t->p < t->end) {
                if (*t->p == '<' && starts_markup(t, t->p)) {
                        if (is_letter(t->p[1]) || (t->p[1] == '/' && is_letter(t->p[2]))) {
                                read_tag(t, ret);
                                return;
                        }
                        t->p = skip_markup(t);
                        continue;
                }
                const char *start = t->p++;
                while (t->p < t->end && !(*t->p == '<' && starts_markup(t, t->p)))
                        t->p++;
                ret->kind = HTML_TEXT;
                ret->text = (struct html_slice){start, (size_t) (t->p - start)};
                return;
        }
}
