#include "triage/phrases.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

// FNV-1a (Fowler, Noll, Vo), one byte further: the hash of every beginning of a word falls out on the way to that of
// the word.
static const uint32_t HASH_START = 2166136261u;

static uint32_t hash_step(uint32_t h, char byte) {
        return (h ^ (uint8_t) byte) * 16777619u;
}

void phrases_clear(struct phrases *p) {
        free(p->entries);
        *p = (struct phrases){0};
}

int phrases_add(struct phrases *p, const struct phrase *phrase, size_t value) {
        uint32_t h = HASH_START;

        if (memory_grow((void **) &p->entries, &p->cap, p->n + 1, sizeof(*p->entries)) < 0)
                return -ENOMEM;
        for (const char *c = phrase->parts[0].word; *c; c++)
                h = hash_step(h, *c);
        int *bucket = &p->buckets[h % PHRASES_BUCKETS];
        p->entries[p->n++] = (struct phrases_entry){.phrase = *phrase, .value = value, .hash = h, .next = *bucket - 1};
        *bucket = (int) p->n;
        return 0;
}

// Those whose first word hashes to h: whole words when the text's word ends there, beginnings ("crash*") always.
static void look_up(const struct phrases *p, const struct words *w, size_t at, uint32_t h, size_t len,
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
        uint32_t h = HASH_START;

        for (size_t i = 0; word[i]; i++) {
                h = hash_step(h, word[i]);
                look_up(p, w, at, h, i + 1, fn, arg);
        }
}
