#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/string.h"
#include "command/list.h"
#include "command/output.h"
#include "command/parts.h"
#include "store/store.h"

enum { AUDIT_PAGE = 500, DETAIL_INDENT = 6, DETAIL_MAX = 1 << 20 };

struct trail {
        json_t *rows; // with --json
        int64_t last; // id of the row seen last
        size_t n;
};

// A line "key: value" for each member of a JSON object.
static char *detail_text(const char *text) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(DETAIL_MAX);
        json_t *detail _cleanup_json_ = NULL;
        const char *key;
        json_t *value;

        if (json_parse(text, strlen(text), &detail, NULL) < 0 || !json_is_object(detail))
                return str_dup(text);
        json_object_foreach(detail, key, value) {
                char *shown _cleanup_free_ =
                                json_is_string(value) ? str_dup(json_string_value(value)) : json_text(value);

                buffer_addf(&b, "%s: %s\n", key, shown ? shown : "");
        }
        return buffer_take(&b);
}

static json_t *row_json(const struct audit_row *row) {
        char at[CLOCK_ISO_SIZE];
        const char *text = row->detail ? row->detail : "{}";
        json_t *detail = NULL;

        clock_iso(row->at_ms, at);
        if (json_parse(text, strlen(text), &detail, NULL) < 0)
                detail = json_string(text);
        return json_pack("{s:I, s:s, s:I, s:I, s:s, s:o}", "id", (json_int_t) row->id, "at", at, "ticket_id",
                         (json_int_t) row->ticket_id, "job_id", (json_int_t) row->job_id, "step", row->step, "detail",
                         detail);
}

static void show_row(void *arg, const struct audit_row *row) {
        char *detail _cleanup_free_ = NULL;
        struct trail *t = arg;
        char at[CLOCK_ISO_SIZE];

        t->last = row->id;
        t->n++;
        if (t->rows) {
                json_array_append_new(t->rows, row_json(row));
                return;
        }
        detail = detail_text(row->detail ? row->detail : "");
        clock_iso(row->at_ms, at);
        output_styled(stdout, OUTPUT_DIM, at);
        fputs("  ", stdout);
        output_styled(stdout, OUTPUT_BOLD, row->step);
        fputc('\n', stdout);
        output_paragraphs(stdout, detail ? detail : "", DETAIL_INDENT, output_width(stdout));
}

// Page by page, until one is not full.
static int read_trail(struct store *s, int64_t ticket, struct trail *t, struct error *e) {
        size_t before;
        int r;

        do {
                before = t->n;
                r = store_audit(s, ticket, t->last, AUDIT_PAGE, show_row, t, e);
        } while (r >= 0 && t->n - before == AUDIT_PAGE);
        return r;
}

static int run(const struct invocation *i, struct error *e) {
        struct store *store _cleanup_(store_close_p) = NULL;
        struct trail t = {0};
        int64_t ticket;
        int r;

        if (str_to_int64(i->operands[0], 1, INT64_MAX, &ticket) < 0)
                return error_set(e, -EINVAL, ERROR_USAGE, "%s is not a ticket's number", i->operands[0]);
        r = parts_database_there(i->settings, e);
        if (r == 0)
                r = store_open(settings_text(i->settings, SETTING_DATABASE_URL), &store, e);
        if (r < 0)
                return r;
        if (i->json && !(t.rows = json_array()))
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory");
        r = read_trail(store, ticket, &t, e);
        if (r >= 0 && t.n == 0)
                r = error_set(e, -ENOENT, ERROR_NOT_FOUND, "no ticket %lld in %s", (long long) ticket,
                              store_path(store));
        if (r < 0) {
                json_decref(t.rows);
                return r;
        }
        return t.rows ? output_json(stdout, json_pack("{s:I, s:o}", "ticket_id", (json_int_t) ticket, "audit", t.rows),
                                    e)
                      : 0;
}

const struct command command_audit = {
                .name = "audit",
                .summary = "print every step of a ticket, in order",
                .operands = "TICKET",
                .about = "What arrived, how it was classified and by what scores, what was found, what was decided "
                         "under which thresholds, what was sent and what Freshdesk made of it.",
                .operands_min = 1,
                .operands_max = 1,
                .run = run,
};
