#include "model/pretokenizer.h"

#include <errno.h>
#include <string.h>

#include "base/string.h"
#include "model/bytes.h"
#include "model/fields.h"
#include "model/pattern.h"
#include "model/unicode.h"

enum {
        STEPS_MAX = 16,       // of one pre-tokenizer, those of a sequence counted; files in use have up to 4
        REPLACEMENT_MAX = 64, // bytes of what stands for a space
};

// Most kinds sort characters into classes: a word is a run of one class, or a single character of a class that stands
// alone.
enum character_class { DROPPED, ALONE, RUN, OTHER_RUN };

enum prepend { PREPEND_ALWAYS, PREPEND_FIRST, PREPEND_NEVER };

struct step;
typedef int word_fn(void *arg, const uint32_t *word, size_t n);

struct job {
        const struct pretokenizer *p;
        bool begins;
        word_fn *fn;
        void *arg;
};

struct step {
        // Cuts or rewrites one text and hands each part to run_from(job, number + 1, ...).
        int (*run)(const struct step *s, const struct job *job, size_t number, const uint32_t *text, size_t n);
        enum character_class (*class_of)(uint32_t cp);
        bool prefix_space, words;            // of ByteLevel
        bool invert, removed;                // of Split
        struct pattern *pattern;             // of Split
        struct codepoints replacement, mark; // of Metaspace: what a text may begin with, what is put in
        enum prepend prepend;                // of Metaspace
};

struct pretokenizer {
        size_t n;
        struct step steps[STEPS_MAX];
};

// Each word of one step is handed to the next: recursion as deep as the list is long, and no list of words in memory.
static int run_from(const struct job *job, size_t number, const uint32_t *text, size_t n) {
        if (n == 0)
                return 0;
        if (number == job->p->n)
                return job->fn(job->arg, text, n);
        return job->p->steps[number].run(&job->p->steps[number], job, number, text, n);
}

int pretokenizer_run(const struct pretokenizer *p, const uint32_t *text, size_t n, bool begins, word_fn *fn,
                     void *arg) {
        return run_from(&(struct job){.p = p, .begins = begins, .fn = fn, .arg = arg}, 0, text, n);
}

// ---- classes of characters

static enum character_class class_bert(uint32_t cp) {
        return unicode_space(cp) ? DROPPED : unicode_punctuation(cp) ? ALONE : RUN;
}

// Only ASCII letters and digits count as a word's, as in the reference: "café" is "caf" and "é".
static enum character_class class_whitespace(uint32_t cp) {
        return unicode_space(cp) ? DROPPED : unicode_word(cp) ? RUN : OTHER_RUN;
}

static enum character_class class_whitespace_split(uint32_t cp) {
        return unicode_space(cp) ? DROPPED : RUN;
}

// Neighbouring signs stay together, as in the reference, whatever the field "behavior" says.
static enum character_class class_punctuation(uint32_t cp) {
        return unicode_punctuation(cp) ? OTHER_RUN : RUN;
}

static enum character_class class_digits(uint32_t cp) {
        return cp >= '0' && cp <= '9' ? OTHER_RUN : RUN;
}

static enum character_class class_digits_alone(uint32_t cp) {
        return cp >= '0' && cp <= '9' ? ALONE : RUN;
}

static int run_classes(const struct step *s, const struct job *job, size_t number, const uint32_t *text, size_t n) {
        int r = 0;

        for (size_t i = 0; r == 0 && i < n;) {
                enum character_class c = s->class_of(text[i]);
                size_t end = i + 1;

                while (c != ALONE && end < n && s->class_of(text[end]) == c)
                        end++;
                if (c != DROPPED)
                        r = run_from(job, number + 1, text + i, end - i);
                i = end;
        }
        return r;
}

static int parse_classes(struct step *s, enum character_class (*class_of)(uint32_t cp)) {
        s->run = run_classes;
        s->class_of = class_of;
        return 0;
}

static int parse_bert(struct step *s, const json_t *part _unused_, struct error *e _unused_) {
        return parse_classes(s, class_bert);
}

static int parse_punctuation(struct step *s, const json_t *part _unused_, struct error *e _unused_) {
        return parse_classes(s, class_punctuation);
}

static int parse_whitespace(struct step *s, const json_t *part _unused_, struct error *e _unused_) {
        return parse_classes(s, class_whitespace);
}

static int parse_whitespace_split(struct step *s, const json_t *part _unused_, struct error *e _unused_) {
        return parse_classes(s, class_whitespace_split);
}

static int parse_digits(struct step *s, const json_t *part, struct error *e) {
        bool individual = false;
        int r = field_bool(part, "pre_tokenizer", "individual_digits", &individual, e);

        return r < 0 ? r : parse_classes(s, individual ? class_digits_alone : class_digits);
}

// ---- bytes

static int run_bytes(const struct step *s, const struct job *job, size_t number, const uint32_t *text, size_t n) {
        struct codepoints prefixed _cleanup_codepoints_ = {0}, word _cleanup_codepoints_ = {0};
        int r = 0;

        if (s->prefix_space && text[0] != ' ') {
                r = codepoints_add(&prefixed, ' ');
                if (r == 0)
                        r = codepoints_append(&prefixed, text, n);
                text = prefixed.at;
                n = prefixed.n;
        }
        for (size_t i = 0; r == 0 && i < n;) {
                size_t k = s->words ? bytes_word(text + i, n - i) : n;

                word.n = 0;
                r = bytes_alphabet(text + i, k, &word);
                if (r == 0)
                        r = run_from(job, number + 1, word.at, word.n);
                i += k;
        }
        return r;
}

// trim_offsets is about where in the text a token stands, which nobody asks here.
static int parse_bytes(struct step *s, const json_t *part, struct error *e) {
        int r;

        s->run = run_bytes;
        s->words = true;
        r = field_bool(part, "pre_tokenizer", "add_prefix_space", &s->prefix_space, e);
        if (r >= 0)
                r = field_bool(part, "pre_tokenizer", "use_regex", &s->words, e);
        return r < 0 ? r : 0;
}

// ---- a sign for a space

static int run_metaspace(const struct step *s, const struct job *job, size_t number, const uint32_t *text, size_t n) {
        const struct codepoints *mark = &s->mark, *begin = &s->replacement;
        bool wanted = s->prepend == PREPEND_ALWAYS || (s->prepend == PREPEND_FIRST && job->begins);
        struct codepoints out _cleanup_codepoints_ = {0};
        int r = codepoints_append(&out, mark->at, mark->n);

        for (size_t i = 0; r == 0 && i < n; i++)
                r = text[i] == ' ' ? codepoints_append(&out, mark->at, mark->n) : codepoints_add(&out, text[i]);
        if (r < 0)
                return r;
        if (out.n - mark->n >= begin->n && memcmp(out.at + mark->n, begin->at, begin->n * sizeof(*begin->at)) == 0)
                wanted = false; // there is one already
        return wanted ? run_from(job, number + 1, out.at, out.n)
                      : run_from(job, number + 1, out.at + mark->n, out.n - mark->n);
}

static int parse_sign(const char *text, struct codepoints *ret, struct error *e) {
        if (*text == '\0' || strlen(text) > REPLACEMENT_MAX)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE,
                                 "pre_tokenizer.replacement must have 1 to %d bytes", REPLACEMENT_MAX);
        return codepoints_decode(ret, text, strlen(text)) < 0
                               ? error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "pre_tokenizer: not enough memory")
                               : 0;
}

// "split" says whether pieces may reach across the sign; none of a SentencePiece model does, so it says nothing.
static int parse_metaspace(struct step *s, const json_t *part, struct error *e) {
        static const char *const schemes[] = {
                        [PREPEND_ALWAYS] = "always", [PREPEND_FIRST] = "first", [PREPEND_NEVER] = "never"};
        static const char where[] = "pre_tokenizer";
        const char *sign = "\u2581", *mark = NULL, *scheme = NULL;
        bool space = true;
        int r = field_text(part, where, "replacement", &sign, e);

        s->run = run_metaspace;
        if (r >= 0)
                r = field_text(part, where, "str_rep", &mark, e);
        if (r >= 0)
                r = field_bool(part, where, "add_prefix_space", &space, e);
        if (r >= 0)
                r = field_text(part, where, "prepend_scheme", &scheme, e);
        if (r >= 0)
                r = parse_sign(sign, &s->replacement, e);
        if (r >= 0)
                r = parse_sign(mark && *mark ? mark : sign, &s->mark, e);
        if (r < 0)
                return r;
        if (!scheme) // files from before there were schemes
                scheme = schemes[space ? PREPEND_ALWAYS : PREPEND_NEVER];
        for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
                if (str_eq(schemes[i], scheme)) {
                        s->prepend = (enum prepend) i;
                        return 0;
                }
        return error_set(e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE, "pre_tokenizer.prepend_scheme \"%s\" is not supported",
                         scheme);
}

// ---- a pattern

// The words are what the pattern finds (invert), what is between (removed), or both.
static int run_split(const struct step *s, const struct job *job, size_t number, const uint32_t *text, size_t n) {
        size_t done = 0, start, end;
        int r = 0;

        for (size_t from = 0; r == 0 && from <= n;) {
                r = pattern_find(s->pattern, text, n, from, &start, &end);
                if (r <= 0)
                        break;
                r = s->invert ? 0 : run_from(job, number + 1, text + done, start - done);
                if (r == 0 && (s->invert || !s->removed))
                        r = run_from(job, number + 1, text + start, end - start);
                done = end;
                from = end > start ? end : end + 1; // behind a match of nothing the next one is looked for later
        }
        return r == 0 && !s->invert ? run_from(job, number + 1, text + done, n - done) : r;
}

static int parse_split(struct step *s, const json_t *part, struct error *e) {
        static const char where[] = "pre_tokenizer";
        struct codepoints literal _cleanup_codepoints_ = {0};
        const char *text = NULL, *behavior = "Isolated";
        const json_t *pattern = NULL;
        int r = field_must(field_object(part, where, "pattern", &pattern, e), where, "pattern", e);

        s->run = run_split;
        if (r >= 0)
                r = field_bool(part, where, "invert", &s->invert, e);
        if (r >= 0)
                r = field_text(part, where, "behavior", &behavior, e);
        if (r < 0)
                return r;
        s->removed = str_ieq(behavior, "removed");
        if (!s->removed && !str_ieq(behavior, "isolated"))
                return error_set(e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE, "pre_tokenizer.behavior \"%s\" is not supported",
                                 behavior);
        r = field_text(pattern, "pre_tokenizer.pattern", "Regex", &text, e);
        if (r > 0)
                return pattern_compile("pre_tokenizer.pattern", text, &s->pattern, e);
        if (r == 0)
                r = field_must(field_text(pattern, "pre_tokenizer.pattern", "String", &text, e),
                               "pre_tokenizer.pattern", "String or Regex", e);
        if (r < 0)
                return r;
        r = parse_sign(text, &literal, e);
        if (r == 0 && pattern_literal(literal.at, literal.n, &s->pattern) < 0)
                return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "pre_tokenizer: not enough memory");
        return r;
}

// ---- from the file

static const struct {
        const char *type;
        int (*parse)(struct step *s, const json_t *part, struct error *e);
} kinds[] = {
                {"BertPreTokenizer", parse_bert},   {"ByteLevel", parse_bytes},
                {"Digits", parse_digits},           {"Metaspace", parse_metaspace},
                {"Punctuation", parse_punctuation}, {"Split", parse_split},
                {"Whitespace", parse_whitespace},   {"WhitespaceSplit", parse_whitespace_split},
};

static int parse_part(struct pretokenizer *p, const json_t *part, struct error *e) {
        const char *type = NULL;
        const json_t *list = NULL;
        int r;

        if (json_is_null(part))
                return 0;
        r = field_type(part, "pre_tokenizer", &type, e);
        if (r < 0)
                return r;
        if (str_eq(type, "Sequence")) {
                r = field_array(part, "pre_tokenizer", "pretokenizers", &list, e);
                r = field_must(r, "pre_tokenizer", "pretokenizers", e);
                for (size_t i = 0; r >= 0 && i < json_array_size(list); i++)
                        r = parse_part(p, json_array_get(list, i), e);
                return r < 0 ? r : 0;
        }
        for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
                if (!str_eq(kinds[i].type, type))
                        continue;
                if (p->n == STEPS_MAX)
                        return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "pre_tokenizer has more than %d steps",
                                         STEPS_MAX);
                return kinds[i].parse(&p->steps[p->n++], part, e);
        }
        return error_set(e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE, "pre_tokenizer.type \"%s\" is not supported", type);
}

int pretokenizer_parse(const json_t *part, struct pretokenizer **ret, struct error *e) {
        struct pretokenizer *p _cleanup_(pretokenizer_free_p) = calloc(1, sizeof(*p));
        int r;

        if (!p)
                return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "pre_tokenizer: not enough memory");
        r = part ? parse_part(p, part, e) : 0;
        if (r < 0)
                return r;
        *ret = TAKE_PTR(p);
        return 0;
}

struct pretokenizer *pretokenizer_free(struct pretokenizer *p) {
        if (!p)
                return NULL;
        for (size_t i = 0; i < p->n; i++) {
                pattern_free(p->steps[i].pattern);
                codepoints_clear(&p->steps[i].replacement);
                codepoints_clear(&p->steps[i].mark);
        }
        free(p);
        return NULL;
}
