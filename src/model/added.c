#include "model/added.h"

#include <errno.h>
#include <string.h>

#include "model/fields.h"
#include "model/trie.h"
#include "model/unicode.h"

enum {
        ADDED_MAX = 1 << 17, // tokens of one file
        CONTENT_MAX = 256,   // bytes of one: bounds the work for each character of a text
};

struct added_token {
        int64_t id;
        bool strip_before, strip_after;
};

struct added {
        size_t n;
        struct added_token *tokens;
        // Their values are indexes into tokens.
        struct trie *as_written;    // found in text before the normalizer
        struct trie *as_normalized; // found after it
        struct trie *all;           // by either form: a section that is one of these is that token
};

static int put(struct trie *t, const struct codepoints *c, size_t index) {
        return c->n == 0 ? 0 : trie_put(t, c->at, c->n, (int64_t) index);
}

// What a token's text becomes under the normalizer is what is looked for behind it. A piece of that text is the token,
// too.
static int put_normalized(struct added *a, size_t index, const struct codepoints *content, const struct normalizer *z,
                          struct vocabulary *v) {
        struct codepoints changed _cleanup_codepoints_ = {0};
        int r = normalizer_run(z, content->at, content->n, &changed);

        if (r == 0)
                r = put(a->as_normalized, &changed, index);
        if (r == 0)
                r = put(a->all, &changed, index);
        if (r == 0 && trie_find(v->pieces, changed.at, changed.n) >= 0)
                r = trie_put(v->pieces, changed.at, changed.n, a->tokens[index].id);
        return r;
}

static int add_token(struct added *a, const json_t *o, const struct normalizer *z, struct vocabulary *v,
                     struct error *e) {
        static const char where[] = "added_tokens";
        struct codepoints content _cleanup_codepoints_ = {0};
        bool special = false, single_word = false, normalized;
        const char *text = NULL;
        struct added_token token = {0};
        int r;

        if (!json_is_object(o))
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s must be a list of objects", where);
        r = field_must(field_text(o, where, "content", &text, e), where, "content", e);
        if (r >= 0)
                r = field_must(field_int(o, where, "id", 0, VOCABULARY_ID_MAX, &token.id, e), where, "id", e);
        if (r >= 0)
                r = field_bool(o, where, "special", &special, e);
        normalized = !special;
        if (r >= 0)
                r = field_bool(o, where, "normalized", &normalized, e);
        if (r >= 0)
                r = field_bool(o, where, "single_word", &single_word, e);
        if (r >= 0)
                r = field_bool(o, where, "lstrip", &token.strip_before, e);
        if (r >= 0)
                r = field_bool(o, where, "rstrip", &token.strip_after, e);
        if (r < 0)
                return r;
        if (strlen(text) > CONTENT_MAX)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE,
                                 "%s: the content of id %d is longer than %d bytes", where, (int) token.id,
                                 CONTENT_MAX);
        r = vocabulary_put(v, text, token.id, where, e);
        if (r < 0)
                return r;
        r = codepoints_decode(&content, text, strlen(text));
        if (r == 0 && trie_find(a->as_written, content.at, content.n) >= 0)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s: \"%.60s\" is listed twice", where, text);
        a->tokens[a->n] = token;
        if (r == 0)
                r = put(a->all, &content, a->n);
        if (r == 0)
                r = normalized && !normalizer_empty(z) ? put_normalized(a, a->n, &content, z, v)
                                                       : put(a->as_written, &content, a->n);
        if (r < 0)
                return error_set(e, r, ERROR_MODEL_UNAVAILABLE, "%s: not enough memory", where);
        a->n++;
        return 0;
}

int added_parse(const json_t *list, const struct normalizer *z, struct vocabulary *v, struct added **ret,
                struct error *e) {
        struct added *a _cleanup_(added_free_p) = calloc(1, sizeof(*a));
        size_t n = json_array_size(list);

        if (list && !json_is_array(list) && !json_is_null(list))
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "added_tokens must be a list");
        if (n > ADDED_MAX)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "added_tokens has more than %d", ADDED_MAX);
        if (a)
                a->tokens = calloc(n + 1, sizeof(*a->tokens));
        if (!a || !a->tokens || trie_new(&a->as_written) < 0 || trie_new(&a->as_normalized) < 0 ||
            trie_new(&a->all) < 0)
                return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "added_tokens: not enough memory");
        for (size_t i = 0; i < n; i++) {
                int r = add_token(a, json_array_get(list, i), z, v, e);

                if (r < 0)
                        return r;
        }
        *ret = TAKE_PTR(a);
        return 0;
}

struct added *added_free(struct added *a) {
        if (!a)
                return NULL;
        free(a->tokens);
        trie_free(a->as_written);
        trie_free(a->as_normalized);
        trie_free(a->all);
        free(a);
        return NULL;
}

struct sections {
        struct section *at;
        size_t n, cap;
};

static int add_section(struct sections *s, const uint32_t *at, size_t n) {
        int r = memory_grow((void **) &s->at, &s->cap, s->n + 1, sizeof(*s->at));

        if (r == 0)
                s->at[s->n++] = (struct section){.at = at, .n = n, .id = -1};
        return r;
}

static int cut(const struct trie *t, const uint32_t *text, size_t n, struct sections *out) {
        size_t start = 0;
        int r = 0;

        for (size_t i = 0; r == 0 && i < n;) {
                int64_t index;
                size_t len = trie_longest(t, TRIE_ROOT, text + i, n - i, &index);

                if (len == 0) {
                        i++;
                        continue;
                }
                if (i > start)
                        r = add_section(out, text + start, i - start);
                if (r == 0)
                        r = add_section(out, text + i, len);
                i += len;
                start = i;
        }
        return r == 0 && start < n ? add_section(out, text + start, n - start) : r;
}

static void trim_start(struct section *s) {
        while (s->n > 0 && unicode_space(s->at[0])) {
                s->at++;
                s->n--;
        }
}

static void trim_end(struct section *s) {
        while (s->n > 0 && unicode_space(s->at[s->n - 1]))
                s->n--;
}

int added_split(const struct added *a, bool normalized, const uint32_t *text, size_t n, struct section **ret,
                size_t *ret_n) {
        struct sections s = {0};
        size_t kept = 0;
        int r = cut(normalized ? a->as_normalized : a->as_written, text, n, &s);

        if (r < 0) {
                free(s.at);
                return r;
        }
        for (size_t i = 0; i < s.n; i++) {
                int64_t index = trie_find(a->all, s.at[i].at, s.at[i].n);

                if (index < 0)
                        continue;
                if (a->tokens[index].strip_before && i > 0)
                        trim_end(&s.at[i - 1]);
                if (a->tokens[index].strip_after && i + 1 < s.n)
                        trim_start(&s.at[i + 1]);
        }
        // Asked only now: what was stripped may have become another text.
        for (size_t i = 0; i < s.n; i++) {
                int64_t index = s.at[i].n > 0 ? trie_find(a->all, s.at[i].at, s.at[i].n) : -1;

                if (s.at[i].n == 0)
                        continue;
                s.at[kept] = s.at[i];
                s.at[kept].begins = i == 0;
                s.at[kept++].id = index < 0 ? -1 : a->tokens[index].id;
        }
        *ret = s.at;
        *ret_n = kept;
        return 0;
}
