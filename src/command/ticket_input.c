#include "command/ticket_input.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/json.h"
#include "base/string.h"

enum { READ_CHUNK = 65536, PRIORITY_MAX = 4 };

int read_standard_input(size_t max, char **ret, size_t *ret_len, struct error *e) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(max);
        char chunk[READ_CHUNK];

        // Whoever typed the command without its input would wait for ever and not know why.
        if (isatty(STDIN_FILENO))
                return error_set(e, -EINVAL, ERROR_USAGE,
                                 "nothing to read: give it as an argument or on standard input");
        for (;;) {
                ssize_t k = read(STDIN_FILENO, chunk, sizeof(chunk));

                if (k < 0 && errno == EINTR)
                        continue;
                if (k < 0)
                        return error_set(e, -errno, ERROR_FILE_INVALID, "standard input: %s", strerror(errno));
                if (k == 0)
                        break;
                buffer_add(&b, chunk, (size_t) k);
                if (buffer_result(&b) < 0)
                        return error_set(e, buffer_result(&b), ERROR_TOO_LARGE, "standard input: larger than %zu bytes",
                                         max);
        }
        *ret_len = b.len;
        *ret = buffer_take(&b);
        return *ret ? 0 : error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for standard input");
}

void ticket_source_clear(struct ticket_source *s) {
        json_decref(s->json);
        *s = (struct ticket_source){0};
}

static int number_option(const struct invocation *i, const char *option, int64_t max, int64_t *ret, struct error *e) {
        const char *text = invocation_value(i, option);

        if (text && str_to_int64(text, 1, max, ret) < 0)
                return error_set(e, -EINVAL, ERROR_USAGE, "%s must be a whole number from 1 to %lld", option,
                                 (long long) max);
        return 0;
}

static int read_options(const struct invocation *i, struct ticket_input *in, struct error *e) {
        static const char *const texts[] = {"--subject", "--description", "--requester"};
        int64_t priority = 0;
        int r;

        if (i->n_operands > 0)
                return error_set(e, -EINVAL, ERROR_USAGE, "give the ticket as options or as a file, not both");
        for (size_t k = 0; k < ARRAY_LEN(texts); k++) {
                const char *text = invocation_value(i, texts[k]);

                if (text && !utf8_valid(text, strlen(text)))
                        return error_set(e, -EINVAL, ERROR_USAGE, "%s must be UTF-8", texts[k]);
        }
        in->subject = invocation_value(i, "--subject");
        in->description = invocation_value(i, "--description");
        in->requester = invocation_value(i, "--requester");
        r = number_option(i, "--id", STORE_LOCAL_TICKET - 1, &in->id, e);
        if (r == 0)
                r = number_option(i, "--priority", PRIORITY_MAX, &priority, e);
        in->priority = (int) priority;
        return r;
}

static int read_json(const struct invocation *i, struct ticket_source *s, struct error *e) {
        size_t max = (size_t) settings_int(i->settings, SETTING_BODY_MAX), n = 0;
        const char *path = i->n_operands > 0 && !str_eq(i->operands[0], "-") ? i->operands[0] : NULL;
        char *text _cleanup_free_ = NULL;
        int r;

        r = path ? file_read(path, max, &text, &n, e) : read_standard_input(max, &text, &n, e);
        if (r == 0)
                r = json_parse(text, n, &s->json, e);
        if (r < 0)
                return r;
        return ticket_input_from_json(s->json, &s->input, e);
}

int ticket_source_read(const struct invocation *i, struct ticket_source *ret, struct error *e) {
        struct ticket_source s _cleanup_ticket_source_ = {0};
        bool by_options = false;
        int r;

        for (size_t k = 0; i->command->options[k].name; k++)
                by_options = by_options || i->values[k];
        r = by_options ? read_options(i, &s.input, e) : read_json(i, &s, e);
        if (r < 0)
                return r;
        if (str_empty(s.input.subject) && str_empty(s.input.description))
                return error_set(e, -EINVAL, by_options ? ERROR_USAGE : ERROR_MISSING_FIELD,
                                 "subject and description are both empty");
        *ret = s;
        s.json = NULL;
        return 0;
}
