// What a customer can write: any bytes as subject and body, read for words and judged by them, all together and
// sentence by sentence. The first line is the subject.
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/build.h"
#include "base/string.h"
#include "triage/alone.h"
#include "triage/phrase.h"
#include "triage/triage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

// The words that come with the program; opened once, kept to the end.
static const struct triage *table(void) {
        static struct triage *t;
        struct error e = ERROR_INIT;

        if (!t && triage_open(FIRSTLINE_SOURCE_DIR "/config", NULL, NULL, &t, &e) < 0)
                abort();
        return t;
}

static void check(const struct verdict *v) {
        double sum = v->tiers[TIER_1] + v->tiers[TIER_2] + v->tiers[TIER_COMPLEX];

        if (!(v->confidence >= 0 && v->confidence <= 1) || !utf8_valid(v->why, strlen(v->why)) || !*v->category)
                abort();
        if (v->method == TRIAGE_NONE ? sum != 0 || v->tier != TIER_COMPLEX : fabs(sum - 1) > 1e-9)
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        const uint8_t *end = n > 0 ? memchr(data, '\n', n) : NULL;
        size_t head = end ? (size_t) (end - data) : n, tail = end ? head + 1 : n;
        char *subject _cleanup_free_ = str_ndup((const char *) data, head);
        char *body _cleanup_free_ = str_ndup((const char *) data + tail, n - tail);
        struct verdict v, again;
        struct phrase p;
        struct alone a;

        if (!subject || !body)
                return 0;
        triage_classify(table(), subject, body, NULL, &v);
        triage_classify(table(), subject, body, NULL, &again);
        check(&v);
        if (memcmp(v.tiers, again.tiers, sizeof(v.tiers)) != 0 || !str_eq(v.why, again.why))
                abort();
        if (alone_judge(table(), NULL, subject, body, &a) == 0 &&
            (!(a.complex >= 0 && a.complex <= 1) || !utf8_valid(a.text, strlen(a.text)) ||
             a.judged > ALONE_SENTENCES_MAX))
                abort();
        if (phrase_parse(subject, &p) == 0 && (p.n < 1 || p.n > PHRASE_PARTS_MAX))
                abort();
        return 0;
}
