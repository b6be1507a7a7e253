// A document of the knowledge base in any format: the first byte chooses it. Passages are parts of the text, in order,
// within their limits.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "knowledge/document.h"

enum { WINDOW_MAX = 1000, SHOWN_MAX = 1600 }; // with the rest that joins the last part

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        static const enum document_format formats[] = {FORMAT_TEXT, FORMAT_MARKDOWN, FORMAT_HTML};
        struct document *d _cleanup_(document_unref_p) = NULL;

        if (n == 0)
                return 0;
        if (document_parse("folder/name.txt", formats[data[0] % ARRAY_LEN(formats)], (const char *) data + 1, n - 1,
                           &d) < 0)
                return 0;
        if ((d->n_passages == 0) != (d->note && !strstr(d->note, "not UTF-8")) ||
            (d->page.text && !utf8_valid(d->page.text, d->page.n)))
                abort();
        for (size_t i = 0; i < d->n_passages; i++) {
                const struct passage *p = &d->passages[i];
                const struct article *a = &d->articles[p->article];
                char *text _cleanup_free_ = passage_text(&d->page, a, p);
                if (p->article >= d->n_articles ||
                    !(a->start <= p->start && p->start <= p->from && p->from < p->to && p->to <= p->end) ||
                    p->end > a->end || a->end > d->page.n || p->to - p->from > WINDOW_MAX ||
                    p->end - p->start > SHOWN_MAX)
                        abort();
                if (!text || !utf8_valid(text, strlen(text)) || str_empty(a->title))
                        abort();
        }
        return 0;
}
