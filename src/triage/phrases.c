#include "triage/phrases.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

void phrases_clear(struct phrases *p) {
        free(p->entries);
        *p = (struct phrases){0};
}

int phrases_add(struct phrases *p, const struct phrase *phrase, size_t value) {
        const char *first = phrase->parts[0].word;
        uint64_t h = hash_add(HASH_START, first, strlen(first));

        if (memory_grow((void **) &p->entries, &p->cap, p->n + 1, sizeof(*p->entries)) < 0)
                return -ENOMEM;
        int *bucket = &p->buckets[h % PHRASES_BUCKETS];
        p->entries[p->n++] = (struct phrases_entry){.phrase = *phrase, .value = value, .hash = h, .next = *bucket - 1};
        *bucket = (int) p->n;
        return 0;
}

// Those whose first word hashes to h: whole words when the text's word ends there, beginnings ("crash*") always.
static void look_up(const struct phrases *p, const struct words *w, size_t at, uint64_t h, size_t len,
                    void (*fn)(void *arg, size_t value, const struct phrase *phrase), void *arg) {
        for (int i = p->buckets[h % PHRASES_BUCKETS] - 1; i >= 0; i = p->entries[i].next) {
                const struct phrases_entry *x = &p->entries[i];
                if (x->hash == h && strlen(x->phrase.parts[0].word) == len && phrase_matches(&x->phrase, w, at))
                        fn(arg, x->value, &x->phrase);
        }
}

void phrases_at(const struct phrases *p, const struct words *w, size_t at,
                void (*fn)(void *arg, size_t value, const struct phrase *phrase), void *arg) {
        const char *word = words_get(w, at);
        uint64_t h = HASH_START; // of every beginning of the word, on the way to that of the word

        for (size_t i = 0; word[i]; i++) {
                h = hash_byte(h, (uint8_t) word[i]);
                look_up(p, w, at, h, i + 1, fn, arg);
        }
}
