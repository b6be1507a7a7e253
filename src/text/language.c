#include "text/language.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <utf8proc.h>

#include "base/buffer.h"
#include "base/string.h"
#include "text/language_index.h"
#include "text/words.h"

enum {
        TEXT_BYTES_MAX = 16 * 1024, // a text has said what it is by then
        QUOTED_BYTES_MAX = 1000,    // a longer quotation is a text of its own
        LETTERS_MIN = 4,            // of a script, weighed; fewer are an ornament
};

// How much likelier a language becomes by a word of its own, a letter of its own, and a word that it does not list, in
// logarithms; and English before anything is read. Chosen on the manuals of GNOME in thirty languages, and on English
// questions to desks, of which hardly one may be called another language (doc/triage.md).
static const double WORD = 2.0, LETTER = 1.0, OTHER_WORD = -0.2, ENGLISH = 1.5;
// Short words are names and codes more often than others, and stand in more languages.
static const double ONE_LETTER = 0.3, TWO_LETTERS = 0.7;
// What is said of one word tells of the next one too: the words do not count for quite as much as they would alone.
static const double SHARPNESS = 0.8;
// A foreign language beside which English stays so likely is not called one.
static const double ENGLISH_IN_DOUBT = 0.1;
// What is needed to call it a language: of one, of two together.
static const double LIKELY = 0.5, ONE_OF_TWO = 0.85;
// A script is the text's when it has this share of all letters, weighed.
static const double MAIN_SCRIPT = 0.5;
static const double KANA_SHARE = 0.08; // of kana and ideographs: less is an ornament in Chinese

// ---- what counts

static bool latin_letter(char c) {
        return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

// Addresses, codes and paths are of no language.
static bool counts(const char *token, size_t n) {
        for (size_t i = 0; i < n;) {
                size_t len = utf8_char_len(token + i, n - i);
                if (len == 0 || (len == 1 && !latin_letter(token[i]) && !strchr("'-.,;:!?()\"*", token[i])))
                        return false;
                if (token[i] == '.' && i > 0 && i + 1 < n && latin_letter(token[i + 1]))
                        return false;
                i += len;
        }
        return true;
}

static const char *const marks[][2] = {{"\"", "\""}, {"“", "”"}, {"„", "“"}, {"«", "»"}, {"「", "」"}, {"`", "`"}};

// The bytes of the quotation that begins here, with its marks; 0: none does.
static size_t quotation(const char *s, size_t n) {
        for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
                size_t open = strlen(marks[i][0]), close = strlen(marks[i][1]);
                if (n < open || memcmp(s, marks[i][0], open) != 0)
                        continue;
                for (size_t k = open; k + close <= n && k < QUOTED_BYTES_MAX && s[k] != '\n'; k++)
                        if (memcmp(s + k, marks[i][1], close) == 0)
                                return k + close;
        }
        return 0;
}

static void add_counting(struct buffer *out, const char *s, bool with_quoted) {
        static const char space[] = " \t\r\n";
        size_t n = utf8_floor(s, strlen(s), TEXT_BYTES_MAX);

        for (size_t i = 0; i < n;) {
                size_t quoted = with_quoted ? 0 : quotation(s + i, n - i);
                if (quoted) {
                        i += quoted;
                        continue;
                }
                if (strchr(space, s[i])) {
                        i++;
                        continue;
                }
                size_t len = MIN(strcspn(s + i, space), n - i);
                if (counts(s + i, len)) {
                        buffer_add(out, s + i, len);
                        buffer_add_str(out, " ");
                }
                i += len;
        }
        buffer_add_str(out, "\n");
}

// ---- scripts

// An ideograph is a word, or half of one.
static double weight_of(enum script s) {
        return s == SCRIPT_HAN ? 3 : s == SCRIPT_KANA || s == SCRIPT_HANGUL ? 2 : 1;
}

struct letters {
        double by_script[SCRIPT_COUNT_], all;
        double by_language[LANGUAGE_COUNT_]; // words with letters that only some have
};

static void add_letter_word(struct letters *l, language_set set) {
        for (enum language k = 0; set && k < LANGUAGE_COUNT_; k++)
                if (set & language_bit(k))
                        l->by_language[k]++;
}

static bool capital(utf8proc_int32_t cp) {
        return utf8proc_category(cp) == UTF8PROC_CATEGORY_LU;
}

// Names begin with a capital, and may be of any language.
static void count_letters(const char *s, struct letters *l) {
        language_set set = 0;
        bool inside = false, name = false;

        for (size_t i = 0, n = strlen(s), len; i < n; i += len) {
                utf8proc_int32_t cp = ' ';
                len = MAX(utf8_char_len(s + i, n - i), (size_t) 1);
                utf8proc_iterate((const utf8proc_uint8_t *) s + i, (utf8proc_ssize_t) len, &cp);
                enum script script = script_of(cp);
                if (script == SCRIPT_NONE && s[i] == ' ') {
                        add_letter_word(l, set);
                        inside = name = false;
                        set = 0;
                        continue;
                }
                name = inside ? name : capital(cp);
                inside = true;
                if (script != SCRIPT_NONE) {
                        l->by_script[script] += weight_of(script);
                        l->all += weight_of(script);
                }
                if (len > 1 && !name) {
                        language_set has = language_of_letter(s + i, len);
                        set = !set ? has : has && (set & has) ? set & has : set;
                }
        }
}

static enum script main_script(struct letters *l) {
        enum script best = SCRIPT_LATIN;
        double han = l->by_script[SCRIPT_HAN], kana = l->by_script[SCRIPT_KANA];

        if (kana >= KANA_SHARE * (han + kana))
                l->by_script[SCRIPT_KANA] += han, l->by_script[SCRIPT_HAN] = 0;
        else
                l->by_script[SCRIPT_HAN] += kana, l->by_script[SCRIPT_KANA] = 0;
        for (enum script s = SCRIPT_LATIN; s < SCRIPT_COUNT_; s++)
                if (l->by_script[s] > l->by_script[best])
                        best = s;
        return l->by_script[best] >= LETTERS_MIN && l->by_script[best] >= MAIN_SCRIPT * l->all ? best : SCRIPT_NONE;
}

// ---- words

static double weight_of_word(const char *word) {
        size_t n = strlen(word);

        return (unsigned char) *word >= 0x80 ? 1 : n == 1 ? ONE_LETTER : n == 2 ? TWO_LETTERS : 1;
}

static int score_words(const char *s, double scores[LANGUAGE_COUNT_]) {
        struct words w _cleanup_words_ = {0};
        int r = words_add(&w, s);

        for (size_t i = 0; r == 0 && i < w.n; i++) {
                const char *word = words_get(&w, i);
                double weight = weight_of_word(word);
                language_set set = *word ? language_of_word(word) : 0;
                for (enum language l = 0; *word && l < LANGUAGE_COUNT_; l++)
                        scores[l] += weight * (set & language_bit(l) ? WORD : OTHER_WORD);
        }
        return r;
}

static enum language best_of(language_set set, const double scores[LANGUAGE_COUNT_]) {
        enum language best = LANGUAGE_UNKNOWN;

        for (enum language l = 0; l < LANGUAGE_COUNT_; l++)
                if ((set & language_bit(l)) && (best == LANGUAGE_UNKNOWN || scores[l] > scores[best]))
                        best = l;
        return best;
}

// Is the best one likely enough? Near relatives share what is said for one of them: then it is enough that it is one of
// the two. In a script that English does not use all that is open is which of them it is.
static bool told(const double shares[LANGUAGE_COUNT_], enum language best, bool may_be_none) {
        enum language second = LANGUAGE_COUNT_;

        if (!may_be_none || shares[best] >= LIKELY)
                return true;
        for (enum language l = 0; l < LANGUAGE_COUNT_; l++)
                if (l != best && (second == LANGUAGE_COUNT_ || shares[l] > shares[second]))
                        second = l;
        return best != LANGUAGE_EN && second != LANGUAGE_EN && shares[best] + shares[second] >= ONE_OF_TWO;
}

// Each language of the set, and for Latin none of them, in proportion to what speaks for it.
static struct language_guess decide(language_set set, bool may_be_none, const double scores[LANGUAGE_COUNT_]) {
        double shares[LANGUAGE_COUNT_] = {0};
        enum language best = best_of(set, scores);
        double top = may_be_none ? fmax(scores[best], 0) : scores[best], sum = may_be_none ? exp(-SHARPNESS * top) : 0;

        for (enum language l = 0; l < LANGUAGE_COUNT_; l++)
                if (set & language_bit(l))
                        sum += shares[l] = exp(SHARPNESS * (scores[l] - top));
        for (enum language l = 0; l < LANGUAGE_COUNT_; l++)
                shares[l] /= sum;
        if (!told(shares, best, may_be_none) || (best != LANGUAGE_EN && shares[LANGUAGE_EN] > ENGLISH_IN_DOUBT))
                return (struct language_guess){.language = LANGUAGE_UNKNOWN};
        return (struct language_guess){.language = best, .confidence = shares[best]};
}

static int guess(const char *s, struct language_guess *ret) {
        struct letters l = {0};
        double scores[LANGUAGE_COUNT_] = {0};

        *ret = (struct language_guess){.language = LANGUAGE_UNKNOWN};
        count_letters(s, &l);
        enum script script = main_script(&l);
        language_set set = script == SCRIPT_NONE ? 0 : languages_of_script(script);
        if (!set)
                return 0;
        int r = score_words(s, scores);
        if (r < 0)
                return r;
        for (enum language k = 0; k < LANGUAGE_COUNT_; k++)
                scores[k] += LETTER * l.by_language[k];
        scores[LANGUAGE_EN] += ENGLISH;
        *ret = decide(set, script == SCRIPT_LATIN, scores);
        return 0;
}

int language_of(const char *subject, const char *text, struct language_guess *ret) {
        int r = language_index_open();

        for (int with_quoted = 0; r == 0 && with_quoted <= 1; with_quoted++) {
                struct buffer b _cleanup_buffer_ = BUFFER_INIT(2 * TEXT_BYTES_MAX + 16);
                add_counting(&b, subject ? subject : "", with_quoted);
                add_counting(&b, text, with_quoted);
                r = buffer_result(&b);
                if (r == 0)
                        r = guess(buffer_str(&b), ret);
                if (r == 0 && ret->language != LANGUAGE_UNKNOWN)
                        break;
        }
        return r;
}
