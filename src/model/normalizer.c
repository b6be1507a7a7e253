#include "model/normalizer.h"

#include <errno.h>
#include <string.h>

#include "base/string.h"
#include "model/charsmap.h"
#include "model/fields.h"
#include "model/pattern.h"

enum {
        STEPS_MAX = 32,   // of one normalizer, those of a sequence counted; files in use have up to 6
        REPLACE_MAX = 64, // characters of a pattern and of what takes its place
};

struct step;
typedef int step_fn(const struct step *s, const uint32_t *in, size_t n, struct codepoints *out);

struct step {
        step_fn *run;
        bool compatibility, left, right; // of the normal forms, and of strip
        struct pattern *pattern;         // of replace
        struct codepoints content;       // of replace and prepend
        struct charsmap *charsmap;       // of Precompiled
};

struct normalizer {
        bool given;
        size_t n;
        struct step steps[STEPS_MAX];
};

// ---- the steps

static int step_clean(const struct step *s _unused_, const uint32_t *in, size_t n, struct codepoints *out) {
        int r = 0;

        for (size_t i = 0; r == 0 && i < n; i++) {
                if (in[i] == '\t' || in[i] == '\n' || in[i] == '\r')
                        r = codepoints_add(out, ' ');
                else if (in[i] != 0xFFFD && !unicode_control(in[i]))
                        r = codepoints_add(out, unicode_space(in[i]) ? ' ' : in[i]);
        }
        return r;
}

static int step_ideographs(const struct step *s _unused_, const uint32_t *in, size_t n, struct codepoints *out) {
        int r = 0;

        for (size_t i = 0; r == 0 && i < n; i++) {
                uint32_t apart[] = {' ', in[i], ' '};

                r = unicode_ideograph(in[i]) ? codepoints_append(out, apart, 3) : codepoints_add(out, in[i]);
        }
        return r;
}

static int step_lower(const struct step *s _unused_, const uint32_t *in, size_t n, struct codepoints *out) {
        return unicode_lower(in, n, out);
}

static int step_decompose(const struct step *s, const uint32_t *in, size_t n, struct codepoints *out) {
        return unicode_decompose(in, n, s->compatibility, out);
}

static int step_compose(const struct step *s, const uint32_t *in, size_t n, struct codepoints *out) {
        return unicode_compose(in, n, s->compatibility, out);
}

static int add_without(bool (*unwanted)(uint32_t), const uint32_t *in, size_t n, struct codepoints *out) {
        int r = 0;

        for (size_t i = 0; r == 0 && i < n; i++)
                if (!unwanted(in[i]))
                        r = codepoints_add(out, in[i]);
        return r;
}

static int step_drop_marks(const struct step *s _unused_, const uint32_t *in, size_t n, struct codepoints *out) {
        return add_without(unicode_mark, in, n, out);
}

static int step_drop_nonspacing(const struct step *s _unused_, const uint32_t *in, size_t n, struct codepoints *out) {
        return add_without(unicode_mark_nonspacing, in, n, out);
}

static int step_strip(const struct step *s, const uint32_t *in, size_t n, struct codepoints *out) {
        size_t first = 0;

        while (s->left && first < n && unicode_space(in[first]))
                first++;
        while (s->right && n > first && unicode_space(in[n - 1]))
                n--;
        return first == n ? 0 : codepoints_append(out, in + first, n - first);
}

static int step_replace(const struct step *s, const uint32_t *in, size_t n, struct codepoints *out) {
        size_t done = 0, start, end;
        int r = 0;

        for (size_t from = 0; r == 0 && from <= n;) {
                r = pattern_find(s->pattern, in, n, from, &start, &end);
                if (r <= 0)
                        break;
                r = codepoints_append(out, in + done, start - done);
                if (r == 0)
                        r = codepoints_append(out, s->content.at, s->content.n);
                done = end;
                from = end > start ? end : end + 1; // behind a match of nothing the next one is looked for later
        }
        return r == 0 ? codepoints_append(out, in + done, n - done) : r;
}

static int step_prepend(const struct step *s, const uint32_t *in, size_t n, struct codepoints *out) {
        int r = codepoints_append(out, s->content.at, s->content.n);

        return r == 0 ? codepoints_append(out, in, n) : r;
}

static int step_charsmap(const struct step *s, const uint32_t *in, size_t n, struct codepoints *out) {
        return charsmap_run(s->charsmap, in, n, out);
}

// ---- from the file

static int parse_part(struct normalizer *z, const json_t *part, struct error *e);

static int add_step(struct normalizer *z, struct step s, struct error *e) {
        if (z->n == STEPS_MAX)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "normalizer has more than %d steps", STEPS_MAX);
        z->steps[z->n++] = s;
        return 0;
}

static int parse_bert(struct normalizer *z, const json_t *part, struct error *e) {
        static const char where[] = "normalizer";
        bool clean = false, ideographs = false, lowercase = false, accents = false;
        int r, given = 0;

        r = field_bool(part, where, "clean_text", &clean, e);
        if (r >= 0)
                r = field_bool(part, where, "handle_chinese_chars", &ideographs, e);
        if (r >= 0)
                r = field_bool(part, where, "lowercase", &lowercase, e);
        if (r >= 0)
                r = given = field_bool(part, where, "strip_accents", &accents, e);
        if (r < 0)
                return r;
        if (!given) // BERT's rule: without a word on accents they go the way of case
                accents = lowercase;
        r = clean ? add_step(z, (struct step){.run = step_clean}, e) : 0;
        if (r == 0 && ideographs)
                r = add_step(z, (struct step){.run = step_ideographs}, e);
        if (r == 0 && lowercase)
                r = add_step(z, (struct step){.run = step_lower}, e);
        if (r == 0 && accents)
                r = add_step(z, (struct step){.run = step_decompose}, e);
        if (r == 0 && accents)
                r = add_step(z, (struct step){.run = step_drop_nonspacing}, e);
        return r;
}

static int parse_sequence(struct normalizer *z, const json_t *part, struct error *e) {
        const json_t *list = NULL;
        int r = field_must(field_array(part, "normalizer", "normalizers", &list, e), "normalizer", "normalizers", e);

        for (size_t i = 0; r >= 0 && i < json_array_size(list); i++)
                r = parse_part(z, json_array_get(list, i), e);
        return r < 0 ? r : 0;
}

static int parse_nfc(struct normalizer *z, const json_t *part _unused_, struct error *e) {
        return add_step(z, (struct step){.run = step_compose}, e);
}

static int parse_nfd(struct normalizer *z, const json_t *part _unused_, struct error *e) {
        return add_step(z, (struct step){.run = step_decompose}, e);
}

static int parse_nfkc(struct normalizer *z, const json_t *part _unused_, struct error *e) {
        return add_step(z, (struct step){.run = step_compose, .compatibility = true}, e);
}

static int parse_nfkd(struct normalizer *z, const json_t *part _unused_, struct error *e) {
        return add_step(z, (struct step){.run = step_decompose, .compatibility = true}, e);
}

static int parse_lowercase(struct normalizer *z, const json_t *part _unused_, struct error *e) {
        return add_step(z, (struct step){.run = step_lower}, e);
}

static int parse_strip_accents(struct normalizer *z, const json_t *part _unused_, struct error *e) {
        return add_step(z, (struct step){.run = step_drop_marks}, e);
}

static int parse_strip(struct normalizer *z, const json_t *part, struct error *e) {
        struct step s = {.run = step_strip};
        int r = field_bool(part, "normalizer", "strip_left", &s.left, e);

        if (r >= 0)
                r = field_bool(part, "normalizer", "strip_right", &s.right, e);
        return r < 0 ? r : add_step(z, s, e);
}

// What is put into the text: behind the last step added.
static int parse_content(struct normalizer *z, const char *content, struct error *e) {
        struct codepoints *c = &z->steps[z->n - 1].content;

        if (strlen(content) > REPLACE_MAX)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE,
                                 "normalizer.pattern and .content must have at most %d bytes", REPLACE_MAX);
        return codepoints_decode(c, content, strlen(content)) < 0
                               ? error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "normalizer: not enough memory")
                               : 0;
}

// {"String": "``"} is looked for as it stands, {"Regex": " {2,}"} as a regular expression.
static int parse_pattern(const json_t *pattern, struct pattern **ret, struct error *e) {
        struct codepoints literal _cleanup_codepoints_ = {0};
        const char *text = NULL;
        int r = field_text(pattern, "normalizer.pattern", "String", &text, e);

        if (r == 0) {
                r = field_must(field_text(pattern, "normalizer.pattern", "Regex", &text, e), "normalizer.pattern",
                               "String or Regex", e);
                return r < 0 ? r : pattern_compile("normalizer.pattern", text, ret, e);
        }
        if (r > 0 && (*text == '\0' || strlen(text) > REPLACE_MAX))
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "normalizer.pattern must have 1 to %d bytes",
                                 REPLACE_MAX);
        if (r < 0)
                return r;
        r = codepoints_decode(&literal, text, strlen(text));
        if (r == 0)
                r = pattern_literal(literal.at, literal.n, ret);
        return r < 0 ? error_set(e, r, ERROR_MODEL_UNAVAILABLE, "normalizer: not enough memory") : 0;
}

static int parse_replace(struct normalizer *z, const json_t *part, struct error *e) {
        const char *content = "";
        const json_t *pattern = NULL;
        int r;

        r = field_must(field_object(part, "normalizer", "pattern", &pattern, e), "normalizer", "pattern", e);
        if (r >= 0)
                r = field_text(part, "normalizer", "content", &content, e);
        if (r >= 0 && strchr(content, '$')) // to the reference it means something; to others it is a dollar
                return error_set(e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE, "normalizer.content: \"$\" is not supported");
        if (r >= 0)
                r = add_step(z, (struct step){.run = step_replace}, e);
        if (r == 0)
                r = parse_pattern(pattern, &z->steps[z->n - 1].pattern, e);
        return r < 0 ? r : parse_content(z, content, e);
}

static int parse_prepend(struct normalizer *z, const json_t *part, struct error *e) {
        const char *content = NULL;
        int r = field_must(field_text(part, "normalizer", "prepend", &content, e), "normalizer", "prepend", e);

        if (r >= 0)
                r = add_step(z, (struct step){.run = step_prepend}, e);
        return r < 0 ? r : parse_content(z, content, e);
}

static int parse_precompiled(struct normalizer *z, const json_t *part, struct error *e) {
        const char *base64 = NULL;
        int r = field_text(part, "normalizer", "precompiled_charsmap", &base64, e);

        if (r <= 0 || *base64 == '\0') // a model without a table
                return r < 0 ? r : 0;
        r = add_step(z, (struct step){.run = step_charsmap}, e);
        return r < 0 ? r : charsmap_parse(base64, &z->steps[z->n - 1].charsmap, e);
}

static const struct {
        const char *type;
        int (*parse)(struct normalizer *z, const json_t *part, struct error *e);
} kinds[] = {
                {"BertNormalizer", parse_bert},
                {"Lowercase", parse_lowercase},
                {"NFC", parse_nfc},
                {"NFD", parse_nfd},
                {"NFKC", parse_nfkc},
                {"NFKD", parse_nfkd},
                {"Precompiled", parse_precompiled},
                {"Prepend", parse_prepend},
                {"Replace", parse_replace},
                {"Sequence", parse_sequence},
                {"Strip", parse_strip},
                {"StripAccents", parse_strip_accents},
};

static int parse_part(struct normalizer *z, const json_t *part, struct error *e) {
        const char *type = NULL;
        int r;

        if (json_is_null(part))
                return 0;
        r = field_type(part, "normalizer", &type, e);
        if (r < 0)
                return r;
        for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
                if (str_eq(kinds[i].type, type))
                        return kinds[i].parse(z, part, e);
        return error_set(e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE, "normalizer.type \"%s\" is not supported", type);
}

int normalizer_parse(const json_t *part, struct normalizer **ret, struct error *e) {
        struct normalizer *z _cleanup_(normalizer_free_p) = calloc(1, sizeof(*z));
        int r;

        if (!z)
                return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "normalizer: not enough memory");
        z->given = part && !json_is_null(part);
        r = z->given ? parse_part(z, part, e) : 0;
        if (r < 0)
                return r;
        *ret = TAKE_PTR(z);
        return 0;
}

struct normalizer *normalizer_free(struct normalizer *z) {
        if (!z)
                return NULL;
        for (size_t i = 0; i < z->n; i++) {
                pattern_free(z->steps[i].pattern);
                codepoints_clear(&z->steps[i].content);
                charsmap_free(z->steps[i].charsmap);
        }
        free(z);
        return NULL;
}

bool normalizer_empty(const struct normalizer *z) {
        return !z->given;
}

int normalizer_run(const struct normalizer *z, const uint32_t *in, size_t n, struct codepoints *out) {
        struct codepoints other _cleanup_codepoints_ = {0};
        int r;

        out->n = 0;
        if (z->n == 0)
                return codepoints_append(out, in, n);
        r = z->steps[0].run(&z->steps[0], in, n, out);
        for (size_t i = 1; r == 0 && i < z->n; i++) {
                struct codepoints last = *out;

                *out = other;
                other = last;
                out->n = 0;
                r = z->steps[i].run(&z->steps[i], other.at, other.n, out);
        }
        return r;
}
