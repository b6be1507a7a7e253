#include "model/pretokenizer.h"

#include <errno.h>

#include "base/string.h"
#include "model/fields.h"
#include "model/unicode.h"

enum { SPLITS_MAX = 16 }; // of one pre-tokenizer, those of a sequence counted; files in use have up to 4

// Every split sorts characters into classes: a word is a run of one class, or a single character of a class that stands
// alone.
enum character_class { DROPPED, ALONE, RUN, OTHER_RUN };

struct split {
        const char *type;
        enum character_class (*class_of)(uint32_t cp);
};

struct pretokenizer {
        size_t n;
        const struct split *splits[SPLITS_MAX];
};

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

static const struct split kinds[] = {
                {"BertPreTokenizer", class_bert},
                {"Punctuation", class_punctuation},
                {"Whitespace", class_whitespace},
                {"WhitespaceSplit", class_whitespace_split},
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
                if (p->n == SPLITS_MAX)
                        return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "pre_tokenizer has more than %d steps",
                                         SPLITS_MAX);
                p->splits[p->n++] = &kinds[i];
                return 0;
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
        free(p);
        return NULL;
}

// Each word of one split is split by the next: recursion as deep as the list is long, and no list of words in memory.
static int run_from(const struct pretokenizer *p, size_t step, const uint32_t *text, size_t n,
                    int (*fn)(void *arg, const uint32_t *word, size_t n), void *arg) {
        int r = 0;

        if (step == p->n)
                return n > 0 ? fn(arg, text, n) : 0;
        for (size_t i = 0; r == 0 && i < n;) {
                enum character_class c = p->splits[step]->class_of(text[i]);
                size_t end = i + 1;

                while (c != ALONE && end < n && p->splits[step]->class_of(text[end]) == c)
                        end++;
                if (c != DROPPED)
                        r = run_from(p, step + 1, text + i, end - i, fn, arg);
                i = end;
        }
        return r;
}

int pretokenizer_run(const struct pretokenizer *p, const uint32_t *text, size_t n,
                     int (*fn)(void *arg, const uint32_t *word, size_t n), void *arg) {
        return run_from(p, 0, text, n, fn, arg);
}
