#include "freshdesk/refusal.h"

#include <string.h>

#include "base/json.h"
#include "base/string.h"

enum {
        ERRORS_SHOWN_MAX = 3,      // more are counted; one is what a person can act on
        PIECE_MAX = 120,           // bytes of one message or name
        BODY_READ_MAX = 64 * 1024, // an error longer than that is a page, not an error
};

// C0, DEL, C1, line separators and direction overrides: what could move a terminal's cursor or turn a log line round.
static size_t control_length(const unsigned char *s, size_t n) {
        if (s[0] < 0x20 || s[0] == 0x7f)
                return 1;
        if (n >= 2 && s[0] == 0xc2 && s[1] < 0xa0)
                return 2;
        if (n >= 3 && s[0] == 0xe2 &&
            ((s[1] == 0x80 && s[2] >= 0xa8 && s[2] <= 0xae) || (s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9)))
                return 3;
        return 0;
}

static void add_piece(struct buffer *out, const char *text, const char *secret) {
        size_t n, len = strlen(text);

        if (!str_empty(secret) && strstr(text, secret)) {
                buffer_add_str(out, "(not shown: repeats the API key)");
                return;
        }
        n = utf8_floor(text, len, PIECE_MAX);
        for (size_t i = 0; i < n;) {
                size_t skip = control_length((const unsigned char *) text + i, n - i);

                if (skip)
                        buffer_add_char(out, ' ');
                else
                        buffer_add_char(out, text[i]);
                i += skip ? skip : 1;
        }
        if (n < len)
                buffer_add_str(out, "…");
}

// "status: It should be one of ... (invalid_value)"
static void add_error(struct buffer *out, const json_t *error, const char *secret) {
        const char *field = json_str_or_null(error, "field");
        const char *message = json_str_or_null(error, "message");
        const char *code = json_str_or_null(error, "code");

        if (field)
                add_piece(out, field, secret);
        if (field && message)
                buffer_add_str(out, ": ");
        if (message)
                add_piece(out, message, secret);
        if (code) {
                buffer_add_str(out, field || message ? " (" : "(");
                add_piece(out, code, secret);
                buffer_add_char(out, ')');
        }
}

static void add_errors(struct buffer *out, const json_t *errors, const char *secret) {
        size_t n = json_array_size(errors);

        for (size_t i = 0; i < MIN(n, (size_t) ERRORS_SHOWN_MAX); i++) {
                const json_t *error = json_array_get(errors, i);

                if (out->len > 0)
                        buffer_add_str(out, i == 0 ? ": " : "; ");
                if (json_is_string(error))
                        add_piece(out, json_string_value(error), secret);
                else
                        add_error(out, error, secret);
        }
        if (n > ERRORS_SHOWN_MAX)
                buffer_addf(out, "; and %zu more", n - ERRORS_SHOWN_MAX);
}

void refusal_words(struct buffer *out, const char *body, size_t n, const char *secret) {
        struct buffer words _cleanup_buffer_ = BUFFER_INIT(8 * 1024);
        json_t *root _cleanup_json_ = NULL;
        const char *description;

        if (!body || n == 0 || n > BODY_READ_MAX || json_parse(body, n, &root, NULL) < 0)
                return;
        description = json_str_or_null(root, "description");
        if (description)
                add_piece(&words, description, secret);
        if (json_is_array(json_object_get(root, "errors")))
                add_errors(&words, json_object_get(root, "errors"), secret);
        else if (!description)
                add_error(&words, root, secret);
        if (words.failed || words.len == 0)
                return;
        buffer_add(out, words.data, utf8_floor(words.data, words.len, REFUSAL_MAX));
}
