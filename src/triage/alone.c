#include "triage/alone.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/string.h"
#include "text/quote_line.h"
#include "text/sentence.h"
#include "text/words.h"

enum { WRAPPED_MIN = 60 }; // bytes: a shorter line was ended by who wrote it, a longer one by a mail program

struct sentences {
        char *items[ALONE_SENTENCES_MAX]; // those that are long enough to be judged
        size_t n, all;
        bool too_many;
};

static void sentences_clear(struct sentences *s) {
        for (size_t i = 0; i < s->n; i++)
                free(s->items[i]);
}

// "Kind regards, Ole": who says that is not judged by it.
static bool closes(const char *text, size_t n) {
        struct quote_line line = {.text = text, .n = n};
        struct quote_folded folded;

        quote_fold(&line, &folded);
        return quote_is_closing(&line, &folded);
}

static int add(struct sentences *s, const char *text, size_t n) {
        struct words w _cleanup_words_ = {0};
        char *copy _cleanup_free_ = str_ndup(text, n);
        int r = copy ? words_add(&w, copy) : -ENOMEM;

        if (r < 0)
                return r;
        size_t words = w.n - MIN(w.n, (size_t) 1); // the empty one behind them
        s->all += words > 0;
        if (words < ALONE_WORDS_MIN || closes(text, n))
                return 0;
        if (s->n == ALONE_SENTENCES_MAX)
                s->too_many = true;
        else
                s->items[s->n++] = TAKE_PTR(copy);
        return 0;
}

// Up to where one thought may go on: the end of a short line, or of the text.
static size_t paragraph(const char *text) {
        size_t n = 0;

        for (;;) {
                size_t line = strcspn(text + n, "\n");
                n += line;
                if (text[n] == '\0' || line < WRAPPED_MIN)
                        return n;
                n++;
        }
}

static int split(struct sentences *s, const char *text) {
        int r = 0;

        while (*text && r == 0 && !s->too_many) {
                size_t n = paragraph(text);
                for (size_t i = 0, k; i < n && r == 0 && !s->too_many; i += k) {
                        k = sentence_next_loose(text + i, n - i);
                        r = add(s, text + i, k);
                }
                text += n + (text[n] == '\n');
        }
        return r;
}

// In one line, well-formed: white space and control characters become single blanks.
static void show(const char *sentence, char ret[ALONE_TEXT_SIZE]) {
        const char *end = sentence + strlen(sentence);
        size_t n = 0, k;
        bool blank = false;

        for (const char *p = sentence; p < end; p += MAX(k, (size_t) 1)) {
                k = utf8_char_len(p, (size_t) (end - p));
                if ((unsigned char) *p <= ' ') {
                        blank = n > 0;
                        continue;
                }
                if (n + blank + k >= ALONE_TEXT_SIZE)
                        break;
                if (blank)
                        ret[n++] = ' ';
                blank = false;
                memcpy(ret + n, p, k);
                n += k;
        }
        ret[n] = '\0';
}

static double judge(const struct triage *t, struct encoder *m, float *vector, const char *sentence) {
        struct error e = ERROR_INIT;
        struct verdict v;

        bool embedded = vector && encoder_embed(m, sentence, vector, &e) == 0;
        triage_classify(t, "", sentence, embedded ? vector : NULL, &v);
        return v.method == TRIAGE_NONE ? 0 : v.tiers[TIER_COMPLEX];
}

int alone_judge(const struct triage *t, struct encoder *m, const char *subject, const char *body, struct alone *ret) {
        struct sentences s _cleanup_(sentences_clear) = {0};
        float *vector _cleanup_free_ = m ? malloc(encoder_dimensions(m) * sizeof(*vector)) : NULL;
        int64_t until_us = clock_monotonic_us() + ALONE_MS_MAX * 1000;

        *ret = (struct alone){.all = true};
        int r = m && !vector ? -ENOMEM : split(&s, subject);
        if (r == 0)
                r = split(&s, body);
        if (r < 0 || s.all < 2)
                return r;
        for (size_t i = 0; i < s.n && clock_monotonic_us() < until_us; i++) {
                double complex = judge(t, m, vector, s.items[i]);
                ret->judged++;
                if (*ret->text && complex <= ret->complex)
                        continue;
                ret->complex = complex;
                show(s.items[i], ret->text);
        }
        ret->all = ret->judged == s.n && !s.too_many;
        return 0;
}
