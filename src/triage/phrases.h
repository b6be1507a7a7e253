// Many phrases, looked for in a text at once: each word of the text costs as much as it has letters, however many
// phrases there are.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "triage/phrase.h"

enum { PHRASES_BUCKETS = 4096 };

struct phrases {
        struct phrases_entry {
                struct phrase phrase;
                size_t value;  // what the caller knows it by
                uint64_t hash; // of its first word
                int next;      // in its bucket; -1: the last
        } * entries;
        size_t n, cap;
        int buckets[PHRASES_BUCKETS]; // number of an entry + 1; 0: none
};

// *p zeroed before the first one. -ENOMEM.
_warn_unused_ int phrases_add(struct phrases *p, const struct phrase *phrase, size_t value);
void phrases_clear(struct phrases *p);

// Calls fn once for each phrase that stands at word `at`.
void phrases_at(const struct phrases *p, const struct words *w, size_t at,
                void (*fn)(void *arg, size_t value, const struct phrase *phrase), void *arg);
