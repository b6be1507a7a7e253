// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
#include <string.h>

#include "base/buffer.h"
#include "base/string.h"

size_t utf8_char_len(const char *s, size_t n) {
        const unsigned char *p = (const unsigned char *) s;
        unsigned char low = 0x80, high = 0xbf; // what the second byte may be
        size_t k;

        if (n == 0)
                return 0;
        if (p[0] < 0x80)
                return 1;
        if (p[0] < 0xc2 || p[0] > 0xf4)
                return 0;
        k = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
        if (n < k)
                return 0;
        switch (p[0]) {
        case 0xe0:
                low = 0xa0;
                break;
        case 0xed:
                high = 0x9f;
                break;
        case 0xf0:
                low = 0x90;
                break;
        case 0xf4:
                high = 0x8f;
                break;
        default:
                break;
        }
        if (p[1] < low || p[1] > high)
                return 0;
        for (size_t i = 2; i < k; i++)
                if ((p[i] & 0xc0) != 0x80)
                        return 0;
        return k;
}

bool utf8_valid(const char *s, size_t n) {
        for (size_t i = 0; i < n;) {
                size_t k = utf8_char_len(s + i, n - i);

                if (k == 0)
                        return false;
                i += k;
        }
        return true;
}

size_t utf8_bad_line(const char *s, size_t n) {
        size_t line = 1;

        for (size_t i = 0; i < n;) {
                size_t k = s[i] ? utf8_char_len(s + i, n - i) : 0;

                if (k == 0)
                        return line;
                line += s[i] == '\n';
                i += k;
        }
        return 0;
}

size_t utf8_floor(const char *s, size_t n, size_t limit) {
        if (limit >= n)
                return n;
        // A character that begins before the limit and ends after it began at most three bytes before.
        for (size_t back = 1; back <= 3 && back <= limit; back++) {
                size_t k = utf8_char_len(s + limit - back, n - limit + back);

                if (k > back)
                        return limit - back;
                if (k > 0)
                        break;
        }
        return limit;
}

// How many bytes one U+FFFD stands for: the longest start of a well-formed character, so that repairs agree with
// what the Unicode standard calls maximal subparts.
static size_t utf8_bad_len(const char *s, size_t n) {
        static const char tail[] = "\x80\x80\x80";
        char c[4];

        for (size_t k = MIN(n, (size_t) 3); k > 1; k--) {
                const unsigned char second = (unsigned char) s[1];
                size_t lead = (unsigned char) s[0] >= 0xf0 ? 4 : (unsigned char) s[0] >= 0xe0 ? 3 : 2;

                if (lead <= k || (second & 0xc0) != 0x80)
                        continue;
                memcpy(c, s, k);
                memcpy(c + k, tail, lead - k);
                if (utf8_char_len(c, lead) == lead)
                        return k;
        }
        return 1;
}

char *utf8_repair(const char *s, size_t n, size_t *replaced) {
        struct buffer out _cleanup_buffer_ = BUFFER_INIT(n > SIZE_MAX / 4 ? n : n * 3);
        size_t bad = 0, start = 0;
        char *text;

        for (size_t i = 0; i < n;) {
                size_t k = s[i] == '\0' ? 0 : utf8_char_len(s + i, n - i);

                if (k > 0) {
                        i += k;
                        continue;
                }
                buffer_add(&out, s + start, i - start);
                buffer_add_str(&out, "\xef\xbf\xbd");
                i += s[i] == '\0' ? 1 : utf8_bad_len(s + i, n - i);
                start = i;
                bad++;
        }
        if (start < n)
                buffer_add(&out, s + start, n - start);
        text = buffer_take(&out);
        if (text && replaced)
                *replaced = bad;
        return text;
}
