#include "model/charsmap.h"

#include <errno.h>
#include <string.h>

#include "base/digest.h"
#include "base/string.h"
#include "model/bytes.h"

enum {
        BASE64_MAX = 16 << 20, // characters; the table that models have has 316,000
        SEQUENCE_MAX = 32,     // characters of the longest sequence that is looked for; Unicode's longest has 18
};

struct charsmap {
        uint8_t *bytes;      // the whole, decoded
        const uint8_t *trie; // units of four bytes, of no alignment
        size_t units;
        const char *texts;
        size_t texts_n;
};

// ---- units of the double array, as darts-clone packs them

static uint32_t unit_at(const struct charsmap *m, size_t i) {
        const uint8_t *b = m->trie + i * 4;

        return (uint32_t) b[0] | (uint32_t) b[1] << 8 | (uint32_t) b[2] << 16 | (uint32_t) b[3] << 24;
}

static uint32_t unit_label(uint32_t u) {
        return u & (1u << 31 | 0xFF); // a value has the top bit, so it is no byte's label
}

static uint32_t unit_offset(uint32_t u) {
        return u >> 10 << ((u & 1u << 9) >> 6);
}

static bool unit_has_leaf(uint32_t u) {
        return (u >> 8 & 1) != 0;
}

static uint32_t unit_value(uint32_t u) {
        return u & ~(1u << 31);
}

// Goes on by one byte. False: no sequence goes on so.
static bool walk(const struct charsmap *m, size_t *node, uint8_t byte) {
        size_t next = *node ^ byte;
        uint32_t u;

        if (next >= m->units)
                return false;
        u = unit_at(m, next);
        if (unit_label(u) != byte)
                return false;
        *node = next ^ unit_offset(u);
        if (unit_has_leaf(u) && *node >= m->units)
                return false;
        return true;
}

// How many of the characters the longest sequence of the table has that they begin with, and what takes its place. 0:
// none.
static size_t longest(const struct charsmap *m, const uint32_t *in, size_t n, const char **ret) {
        size_t node = unit_offset(unit_at(m, 0)), found = 0;

        for (size_t i = 0; i < MIN(n, (size_t) SEQUENCE_MAX); i++) {
                uint8_t bytes[4];
                size_t k = bytes_of(in[i], bytes), last = 0;

                for (size_t j = 0; j < k; j++) {
                        last = node ^ bytes[j];
                        if (!walk(m, &node, bytes[j]))
                                return found;
                }
                if (unit_has_leaf(unit_at(m, last)) && unit_value(unit_at(m, node)) < m->texts_n) {
                        *ret = m->texts + unit_value(unit_at(m, node));
                        found = i + 1;
                }
        }
        return found;
}

int charsmap_run(const struct charsmap *m, const uint32_t *in, size_t n, struct codepoints *out) {
        int r = 0;

        for (size_t i = 0; r == 0 && i < n;) {
                const char *text = NULL;
                size_t k = longest(m, in + i, n - i, &text);

                if (k == 0)
                        r = codepoints_add(out, in[i++]);
                else
                        r = codepoints_decode(out, text, strlen(text));
                i += k;
        }
        return r;
}

// ---- from the file

static int malformed(struct error *e, const char *what) {
        return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "normalizer.precompiled_charsmap: %s", what);
}

// Replacements are texts whatever place among them a value names.
static bool texts_sound(const char *texts, size_t n) {
        if (n == 0 || texts[n - 1] != '\0')
                return false;
        for (size_t i = 0; i < n; i += strlen(texts + i) + 1)
                if (!utf8_valid(texts + i, strlen(texts + i)))
                        return false;
        return true;
}

int charsmap_parse(const char *base64, struct charsmap **ret, struct error *e) {
        struct charsmap *m _cleanup_(charsmap_free_p) = calloc(1, sizeof(*m));
        size_t n = strlen(base64), trie;
        int size;

        if (n > BASE64_MAX)
                return malformed(e, "too long");
        if (m)
                m->bytes = malloc(n + 1);
        if (!m || !m->bytes)
                return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "normalizer: not enough memory");
        size = digest_from_base64(base64, n, m->bytes, n + 1);
        if (size < 0)
                return malformed(e, "not base64");
        m->trie = m->bytes;
        m->units = 1;
        if (size < 8)
                return malformed(e, "cut off");
        trie = unit_at(m, 0);
        m->trie = m->bytes + 4;
        m->units = trie / 4;
        if (trie % 4 != 0 || trie < 4 || trie > (size_t) size - 4)
                return malformed(e, "its trie does not fit into it");
        m->texts = (const char *) m->bytes + 4 + trie;
        m->texts_n = (size_t) size - 4 - trie;
        if (!texts_sound(m->texts, m->texts_n))
                return malformed(e, "its replacements are no texts");
        *ret = TAKE_PTR(m);
        return 0;
}

struct charsmap *charsmap_free(struct charsmap *m) {
        if (m)
                free(m->bytes);
        free(m);
        return NULL;
}
