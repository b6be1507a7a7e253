// A set of words with a number each, for finding the longest one that a text continues with, in one pass.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"

struct trie;

enum { TRIE_ROOT = 0 };
#define TRIE_NONE UINT32_MAX // no such node

_warn_unused_ int trie_new(struct trie **ret); // 0 or -ENOMEM
struct trie *trie_free(struct trie *t);
DEFINE_CLEANUP(struct trie, trie_free);

// value must not be negative; the last one put for a word counts. -ENOMEM, or -E2BIG when there are too many words.
_warn_unused_ int trie_put(struct trie *t, const uint32_t *word, size_t n, int64_t value);

uint32_t trie_walk(const struct trie *t, uint32_t node, const uint32_t *text,
                   size_t n);                                            // TRIE_NONE when no word goes on so
int64_t trie_value(const struct trie *t, uint32_t node);                 // -1 when no word ends there
int64_t trie_find(const struct trie *t, const uint32_t *word, size_t n); // its value, or -1

// Length of the longest word that starts at `node` and that text[0..n) starts with, at least 1; 0 when there is none.
size_t trie_longest(const struct trie *t, uint32_t node, const uint32_t *text, size_t n, int64_t *ret_value);
