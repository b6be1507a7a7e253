#include "model/unicode.h"

#include <errno.h>
#include <string.h>
#include <utf8proc.h>

#include "base/string.h"

enum {
        REPLACEMENT = 0xFFFD,
        DECOMPOSITION_MAX = 32, // the longest full decomposition, of U+FDFA, has 18
        SIGMA_CAPITAL = 0x03A3,
        SIGMA_SMALL = 0x03C3,
        SIGMA_FINAL = 0x03C2,
        I_DOTTED_CAPITAL = 0x0130,
        DOT_ABOVE = 0x0307,
};

struct range {
        uint32_t first, last;
};

static bool in_ranges(const struct range *r, size_t n, uint32_t cp) {
        for (size_t i = 0; i < n; i++)
                if (cp >= r[i].first && cp <= r[i].last)
                        return true;
        return false;
}

static utf8proc_category_t category(uint32_t cp) {
        return utf8proc_category((utf8proc_int32_t) cp);
}

static int codepoints_reserve(struct codepoints *c, size_t more) {
        if (more > CODEPOINTS_MAX - c->n)
                return -EMSGSIZE;
        if (c->n + more <= c->cap)
                return 0;
        return memory_grow((void **) &c->at, &c->cap, c->n + more, sizeof(*c->at));
}

int codepoints_add(struct codepoints *c, uint32_t cp) {
        int r = codepoints_reserve(c, 1);
        if (r == 0)
                c->at[c->n++] = cp;
        return r;
}

int codepoints_append(struct codepoints *c, const uint32_t *at, size_t n) {
        int r = codepoints_reserve(c, n);
        if (r < 0 || n == 0)
                return r;
        memcpy(c->at + c->n, at, n * sizeof(*at));
        c->n += n;
        return 0;
}

int codepoints_decode(struct codepoints *c, const char *utf8, size_t n) {
        for (size_t i = 0; i < n;) {
                size_t len = utf8_char_len(utf8 + i, n - i);
                utf8proc_int32_t cp = REPLACEMENT;
                if (len > 0)
                        utf8proc_iterate((const utf8proc_uint8_t *) utf8 + i, (utf8proc_ssize_t) len, &cp);
                int r = codepoints_add(c, cp < 0 ? REPLACEMENT : (uint32_t) cp);
                if (r < 0)
                        return r;
                i += MAX(len, (size_t) 1);
        }
        return 0;
}

void codepoints_clear(struct codepoints *c) {
        free(c->at);
        *c = (struct codepoints){0};
}

bool unicode_space(uint32_t cp) {
        static const struct range spaces[] = {
                        {0x09, 0x0D},     {0x20, 0x20},     {0xA0, 0xA0},     {0x1680, 0x1680}, {0x2000, 0x200A},
                        {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}, {0xFEFF, 0xFEFF},
        };
        return in_ranges(spaces, ARRAY_LEN(spaces), cp);
}

bool unicode_word(uint32_t cp) {
        return (cp >= '0' && cp <= '9') || (cp >= 'A' && cp <= 'Z') || (cp >= 'a' && cp <= 'z') || cp == '_';
}

bool unicode_punctuation(uint32_t cp) {
        static const struct range ascii[] = {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}};
        if (cp < 0x80)
                return in_ranges(ascii, ARRAY_LEN(ascii), cp);
        utf8proc_category_t c = category(cp);
        return c >= UTF8PROC_CATEGORY_PC && c <= UTF8PROC_CATEGORY_PO;
}

bool unicode_control(uint32_t cp) {
        utf8proc_category_t c = category(cp);
        return c >= UTF8PROC_CATEGORY_CC && c <= UTF8PROC_CATEGORY_CO;
}

bool unicode_mark(uint32_t cp) {
        utf8proc_category_t c = category(cp);
        return c >= UTF8PROC_CATEGORY_MN && c <= UTF8PROC_CATEGORY_ME;
}

bool unicode_mark_nonspacing(uint32_t cp) {
        return category(cp) == UTF8PROC_CATEGORY_MN;
}

bool unicode_ideograph(uint32_t cp) {
        // BERT also names the supplementary planes; the reference looks at UTF-16 units, so it never sees those.
        static const struct range ideographs[] = {{0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xF900, 0xFAFF}};
        return in_ranges(ideographs, ARRAY_LEN(ideographs), cp);
}

bool unicode_category(uint32_t cp, const char *name) {
        const char *of = utf8proc_category_string((utf8proc_int32_t) cp);

        return of[0] == name[0] && (name[1] == '\0' || of[1] == name[1]);
}

bool unicode_category_known(const char *name) {
        static const char *const known[] = {"C",  "Cc", "Cf", "Cn", "Co", "Cs", "L",  "Ll", "Lm", "Lo",
                                            "Lt", "Lu", "M",  "Mc", "Me", "Mn", "N",  "Nd", "Nl", "No",
                                            "P",  "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S",  "Sc",
                                            "Sk", "Sm", "So", "Z",  "Zl", "Zp", "Zs"};

        for (size_t i = 0; i < ARRAY_LEN(known); i++)
                if (str_eq(known[i], name))
                        return true;
        return false;
}

bool unicode_assigned(uint32_t cp) {
        return category(cp) != UTF8PROC_CATEGORY_CN;
}

// Case_Ignorable of the Unicode standard, section 3.13: marks, formats, modifiers, and the punctuation within words.
static bool case_ignorable(uint32_t cp) {
        static const struct range within_words[] = {
                        {'\'', '\''},     {'.', '.'},       {':', ':'},       {0xB7, 0xB7},
                        {0x387, 0x387},   {0x55F, 0x55F},   {0x5F4, 0x5F4},   {0x2018, 0x2019},
                        {0x2024, 0x2024}, {0x2027, 0x2027}, {0xFE13, 0xFE13}, {0xFE52, 0xFE52},
                        {0xFE55, 0xFE55}, {0xFF07, 0xFF07}, {0xFF0E, 0xFF0E}, {0xFF1A, 0xFF1A},
        };
        switch (category(cp)) {
        case UTF8PROC_CATEGORY_MN:
        case UTF8PROC_CATEGORY_ME:
        case UTF8PROC_CATEGORY_CF:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_SK:
                return true;
        default:
                return in_ranges(within_words, ARRAY_LEN(within_words), cp);
        }
}

static bool cased(uint32_t cp) {
        // Other_Lowercase and Other_Uppercase of PropList.txt, without those that are case-ignorable.
        static const struct range others[] = {
                        {0xAA, 0xAA},       {0xBA, 0xBA},       {0x2160, 0x217F},   {0x24B6, 0x24E9},
                        {0x1F130, 0x1F149}, {0x1F150, 0x1F169}, {0x1F170, 0x1F189},
        };
        utf8proc_category_t c = category(cp);
        return (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LT) || in_ranges(others, ARRAY_LEN(others), cp);
}

// Final_Sigma of the Unicode standard, table 3-17: after a letter with case and before none, ignorable ones aside.
static bool sigma_is_final(const uint32_t *in, size_t n, size_t i) {
        size_t before = i, after = i + 1;
        while (before > 0 && case_ignorable(in[before - 1]))
                before--;
        if (before == 0 || !cased(in[before - 1]))
                return false;
        while (after < n && case_ignorable(in[after]))
                after++;
        return after == n || !cased(in[after]);
}

int unicode_lower(const uint32_t *in, size_t n, struct codepoints *out) {
        int r = codepoints_reserve(out, n);
        for (size_t i = 0; r == 0 && i < n; i++) {
                uint32_t cp = in[i];
                if (cp < 0x80) {
                        r = codepoints_add(out, cp >= 'A' && cp <= 'Z' ? cp + ('a' - 'A') : cp);
                } else if (cp == SIGMA_CAPITAL) {
                        r = codepoints_add(out, sigma_is_final(in, n, i) ? SIGMA_FINAL : SIGMA_SMALL);
                } else if (cp == I_DOTTED_CAPITAL) { // the one character whose lower case is two
                        r = codepoints_add(out, 'i');
                        if (r == 0)
                                r = codepoints_add(out, DOT_ABOVE);
                } else {
                        r = codepoints_add(out, (uint32_t) utf8proc_tolower((utf8proc_int32_t) cp));
                }
        }
        return r;
}

static uint8_t combining_class(uint32_t cp) {
        return cp < 0x300 ? 0 : (uint8_t) utf8proc_get_property((utf8proc_int32_t) cp)->combining_class;
}

// Sorts a run of marks by combining class, equal ones in their order: by counting, because a text may be nothing but
// marks.
static int sort_marks(uint32_t *marks, size_t n) {
        size_t start[257] = {0};
        bool sorted = true;
        for (size_t i = 0; i < n; i++) {
                start[combining_class(marks[i]) + 1]++;
                sorted = sorted && (i == 0 || combining_class(marks[i - 1]) <= combining_class(marks[i]));
        }
        if (sorted)
                return 0;
        uint32_t *copy _cleanup_free_ = malloc(n * sizeof(*copy));
        if (!copy)
                return -ENOMEM;
        memcpy(copy, marks, n * sizeof(*copy));
        for (size_t c = 1; c < ARRAY_LEN(start); c++)
                start[c] += start[c - 1];
        for (size_t i = 0; i < n; i++)
                marks[start[combining_class(copy[i])]++] = copy[i];
        return 0;
}

static int order_marks(uint32_t *at, size_t n) {
        for (size_t i = 0; i < n; i++) {
                size_t run = 0;
                while (i + run < n && combining_class(at[i + run]) != 0)
                        run++;
                int r = run > 1 ? sort_marks(at + i, run) : 0;
                if (r < 0)
                        return r;
                i += run;
        }
        return 0;
}

int unicode_decompose(const uint32_t *in, size_t n, bool compatibility, struct codepoints *out) {
        utf8proc_option_t options = UTF8PROC_DECOMPOSE;
        if (compatibility)
                options |= UTF8PROC_COMPAT;
        size_t first = out->n;
        int r = codepoints_reserve(out, n);
        for (size_t i = 0; r == 0 && i < n; i++) {
                utf8proc_int32_t parts[DECOMPOSITION_MAX];
                utf8proc_ssize_t k = 0;
                if (in[i] >= 0x80)
                        k = utf8proc_decompose_char((utf8proc_int32_t) in[i], parts, DECOMPOSITION_MAX, options, NULL);
                if (k <= 0 || k > DECOMPOSITION_MAX)
                        r = codepoints_add(out, in[i]);
                for (utf8proc_ssize_t j = 0; r == 0 && k <= DECOMPOSITION_MAX && j < k; j++)
                        r = codepoints_add(out, (uint32_t) parts[j]);
        }
        return r < 0 || out->n == first ? r : order_marks(out->at + first, out->n - first);
}

int unicode_compose(const uint32_t *in, size_t n, bool compatibility, struct codepoints *out) {
        size_t first = out->n;
        int r = unicode_decompose(in, n, compatibility, out);
        if (r < 0 || out->n == first)
                return r;
        utf8proc_ssize_t k = utf8proc_normalize_utf32((utf8proc_int32_t *) out->at + first,
                                                      (utf8proc_ssize_t) (out->n - first),
                                                      (utf8proc_option_t) (UTF8PROC_COMPOSE | UTF8PROC_STABLE));
        if (k < 0)
                return -EMSGSIZE;
        out->n = first + (size_t) k;
        return 0;
}
