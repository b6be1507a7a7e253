#include "triage/terms.h"

#include <errno.h>
#include <string.h>
#include <utf8proc.h>

#include "base/hash.h"
#include "text/words.h"

static int compare(const void *a, const void *b) {
        uint32_t x = ((const struct term *) a)->hash, y = ((const struct term *) b)->hash;

        return (x > y) - (x < y);
}

void terms_clear(struct terms *t) {
        free(t->items);
        *t = (struct terms){0};
}

// word is well-formed UTF-8, as words.h makes it. The digits of every script are one.
static uint64_t add_word(uint64_t hash, const char *word) {
        utf8proc_int32_t cp;

        for (utf8proc_ssize_t n; *word; word += n) {
                n = utf8proc_iterate((const utf8proc_uint8_t *) word, -1, &cp);
                if (n <= 0)
                        break;
                hash = utf8proc_category(cp) == UTF8PROC_CATEGORY_ND ? hash_byte(hash, '0')
                                                                     : hash_add(hash, word, (size_t) n);
        }
        return hash;
}

static struct term one(uint64_t hash) {
        return (struct term){.hash = (uint32_t) (hash ^ hash >> 32), .times = 1};
}

// Sorted, with each hash once and how often it was there.
static void count(struct terms *t) {
        size_t n = 0;

        qsort(t->items, t->n, sizeof(*t->items), compare);
        for (size_t i = 0; i < t->n; i++)
                if (n == 0 || t->items[n - 1].hash != t->items[i].hash)
                        t->items[n++] = t->items[i];
                else if (t->items[n - 1].times < UINT8_MAX)
                        t->items[n - 1].times++;
        t->n = n;
}

int terms_of(const char *subject, const char *body, struct terms *ret) {
        struct words w _cleanup_words_ = {0};

        *ret = (struct terms){0};
        if (words_add(&w, subject) < 0 || words_add(&w, body) < 0)
                return -ENOMEM;
        struct terms t = {.items = calloc(MAX(MIN(2 * w.n, (size_t) TERMS_MAX), (size_t) 1), sizeof(*t.items))};
        if (!t.items)
                return -ENOMEM;
        // Behind each text there is an empty word, which is no term.
        for (size_t i = 0; i < w.n && t.n + 2 <= TERMS_MAX; i++) {
                uint64_t hash = add_word(HASH_START, words_get(&w, i));
                if (!*words_get(&w, i))
                        continue;
                t.items[t.n++] = one(hash);
                if (i + 1 < w.n && *words_get(&w, i + 1))
                        t.items[t.n++] = one(add_word(hash_byte(hash, ' '), words_get(&w, i + 1)));
        }
        count(&t);
        // Those of a hundred thousand tickets may be kept at once.
        struct term *less = realloc(t.items, MAX(t.n, (size_t) 1) * sizeof(*t.items));
        t.items = less ? less : t.items;
        *ret = t;
        return 0;
}

int terms_copy(const struct terms *t, struct terms *ret) {
        struct term *items = malloc(MAX(t->n, (size_t) 1) * sizeof(*items));

        if (!items)
                return -ENOMEM;
        if (t->n > 0)
                memcpy(items, t->items, t->n * sizeof(*items));
        *ret = (struct terms){.items = items, .n = t->n};
        return 0;
}

int terms_keep_shared(struct terms *all, size_t n) {
        struct terms every _cleanup_terms_ = {0};

        for (size_t i = 0; i < n; i++)
                every.n += all[i].n;
        if (!(every.items = calloc(MAX(every.n, (size_t) 1), sizeof(*every.items))))
                return -ENOMEM;
        every.n = 0;
        for (size_t i = 0; i < n; i++)
                for (size_t k = 0; k < all[i].n; k++)
                        every.items[every.n++] = (struct term){.hash = all[i].items[k].hash, .times = 1};
        count(&every);
        for (size_t i = 0; i < n; i++) {
                size_t kept = 0;
                for (size_t k = 0; k < all[i].n; k++) {
                        const struct term *of = bsearch(&all[i].items[k], every.items, every.n, sizeof(*of), compare);
                        if (of->times > 1)
                                all[i].items[kept++] = all[i].items[k];
                }
                all[i].n = kept;
        }
        return 0;
}
