#include "model/bytes.h"

#include <stdbool.h>

size_t bytes_of(uint32_t cp, uint8_t ret[4]) {
        if (cp < 0x80) {
                ret[0] = (uint8_t) cp;
                return 1;
        }
        if (cp < 0x800) {
                ret[0] = (uint8_t) (0xC0 | cp >> 6);
                ret[1] = (uint8_t) (0x80 | (cp & 0x3F));
                return 2;
        }
        if (cp < 0x10000) {
                ret[0] = (uint8_t) (0xE0 | cp >> 12);
                ret[1] = (uint8_t) (0x80 | (cp >> 6 & 0x3F));
                ret[2] = (uint8_t) (0x80 | (cp & 0x3F));
                return 3;
        }
        ret[0] = (uint8_t) (0xF0 | cp >> 18);
        ret[1] = (uint8_t) (0x80 | (cp >> 12 & 0x3F));
        ret[2] = (uint8_t) (0x80 | (cp >> 6 & 0x3F));
        ret[3] = (uint8_t) (0x80 | (cp & 0x3F));
        return 4;
}

// Bytes that are a visible character of Latin-1 stand for themselves; the others are counted up from U+0100.
static uint32_t character_of(uint8_t byte) {
        if (byte <= ' ')
                return 0x100u + byte;
        if (byte < 0x7F)
                return byte;
        if (byte <= 0xA0)
                return 0x121u + (byte - 0x7Fu);
        return byte == 0xAD ? 0x143 : byte;
}

int bytes_alphabet(const uint32_t *in, size_t n, struct codepoints *out) {
        int r = 0;

        for (size_t i = 0; r == 0 && i < n; i++) {
                uint8_t bytes[4];
                size_t k = bytes_of(in[i], bytes);

                for (size_t j = 0; r == 0 && j < k; j++)
                        r = codepoints_add(out, character_of(bytes[j]));
        }
        return r;
}

enum kind { LETTER, NUMBER, SPACE, OTHER };

static enum kind kind_of(uint32_t cp) {
        if (unicode_space(cp))
                return SPACE;
        return unicode_category(cp, "L") ? LETTER : unicode_category(cp, "N") ? NUMBER : OTHER;
}

// 's and its like; 0: none.
static size_t contraction(const uint32_t *text, size_t n) {
        uint32_t a = n > 1 ? text[1] : 0, b = n > 2 ? text[2] : 0;

        if (text[0] != '\'')
                return 0;
        if (a == 's' || a == 't' || a == 'm' || a == 'd')
                return 2;
        return (a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l') ? 3 : 0;
}

size_t bytes_word(const uint32_t *text, size_t n) {
        size_t end = contraction(text, n);
        enum kind kind = kind_of(text[0]);

        if (end > 0)
                return end;
        end = 1;
        if (text[0] == ' ' && n > 1 && kind_of(text[1]) != SPACE)
                kind = kind_of(text[end++]);
        while (end < n && kind_of(text[end]) == kind)
                end++;
        // White space before a word leaves its last character to it.
        return kind == SPACE && end < n && end > 1 ? end - 1 : end;
}
