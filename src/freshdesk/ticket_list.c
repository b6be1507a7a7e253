#include "freshdesk/ticket_list.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/string.h"
#include "freshdesk/call.h"
#include "freshdesk/retry_after.h"
#include "freshdesk/ticket.h"

enum { SECOND_MS = 1000 };

void freshdesk_page_clear(struct freshdesk_page *p) {
        free(p->rows);
        *p = (struct freshdesk_page){.rows = NULL};
}

static bool link_has_next(const struct http_answer *a) {
        const char *link = http_answer_header(a, "link");

        return link && (strcasestr(link, "rel=\"next\"") || strcasestr(link, "rel=next"));
}

static int64_t date_of(const struct http_answer *a) {
        const char *date = http_answer_header(a, "date");
        int64_t ms = 0;

        return date && http_date_parse(date, &ms) == 0 && ms > 0 ? ms : 0;
}

static int64_t positive(const json_t *o, const char *key) {
        return MAX(json_int_or(o, key, 0), (int64_t) 0);
}

static int number(const json_t *o, const char *key) {
        return (int) MIN(positive(o, key), (int64_t) INT_MAX);
}

static int64_t time_of(const json_t *o, const char *key) {
        const char *s = json_str_or_null(o, key);
        int64_t ms = 0;

        return s && clock_parse_iso(s, &ms) == 0 && ms > 0 ? ms : 0;
}

static void read_row(const json_t *o, struct freshdesk_listed *ret) {
        const char *subject = json_str_or_null(o, "subject");
        const json_t *tag;
        size_t i;

        *ret = (struct freshdesk_listed){.id = positive(o, "id"),
                                         .requester_id = positive(o, "requester_id"),
                                         .responder_id = positive(o, "responder_id"),
                                         .group_id = positive(o, "group_id"),
                                         .created_ms = time_of(o, "created_at"),
                                         .updated_ms = time_of(o, "updated_at"),
                                         .status = number(o, "status"),
                                         .source = number(o, "source"),
                                         .spam = json_bool_or(o, "spam", false),
                                         .deleted = json_bool_or(o, "deleted", false)};
        (void) str_copy(ret->subject, sizeof(ret->subject), subject ? subject : "");
        json_array_foreach(json_object_get(o, "tags"), i, tag) {
                if (json_is_string(tag) && ret->n_tags < LISTED_TAGS_MAX)
                        (void) str_copy(ret->tags[ret->n_tags++], LISTED_TAG_SIZE, json_string_value(tag));
        }
}

// Rows beyond what a page may have would be somebody else's answer: they are left out, and the next page is asked for.
static int read_rows(const json_t *root, struct freshdesk_page *p) {
        size_t n = MIN(json_array_size(root), (size_t) TICKET_LIST_PAGE);

        p->ordered = true;
        if (n == 0)
                return 0;
        p->rows = calloc(n, sizeof(*p->rows));
        if (!p->rows)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++) {
                struct freshdesk_listed *row = &p->rows[p->n];

                read_row(json_array_get(root, i), row);
                if (!row->id)
                        continue;
                if (!row->updated_ms || (p->n > 0 && row->updated_ms < p->rows[p->n - 1].updated_ms))
                        p->ordered = false;
                p->n++;
        }
        return 0;
}

// include: "" or another parameter.
static int ask(struct freshdesk *f, int64_t since_ms, unsigned page, const char *include, json_t **ret,
               struct http_answer *answer, struct freshdesk_result *r, struct error *e) {
        char path[CALL_PATH_MAX], iso[CLOCK_ISO_SIZE];
        struct call c = {.method = "GET", .path = path, .array = true};

        *r = (struct freshdesk_result){.outcome = FRESHDESK_REFUSED};
        if (page < 1 || page > TICKET_LIST_PAGES_MAX)
                return error_set(e, -EINVAL, ERROR_INTERNAL, "there is no page %u of a list of tickets", page);
        clock_iso(MAX(since_ms - SECOND_MS, (int64_t) 0) / SECOND_MS * SECOND_MS, iso);
        iso[strlen("2026-01-31T12:00:00")] = '\0'; // whole seconds, as the service writes them
        snprintf(path, sizeof(path),
                 "/tickets?updated_since=%sZ&order_by=updated_at&order_type=asc&per_page=%d&page=%u%s", iso,
                 TICKET_LIST_PAGE, page, include);
        return call_make(f, &c, ret, answer, r, e);
}

// A full page without a Link may be all there is, or a proxy that lost the header.
static bool is_more(const struct http_answer *answer, const json_t *root) {
        return link_has_next(answer) || json_array_size(root) >= TICKET_LIST_PAGE;
}

void freshdesk_past_page_clear(struct freshdesk_past_page *p) {
        for (size_t i = 0; i < p->n; i++) {
                freshdesk_ticket_clear(&p->rows[i].ticket);
                json_decref(p->rows[i].custom_fields);
        }
        free(p->rows);
        *p = (struct freshdesk_past_page){.rows = NULL};
}

int freshdesk_past_page(struct freshdesk *f, int64_t since_ms, unsigned page, struct freshdesk_past_page *ret,
                        struct freshdesk_result *r, struct error *e) {
        struct freshdesk_past_page p _cleanup_freshdesk_past_page_ = {.rows = NULL};
        struct http_answer answer _cleanup_answer_ = {.outcome = HTTP_NOT_SENT};
        json_t *root _cleanup_json_ = NULL;
        int k = ask(f, since_ms, page, "&include=description", &root, &answer, r, e);

        if (k < 0)
                return k;
        p.listed = MIN(json_array_size(root), (size_t) TICKET_LIST_PAGE);
        p.rows = calloc(MAX(p.listed, (size_t) 1), sizeof(*p.rows));
        for (size_t i = 0; p.rows && i < p.listed; i++) {
                struct freshdesk_past *row = &p.rows[p.n];
                json_t *o = json_array_get(root, i), *custom = json_object_get(o, "custom_fields");
                if ((k = ticket_from_json(o, &row->ticket)) < 0)
                        break;
                p.n++;
                p.last_ms = MAX(p.last_ms, row->ticket.updated_ms);
                row->custom_fields = json_is_object(custom) ? json_incref(custom) : NULL;
                if (!row->ticket.id || row->ticket.spam || row->ticket.deleted) {
                        freshdesk_ticket_clear(&row->ticket);
                        json_decref(row->custom_fields);
                        *row = (struct freshdesk_past){.custom_fields = NULL};
                        p.n--;
                }
        }
        if (!p.rows || k < 0) {
                r->outcome = FRESHDESK_RETRY;
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory for a list of tickets");
        }
        p.more = is_more(&answer, root);
        *ret = p;
        p = (struct freshdesk_past_page){.rows = NULL};
        return 0;
}

int freshdesk_ticket_page(struct freshdesk *f, int64_t since_ms, unsigned page, struct freshdesk_page *ret,
                          struct freshdesk_result *r, struct error *e) {
        struct freshdesk_page p _cleanup_freshdesk_page_ = {.rows = NULL};
        struct http_answer answer _cleanup_answer_ = {.outcome = HTTP_NOT_SENT};
        json_t *root _cleanup_json_ = NULL;
        int k = ask(f, since_ms, page, "", &root, &answer, r, e);

        if (k < 0)
                return k;
        if (read_rows(root, &p) < 0) {
                r->outcome = FRESHDESK_RETRY;
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory for a list of tickets");
        }
        p.more = is_more(&answer, root);
        p.now_ms = date_of(&answer);
        *ret = p;
        p = (struct freshdesk_page){.rows = NULL};
        return 0;
}
