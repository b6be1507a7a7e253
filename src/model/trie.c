#include "model/trie.h"

#include <errno.h>
#include <string.h>

#include "base/digest.h"

// Edges of all nodes live in one open-addressed table keyed by (node, character): a step is one look-up, whatever the
// fan-out.
enum {
        EDGES_FIRST = 1 << 8,
        NODES_MAX = 1 << 24, // the largest public vocabularies need a tenth of it
        CHARACTER_BITS = 21, // code points end at 0x10FFFF
};
#define EDGE_EMPTY UINT64_MAX

struct trie {
        uint64_t seed; // so that no file can be made whose words all collide
        uint64_t *keys;
        uint32_t *targets;
        size_t slots;    // a power of two
        int64_t *values; // by node
        size_t nodes, nodes_cap;
};

static size_t slot_of(const struct trie *t, uint64_t key) {
        uint64_t h = (key ^ t->seed) * 0x9E3779B97F4A7C15u;
        h = (h ^ (h >> 32)) * 0xD6E8FEB86659FD93u;
        return (size_t) (h ^ (h >> 32)) & (t->slots - 1);
}

static uint64_t edge_key(uint32_t node, uint32_t cp) {
        return (uint64_t) node << CHARACTER_BITS | cp;
}

// The slot of the key, or the empty one where it belongs.
static size_t slot_find(const struct trie *t, uint64_t key) {
        size_t i = slot_of(t, key);
        while (t->keys[i] != EDGE_EMPTY && t->keys[i] != key)
                i = (i + 1) & (t->slots - 1);
        return i;
}

static int table_resize(struct trie *t, size_t slots) {
        uint64_t *keys _cleanup_free_ = malloc(slots * sizeof(*keys));
        uint32_t *targets _cleanup_free_ = malloc(slots * sizeof(*targets));
        if (!keys || !targets)
                return -ENOMEM;
        memset(keys, 0xFF, slots * sizeof(*keys));
        struct trie bigger = {.seed = t->seed, .keys = keys, .targets = targets, .slots = slots};
        for (size_t i = 0; i < t->slots; i++) {
                if (t->keys[i] == EDGE_EMPTY)
                        continue;
                size_t j = slot_find(&bigger, t->keys[i]);
                keys[j] = t->keys[i];
                targets[j] = t->targets[i];
        }
        free(t->keys);
        free(t->targets);
        t->keys = TAKE_PTR(keys);
        t->targets = TAKE_PTR(targets);
        t->slots = slots;
        return 0;
}

static int node_add(struct trie *t, uint32_t *ret) {
        if (t->nodes >= NODES_MAX)
                return -E2BIG;
        int r = t->nodes < t->nodes_cap
                                ? 0
                                : memory_grow((void **) &t->values, &t->nodes_cap, t->nodes + 1, sizeof(*t->values));
        if (r < 0)
                return r;
        t->values[t->nodes] = -1;
        *ret = (uint32_t) t->nodes++;
        return 0;
}

int trie_new(struct trie **ret) {
        struct trie *t _cleanup_(trie_free_p) = calloc(1, sizeof(*t));
        uint32_t root;
        if (!t)
                return -ENOMEM;
        t->seed = digest_random();
        int r = table_resize(t, EDGES_FIRST);
        if (r == 0)
                r = node_add(t, &root);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(t);
        return 0;
}

struct trie *trie_free(struct trie *t) {
        if (!t)
                return NULL;
        free(t->keys);
        free(t->targets);
        free(t->values);
        free(t);
        return NULL;
}

int trie_put(struct trie *t, const uint32_t *word, size_t n, int64_t value) {
        uint32_t node = TRIE_ROOT;
        for (size_t i = 0; i < n; i++) {
                if (t->nodes * 2 >= t->slots) { // at most half full
                        int r = table_resize(t, t->slots * 2);
                        if (r < 0)
                                return r;
                }
                uint64_t key = edge_key(node, word[i]);
                size_t slot = slot_find(t, key);
                if (t->keys[slot] == EDGE_EMPTY) {
                        uint32_t next;
                        int r = node_add(t, &next);
                        if (r < 0)
                                return r;
                        t->keys[slot] = key;
                        t->targets[slot] = next;
                }
                node = t->targets[slot];
        }
        t->values[node] = value;
        return 0;
}

uint32_t trie_walk(const struct trie *t, uint32_t node, const uint32_t *text, size_t n) {
        for (size_t i = 0; i < n; i++) {
                size_t slot = slot_find(t, edge_key(node, text[i]));
                if (t->keys[slot] == EDGE_EMPTY)
                        return TRIE_NONE;
                node = t->targets[slot];
        }
        return node;
}

int64_t trie_value(const struct trie *t, uint32_t node) {
        return node == TRIE_NONE ? -1 : t->values[node];
}

int64_t trie_find(const struct trie *t, const uint32_t *word, size_t n) {
        return trie_value(t, trie_walk(t, TRIE_ROOT, word, n));
}

size_t trie_longest(const struct trie *t, uint32_t node, const uint32_t *text, size_t n, int64_t *ret_value) {
        size_t longest = 0;
        if (node == TRIE_NONE)
                return 0;
        for (size_t i = 0; i < n; i++) {
                node = trie_walk(t, node, text + i, 1);
                if (node == TRIE_NONE)
                        break;
                if (t->values[node] >= 0) {
                        longest = i + 1;
                        *ret_value = t->values[node];
                }
        }
        return longest;
}
