#include "triage/phrase.h"

#include <errno.h>
#include <string.h>

#include "base/string.h"

static const char white_space[] = " \t\r\f\v";

// One piece between blanks, which may be several words ("e-mail"); a final "*" belongs to the last of them.
static int add_piece(struct phrase *p, const char *piece, size_t n, bool gap) {
        struct words words _cleanup_words_ = {0};
        bool prefix = n > 1 && piece[n - 1] == '*';
        char *text _cleanup_free_ = str_ndup(piece, n);
        int r = text ? words_add(&words, text) : -ENOMEM;

        if (r < 0)
                return r;
        size_t count = words.n - 1; // without the empty one at the end
        if (count == 0 || count > PHRASE_PARTS_MAX - p->n)
                return -EINVAL;
        for (size_t i = 0; i < count; i++) {
                struct phrase_part *part = &p->parts[p->n++];
                str_copy(part->word, sizeof(part->word), words_get(&words, i));
                part->gap = gap && i == 0;
                part->prefix = prefix && i + 1 == count;
        }
        return 0;
}

int phrase_parse(const char *text, struct phrase *ret) {
        struct phrase p = {0};
        bool gap = false;

        for (text += strspn(text, white_space); *text; text += strspn(text, white_space)) {
                size_t n = strcspn(text, white_space);
                if (n == 2 && text[0] == '.' && text[1] == '.') {
                        if (gap || p.n == 0)
                                return -EINVAL;
                        gap = true;
                } else {
                        int r = add_piece(&p, text, n, gap);
                        if (r < 0)
                                return r;
                        gap = false;
                }
                text += n;
        }
        if (gap || p.n == 0)
                return -EINVAL;
        *ret = p;
        return 0;
}

int phrase_read(const struct rows *r, const char *field, struct phrase *ret, struct error *e) {
        int k = phrase_parse(field, ret);

        if (k == -EINVAL)
                return rows_error(r, e, "\"%s\" is not 1 to %d words, with \"..\" only between them", field,
                                  PHRASE_PARTS_MAX);
        return k;
}

static bool part_matches(const struct phrase_part *part, const char *word) {
        return part->prefix ? str_starts(word, part->word) : strcmp(part->word, word) == 0;
}

bool phrase_matches(const struct phrase *p, const struct words *w, size_t at) {
        for (size_t i = 0; i < p->n; i++, at++) {
                size_t gap = p->parts[i].gap ? PHRASE_GAP_MAX : 0;
                while (at < w->n && !part_matches(&p->parts[i], words_get(w, at)) && gap > 0)
                        at++, gap--;
                if (at >= w->n || !part_matches(&p->parts[i], words_get(w, at)))
                        return false;
        }
        return true;
}
