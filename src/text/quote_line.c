#include "text/quote_line.h"

#include <string.h>
#include <utf8proc.h>

#include "base/memory.h"
#include "base/string.h"
#include "text/quote_table.h"

enum {
        RULE_MIN = 10,        // that many "_" or "-" in a row draw a line
        DEVICE_LINE_MAX = 90, // "Sent from ..." lines are short; a sentence that starts so is not
        DELIMITER_LINE_MAX = 160,
        NAME_LINE_MAX = 90, // longest line of a name and address
        NAME_WORDS_MAX = 10,
        SENTENCE_WORDS_MIN = 5, // that many words and a full stop are a sentence
        CLOSING_NAME_WORDS_MAX = 3,
        ATTRIBUTION_LINES_MAX = 3, // programs wrap "On ... wrote:" over so many
};

#define TEXT_ROW(text) text,
static const char *const originals[] = {QUOTE_ORIGINAL_TABLE(TEXT_ROW)};
static const char *const forwards[] = {QUOTE_FORWARD_TABLE(TEXT_ROW)};
static const char *const delimiters[] = {QUOTE_DELIMITER_TABLE(TEXT_ROW)};
static const char *const devices[] = {QUOTE_DEVICE_TABLE(TEXT_ROW)};
static const char *const closings[] = {QUOTE_CLOSING_TABLE(TEXT_ROW)};
static const char *const footers[] = {QUOTE_FOOTER_TABLE(TEXT_ROW)};
static const char *const pointers[] = {QUOTE_POINTER_TABLE(TEXT_ROW)};
static const char *const facts[] = {QUOTE_FACT_TABLE(TEXT_ROW)};
#undef TEXT_ROW

static const struct {
        const char *prefix, *verb;
} attributions[] = {
#define ATTRIBUTION(prefix, verb) {prefix, verb},
                QUOTE_ATTRIBUTION_TABLE(ATTRIBUTION)
#undef ATTRIBUTION
};

static const struct {
        enum quote_header kind;
        const char *label;
} headers[] = {
#define HEADER(kind, label) {QUOTE_HEADER_##kind, label},
                QUOTE_HEADER_TABLE(HEADER)
#undef HEADER
};

static bool is_space(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static int32_t fold_char(int32_t c) {
        if (c < 0x80)
                return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
        if (c == 0x2019 || c == 0x2018 || c == 0xB4)
                return '\'';
        if (c == 0xA0 || c == 0x202F)
                return ' ';
        if (c == 0xFF1A) // the wide colon of Chinese and Japanese
                return ':';
        return utf8proc_tolower(c);
}

void quote_fold(const struct quote_line *line, struct quote_folded *ret) {
        size_t i = 0, k = 0;

        while (i < line->n && is_space(line->text[i]))
                i++;
        while (i < line->n && k + 4 <= QUOTE_FOLDED_MAX) {
                utf8proc_int32_t c;
                utf8proc_ssize_t r = utf8proc_iterate((const utf8proc_uint8_t *) line->text + i,
                                                      (utf8proc_ssize_t) (line->n - i), &c);
                if (r <= 0) {
                        i++;
                        continue;
                }
                i += (size_t) r;
                if (c != '*')
                        k += (size_t) utf8proc_encode_char(fold_char(c), (utf8proc_uint8_t *) ret->text + k);
        }
        ret->cut = i < line->n;
        while (k > 0 && is_space(ret->text[k - 1]))
                k--;
        ret->text[k] = '\0';
        ret->n = k;
}

bool quote_is_blank(const struct quote_line *line) {
        for (size_t i = 0; i < line->n; i++)
                if (!is_space(line->text[i]))
                        return false;
        return true;
}

bool quote_is_quoted(const struct quote_line *line) {
        size_t i = 0;

        while (i < line->n && is_space(line->text[i]))
                i++;
        return i < line->n && line->text[i] == '>';
}

static bool is_any(const char *text, const char *const *table, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (strcmp(text, table[i]) == 0)
                        return true;
        return false;
}

static bool starts_any(const char *text, const char *const *table, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (str_starts(text, table[i]))
                        return true;
        return false;
}

static bool has_any(const char *text, const char *const *table, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (strstr(text, table[i]))
                        return true;
        return false;
}

static size_t words_in(const char *text) {
        size_t words = 0;

        for (bool in_word = false; *text; text++) {
                if (!is_space(*text) && !in_word)
                        words++;
                in_word = !is_space(*text);
        }
        return words;
}

bool quote_is_rule(const struct quote_folded *f) {
        return f->n >= RULE_MIN && (strspn(f->text, "_") == f->n || strspn(f->text, "-") == f->n);
}

bool quote_is_signature(const struct quote_folded *f) {
        return strcmp(f->text, "--") == 0 || strcmp(f->text, "\xE2\x80\x94") == 0;
}

// The words between the dashes or underscores of a divider: "-----Original Message-----".
static bool divider_says(const struct quote_folded *f, const char *const *table, size_t n) {
        char inner[QUOTE_FOLDED_MAX + 1];
        size_t start = strspn(f->text, "-_=+# "), stop = f->n;

        if (f->cut)
                return false;
        while (stop > start && strchr("-_=+#: ", f->text[stop - 1]))
                stop--;
        memcpy(inner, f->text + start, stop - start);
        inner[stop - start] = '\0';
        return is_any(inner, table, n);
}

bool quote_is_original(const struct quote_folded *f) {
        return (f->text[0] == '-' || f->text[0] == '_' || f->text[0] == '=') &&
               divider_says(f, originals, ARRAY_LEN(originals));
}

bool quote_is_forward(const struct quote_folded *f) {
        return (strchr("-_=", f->text[0]) || f->text[f->n - 1] == ':') &&
               divider_says(f, forwards, ARRAY_LEN(forwards));
}

bool quote_is_delimiter(const struct quote_folded *f) {
        return f->n <= DELIMITER_LINE_MAX && has_any(f->text, delimiters, ARRAY_LEN(delimiters));
}

bool quote_is_device(const struct quote_folded *f) {
        return f->n > 0 && f->n <= DEVICE_LINE_MAX && !strchr(".?!:", f->text[f->n - 1]) &&
               starts_any(f->text, devices, ARRAY_LEN(devices));
}

bool quote_is_footer(const struct quote_folded *f) {
        return starts_any(f->text, footers, ARRAY_LEN(footers));
}

bool quote_is_pointer(const char *folded) {
        char text[64];

        if (!str_copy(text, sizeof(text), folded))
                return false;
        for (size_t n = strlen(text); n > 0 && strchr(" .,:;!-", text[n - 1]); n--)
                text[n - 1] = '\0';
        return is_any(text, pointers, ARRAY_LEN(pointers));
}

enum quote_header quote_header_of(const struct quote_folded *f) {
        const char *colon = strchr(f->text, ':');
        size_t n = colon ? (size_t) (colon - f->text) : 0;

        while (n > 0 && f->text[n - 1] == ' ') // as in French
                n--;
        for (size_t i = 0; n > 0 && i < ARRAY_LEN(headers); i++)
                if (strlen(headers[i].label) == n && memcmp(headers[i].label, f->text, n) == 0)
                        return headers[i].kind;
        return QUOTE_HEADER_NONE;
}

// "Thanks, John Smith": up to three words behind the closing, each with a capital.
static bool is_signed(const struct quote_line *line, size_t closing) {
        size_t words = 0, i = 0;

        while (i < line->n && is_space(line->text[i]))
                i++;
        i += closing;
        if (i >= line->n || !strchr(",!.-", line->text[i]))
                return false;
        while (i < line->n) {
                while (i < line->n && strchr(" ,!.-\t", line->text[i]))
                        i++;
                if (i == line->n)
                        break;
                unsigned char c = (unsigned char) line->text[i];
                if (!((c >= 'A' && c <= 'Z') || c >= 0x80) || ++words > CLOSING_NAME_WORDS_MAX)
                        return false;
                while (i < line->n && !is_space(line->text[i]))
                        i++;
        }
        return words > 0;
}

bool quote_is_closing(const struct quote_line *line, const struct quote_folded *f) {
        char text[64];

        if (f->cut)
                return false;
        size_t n = f->n;
        while (n > 0 && strchr(" ,.!-:;", f->text[n - 1]))
                n--;
        if (n < sizeof(text)) {
                memcpy(text, f->text, n);
                text[n] = '\0';
                if (is_any(text, closings, ARRAY_LEN(closings)))
                        return true;
        }
        for (size_t i = 0; i < ARRAY_LEN(closings); i++)
                if (str_starts(f->text, closings[i]) && is_signed(line, strlen(closings[i])))
                        return true;
        return false;
}

bool quote_is_name_like(const struct quote_folded *f) {
        size_t words = words_in(f->text);

        if (f->n == 0 || f->n > NAME_LINE_MAX || words > NAME_WORDS_MAX)
                return false;
        char last = f->text[f->n - 1];
        bool firm = strchr(f->text, '|') || str_ends(f->text, " inc.") || str_ends(f->text, " ltd.") ||
                    str_ends(f->text, " co.") || str_ends(f->text, " corp.");
        if (last == '?' || last == '!' || last == ':' || (last == '.' && words >= SENTENCE_WORDS_MIN && !firm))
                return false;
        return !has_any(f->text, facts, ARRAY_LEN(facts));
}

static bool says_who_wrote(const char *text) {
        bool date = strpbrk(text, "0123456789"), address = strchr(text, '@');

        // Japanese and some mobile programs name only date and sender: "2024年1月5日(金) 10:00 Name <address>:"
        if (date && address && str_ends(text, ">:") && strchr(text, '<'))
                return true;
        for (size_t i = 0; i < ARRAY_LEN(attributions); i++) {
                const char *prefix = attributions[i].prefix;
                if ((prefix[0] ? date && str_starts(text, prefix) : address) && strstr(text, attributions[i].verb))
                        return true;
        }
        return false;
}

static bool may_start_attribution(const char *text) {
        for (size_t i = 0; i < ARRAY_LEN(attributions); i++)
                if (attributions[i].prefix[0] && str_starts(text, attributions[i].prefix))
                        return true;
        return false;
}

size_t quote_attribution(const struct quote_line *lines, size_t n) {
        char text[ATTRIBUTION_LINES_MAX * (QUOTE_FOLDED_MAX + 1) + 1];
        size_t len = 0;

        for (size_t i = 0; i < n && i < ATTRIBUTION_LINES_MAX; i++) {
                struct quote_folded f;
                quote_fold(&lines[i], &f);
                if (f.n == 0 || f.cut)
                        return 0;
                memcpy(text + len, f.text, f.n + 1);
                len += f.n;
                if (f.text[f.n - 1] == ':')
                        return says_who_wrote(text) ? i + 1 : 0;
                if (i == 0 && !may_start_attribution(text) && !(strchr(text, '@') && strchr(text, '<')))
                        return 0;
                text[len++] = ' ';
                text[len] = '\0';
        }
        return 0;
}
