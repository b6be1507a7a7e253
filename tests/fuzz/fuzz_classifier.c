// A classifier as a database or a folder may have it: any bytes, with the checksum that fits them, so that what is
// behind it is tried. What is read is written as it is read again, and judges without harm.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/string.h"
#include "triage/classifier.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void judge(struct classifier *c) {
        float *vector _cleanup_free_ = calloc(c->dimensions, sizeof(*vector));
        double *scores _cleanup_free_ = calloc(c->n, sizeof(*scores));
        struct terms terms _cleanup_terms_ = {0};

        if (!vector || !scores || terms_of("refund", "my refund is late", &terms) < 0)
                return;
        vector[0] = 1;
        if (classifier_scores(c, (struct likened){.vector = vector, .terms = &terms}, scores) < 0)
                return;
        classifier_shares(c, scores);
        for (size_t k = 0; k < c->n; k++)
                if (!(scores[k] >= 0 && scores[k] <= 1))
                        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        struct classifier *c _cleanup_(classifier_free_p) = NULL, *again _cleanup_(classifier_free_p) = NULL;
        struct error e = ERROR_INIT;
        char sum[DIGEST_HEX_SIZE];

        if (digest_sha256_hex(data, n, sum) < 0)
                return 0;
        char *text _cleanup_free_ = str_printf("%.*ssha256 %s\n", (int) n, (const char *) data, sum);
        if (!text)
                return 0;
        if (classifier_parse("fuzz", text, strlen(text), &c, &e) < 0) {
                if (!*e.message)
                        abort();
                return 0;
        }
        judge(c);
        char *written _cleanup_free_ = classifier_text(c);
        if (written && classifier_parse("fuzz", written, strlen(written), &again, &e) < 0)
                abort();
        return 0;
}
