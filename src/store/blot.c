#include "store/blot.h"

#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/string.h"

enum { BLOTTED_MAX = 1 << 30 }; // SQLite's own limit on a text

static const char blotted[] = "[erased]";

// How an @ may be written.
static const char *const at_signs[] = {"@", "\\u0040", "%40", "&#64;", "&#x40;", "&commat;"};

static size_t caseless_prefix(const char *text, const char *word) {
        size_t n = 0;

        while (word[n] && ascii_lower(text[n]) == ascii_lower(word[n]))
                n++;
        return word[n] ? 0 : n;
}

// The length of the address at the start of the text, 0 when it is not there.
static size_t match(const char *text, const char *address) {
        const char *p = text;

        for (; *address; address++) {
                size_t n = 0;
                for (size_t i = 0; *address == '@' && n == 0 && i < ARRAY_LEN(at_signs); i++)
                        n = caseless_prefix(p, at_signs[i]);
                if (n == 0 && ascii_lower(*p) == ascii_lower(*address))
                        n = 1;
                if (n == 0)
                        return 0;
                p += n;
        }
        return (size_t) (p - text);
}

static bool letter_or_digit(char c) {
        return (c >= '0' && c <= '9') || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || (unsigned char) c >= 0x80;
}

// What may stand in an address beside letters and digits joins only when something follows it: a full stop after an
// address ends a sentence.
static bool goes_on(const char *after) {
        return letter_or_digit(*after) || *after == '_' ||
               ((*after == '.' || *after == '-') && letter_or_digit(after[1]));
}

// "\n" of a JSON text before an address is no letter of it.
static bool began_before(const char *text, const char *at) {
        if (at == text)
                return false;
        if (at - text >= 2 && at[-2] == '\\' && strchr("nrtbf", at[-1]))
                return false;
        return letter_or_digit(at[-1]) || strchr("_%+-.", at[-1]);
}

static const char *find(const char *from, const char *text, const char *address, size_t *ret_n) {
        for (const char *p = from; *p; p++) {
                size_t n = match(p, address);
                if (n > 0 && !began_before(text, p) && !goes_on(p + n)) {
                        *ret_n = n;
                        return p;
                }
        }
        return NULL;
}

bool blot_mentions(const char *text, const char *address) {
        size_t n;

        return text && *address && find(text, text, address, &n);
}

bool blot_is_person(const char *text, const char *person) {
        static const char space[] = " \t\r\n";

        if (!text || !*person)
                return false;
        if (strchr(person, '@'))
                return blot_mentions(text, person);
        text += strspn(text, space);
        size_t n = caseless_prefix(text, person);
        return n > 0 && text[n + strspn(text + n, space)] == '\0';
}

// ---- as SQL

static const char *text_of(sqlite3_value *v) {
        return (const char *) sqlite3_value_text(v);
}

static void sql_mentions(sqlite3_context *c, int n, sqlite3_value **v) {
        const char *address = text_of(v[1]);

        (void) n;
        sqlite3_result_int(c, address && blot_mentions(text_of(v[0]), address));
}

static void sql_is_person(sqlite3_context *c, int n, sqlite3_value **v) {
        const char *person = text_of(v[1]);

        (void) n;
        sqlite3_result_int(c, person && blot_is_person(text_of(v[0]), person));
}

static void sql_blot(sqlite3_context *c, int n, sqlite3_value **v) {
        struct buffer out _cleanup_buffer_ = BUFFER_INIT(BLOTTED_MAX);
        const char *text = text_of(v[0]), *address = text_of(v[1]), *from = text, *p;
        size_t len;

        (void) n;
        if (!text || !address || !*address) {
                sqlite3_result_value(c, v[0]);
                return;
        }
        while ((p = find(from, text, address, &len))) {
                buffer_add(&out, from, (size_t) (p - from));
                buffer_add_str(&out, blotted);
                from = p + len;
        }
        buffer_add_str(&out, from);
        if (buffer_result(&out) < 0)
                sqlite3_result_error_nomem(c);
        else
                sqlite3_result_text(c, buffer_str(&out), -1, SQLITE_TRANSIENT);
}

int blot_register(sqlite3 *db) {
        static const struct {
                const char *name;
                void (*fn)(sqlite3_context *c, int n, sqlite3_value **v);
        } functions[] = {{"mentions", sql_mentions}, {"is_person", sql_is_person}, {"blot", sql_blot}};
        int rc = SQLITE_OK;

        // Not from within a schema: a database that comes from outside cannot call them.
        for (size_t i = 0; rc == SQLITE_OK && i < ARRAY_LEN(functions); i++)
                rc = sqlite3_create_function_v2(db, functions[i].name, 2,
                                                SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL,
                                                functions[i].fn, NULL, NULL, NULL);
        return rc;
}
