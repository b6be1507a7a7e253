#include "triage/columns.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "base/string.h"
#include "triage/csv.h"

// ---- comma-separated values

static int check_quotes(const struct columns *c, const struct csv *csv, struct error *e) {
        if (csv->open_quote == 0)
                return 0;
        return error_set(e, -EINVAL, ERROR_FILE_INVALID,
                         "%s, line %zu: a quote opens here and is not closed, so that the rows behind it are part of "
                         "the text; close it, or write two for one that is meant",
                         c->path, csv->open_quote);
}

static int read_csv(const struct columns *c, char *text, struct error *e) {
        const char *fields[CSV_FIELDS_MAX], *values[COLUMNS_MAX];
        size_t means[CSV_FIELDS_MAX];
        bool any = false;
        struct csv csv;

        csv_begin(&csv, text);
        size_t n = csv_next(&csv, fields, CSV_FIELDS_MAX);
        int r = check_quotes(c, &csv, e);
        n = MIN(n, (size_t) CSV_FIELDS_MAX);
        for (size_t i = 0; i < n; i++) {
                fields[i] = str_trim((char *) (uintptr_t) fields[i]); // of the text, which is ours to change
                means[i] = c->find(c->arg, fields[i]);
                any = any || (means[i] < c->n && (c->needed >> means[i] & 1));
        }
        if (r == 0 && c->header) // before what is needed is missed: a name that is misspelt explains it
                r = c->header(c->arg, fields, n, e);
        if (r == 0 && !any)
                return error_set(e, -EINVAL, ERROR_FILE_INVALID,
                                 "%s has no column \"%s\" in its first line; a mapping can name them", c->path,
                                 c->needed_name);
        while (r == 0 && csv_next(&csv, fields, CSV_FIELDS_MAX) > 0) {
                for (size_t k = 0; k < c->n; k++)
                        values[k] = "";
                for (size_t i = n; i-- > 0;)
                        if (means[i] < c->n && *fields[i])
                                values[means[i]] = fields[i];
                r = check_quotes(c, &csv, e);
                if (r == 0)
                        r = c->row(c->arg, csv.line, values, e);
        }
        return r;
}

// ---- lines of JSON

#define ONLY_LINE "line 1, "

// A number or a list as text that the caller frees; NULL for anything else, and where memory is short.
static char *written_out(const json_t *value) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(COLUMNS_LIST_MAX);
        const json_t *one;
        size_t i;

        if (json_is_integer(value))
                return str_printf("%lld", (long long) json_integer_value(value));
        if (!json_is_array(value))
                return NULL;
        json_array_foreach(value, i, one) {
                if (json_is_string(one))
                        buffer_addf(&b, "%s%s", b.len ? "\n" : "", json_string_value(one));
        }
        return b.len && buffer_result(&b) == 0 ? buffer_take(&b) : NULL;
}

static int read_object(const struct columns *c, size_t line, const char *text, size_t n, struct error *e) {
        const char *values[COLUMNS_MAX], *key;
        char *owned[COLUMNS_MAX] = {NULL};
        json_t *o _cleanup_json_ = NULL, *value;
        int r = json_parse(text, n, &o, e);

        if (r < 0) {
                if (e && str_starts(e->message, ONLY_LINE)) // of the object, which is a line of the file
                        memmove(e->message, e->message + strlen(ONLY_LINE), strlen(e->message + strlen(ONLY_LINE)) + 1);
                return error_prefix(e, r, "%s, line %zu", c->path, line);
        }
        if (!json_is_object(o))
                return error_set(e, -EINVAL, ERROR_FILE_INVALID, "%s, line %zu: not an object", c->path, line);
        for (size_t k = 0; k < c->n; k++)
                values[k] = "";
        json_object_foreach(o, key, value) {
                size_t k = c->find(c->arg, key);
                if (k >= c->n || *values[k])
                        continue;
                if (json_is_string(value))
                        values[k] = json_string_value(value);
                else if ((owned[k] = written_out(value)))
                        values[k] = owned[k];
        }
        r = c->row(c->arg, line, values, e);
        for (size_t k = 0; k < c->n; k++)
                free(owned[k]);
        return r;
}

static int read_lines(const struct columns *c, const char *text, struct error *e) {
        size_t line = 0;
        int r = 0;

        while (r == 0 && *text) {
                size_t n = strcspn(text, "\n");
                line++;
                if (n > strspn(text, " \t\r"))
                        r = read_object(c, line, text, n, e);
                text += n + (text[n] == '\n');
        }
        return r;
}

int columns_take(const struct columns *c, char *text, struct error *e) {
        char *start = str_starts(text, "\xEF\xBB\xBF") ? text + 3 : text;
        const char *first = start + strspn(start, " \t\r\n");

        return *first == '{' || *first == '[' ? read_lines(c, start, e) : read_csv(c, start, e);
}

int columns_read(const struct columns *c, char digest[COLUMNS_DIGEST_SIZE], struct error *e) {
        char *text _cleanup_free_ = NULL, hex[DIGEST_HEX_SIZE];
        size_t n = 0;
        int r = file_read(c->path, c->bytes_max, &text, &n, e);

        if (r < 0)
                return r;
        size_t line = utf8_bad_line(text, n);
        if (line > 0)
                return error_set(e, -EINVAL, ERROR_FILE_INVALID, "%s, line %zu: not UTF-8 text; save the file as UTF-8",
                                 c->path, line);
        if (digest && digest_sha256_hex(text, n, hex) == 0)
                str_copy(digest, COLUMNS_DIGEST_SIZE, hex);
        return columns_take(c, text, e);
}
