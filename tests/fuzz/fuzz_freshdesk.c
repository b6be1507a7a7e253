// What Freshdesk, or somebody who answers in its place, can send: status, Retry-After and Link headers, and the body of
// every call. The input is a byte for the call, a byte for the status, a header line, and the body behind it.
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/string.h"
#include "freshdesk/freshdesk.h"
#include "freshdesk/rule.h"
#include "freshdesk/ticket_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const int statuses[] = {200, 201, 204, 302, 400, 401, 403, 404, 405, 409, 422, 429, 500, 503, 0, -1};

static struct {
        int status;
        char header[192];
        const uint8_t *body;
        size_t n;
        unsigned calls;
} said;

// In place of the network.
int http_client_call(struct http_client *c, const struct http_call *call, struct http_answer *a, struct error *e) {
        static const char *const names[] = {"retry-after",
                                            "link",
                                            "date",
                                            "x-freshdesk-api-version",
                                            "x-ratelimit-total",
                                            "x-ratelimit-remaining",
                                            "x-ratelimit-used-currentrequest"};

        (void) c;
        if (++said.calls > 46)
                abort(); // a second try without include, ten pages, 24 looks for the last one, ten pages there
        if (said.status < 0) {
                a->outcome = HTTP_UNKNOWN;
                return error_set(e, -ETIMEDOUT, ERROR_TIMEOUT, "no answer");
        }
        a->outcome = HTTP_ANSWERED;
        a->status = said.status;
        a->body = BUFFER_INIT(call->answer_max);
        buffer_add(&a->body, said.body, said.n);
        for (size_t i = 0; i < ARRAY_LEN(names) && *said.header; i++) {
                str_copy(a->headers[i].name, sizeof(a->headers[i].name), names[i]);
                str_copy(a->headers[i].value, sizeof(a->headers[i].value), said.header);
                a->n_headers = i + 1;
        }
        return 0;
}

void http_answer_free(struct http_answer *a) {
        buffer_free(&a->body);
}

const char *http_answer_header(const struct http_answer *a, const char *name) {
        for (size_t i = 0; i < a->n_headers; i++)
                if (str_eq(a->headers[i].name, name))
                        return a->headers[i].value;
        return NULL;
}

static void check(int r, const struct freshdesk_result *result, const struct error *e) {
        if ((r == 0) != (result->outcome == FRESHDESK_OK))
                abort();
        if (r < 0 && (e->code == ERROR_NONE || !*e->message || strchr(e->message, '\n') || strchr(e->message, '\x1b')))
                abort();
        if (result->retry_after_ms < 0 || result->retry_after_ms > 3600 * 1000)
                abort();
}

static void check_ticket(const struct freshdesk_ticket *t) {
        if (!t->subject || !t->description || t->status < 0 || t->priority < 0)
                abort();
        for (size_t i = 0; i < t->n_tags; i++)
                if (str_empty(t->tags[i]))
                        abort();
        for (size_t i = 0; i < t->n_messages; i++)
                if (!t->messages[i].text || (i > 0 && t->messages[i].created_ms < t->messages[i - 1].created_ms))
                        abort();
}

static void check_list(struct freshdesk *f, unsigned page) {
        struct freshdesk_page p _cleanup_freshdesk_page_ = {.rows = NULL};
        struct freshdesk_result result;
        struct error e = ERROR_INIT;
        int r = freshdesk_ticket_page(f, 1772359200000, page, &p, &result, &e);

        check(r, &result, &e);
        if (p.n > TICKET_LIST_PAGE || p.now_ms < 0)
                abort();
        for (size_t i = 0; i < p.n; i++)
                if (p.rows[i].id <= 0 || p.rows[i].updated_ms < 0 ||
                    (p.ordered && i > 0 && p.rows[i].updated_ms < p.rows[i - 1].updated_ms))
                        abort();
}

// Whatever rules are there: what is made of ours is right, and has nothing left to correct.
static void check_rules(struct freshdesk *f, enum automation_type type) {
        struct automation_rules rules _cleanup_automation_rules_ = {.rules = NULL};
        struct rule_wish w = {.url = "https://help.example/webhook", .secret = "secret"};
        struct freshdesk_result result;
        struct error e = ERROR_INIT;
        int r = automation_list(f, type, &rules, &result, &e);
        const json_t *ours = r == 0 ? rule_ours(type, rules.rules, &w) : NULL;
        json_t *made _cleanup_json_ = NULL;

        check(r, &result, &e);
        for (size_t i = 0; i < json_array_size(rules.rules); i++)
                (void) rule_danger(type, json_array_get(rules.rules, i), &w);
        if (ours)
                (void) rule_faults(type, ours, &w);
        made = rule_make(type, ours, &w);
        if (!made || !rule_posts_to(made, w.url) || rule_faults(type, made, &w))
                abort();
}

static void call(struct freshdesk *f, uint8_t which) {
        struct freshdesk_ticket t _cleanup_freshdesk_ticket_ = {.id = 0};
        struct freshdesk_update u = {.status = 4};
        struct freshdesk_result result;
        struct error e = ERROR_INIT;
        int64_t id = 0;

        switch (which % 7) {
        case 0: {
                int r = freshdesk_ticket(f, 12, &t, &result, &e);

                check(r, &result, &e);
                if (r == 0)
                        check_ticket(&t);
                break;
        }
        case 1: {
                int r;

                t.id = 12;
                t.subject = str_dup("");
                t.description = str_dup("");
                r = freshdesk_conversations(f, &t, &result, &e);
                check(r, &result, &e);
                check_ticket(&t);
                break;
        }
        case 2:
                check(freshdesk_reply(f, 12, "<p>x</p>", &id, &result, &e), &result, &e);
                break;
        case 3:
                check(freshdesk_update(f, 12, &u, &result, &e), &result, &e);
                break;
        case 4:
                check_list(f, which / 7 % 2 + 1);
                break;
        case 5:
                check_rules(f, which / 7 % 2 ? AUTOMATION_UPDATE : AUTOMATION_CREATION);
                break;
        default:
                check(freshdesk_me(f, &id, &result, &e), &result, &e);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        struct freshdesk_options o = {
                        .url = "http://127.0.0.1:1", .api_key = "key", .timeout_ms = 0}; // nobody waits for a turn
        struct freshdesk *f _cleanup_(freshdesk_free_p) = NULL;
        struct error e = ERROR_INIT;
        const uint8_t *end;
        size_t len;

        if (n < 3 || freshdesk_open(&o, &f, &e) < 0)
                return 0;
        end = memchr(data + 2, '\n', n - 2);
        if (!end)
                return 0;
        len = MIN((size_t) (end - data - 2), sizeof(said.header) - 1);
        said.status = statuses[data[1] % ARRAY_LEN(statuses)];
        memcpy(said.header, data + 2, len);
        said.header[len] = '\0';
        said.body = end + 1;
        said.n = n - (size_t) (end + 1 - data);
        said.calls = 0;
        call(f, data[0]);
        return 0;
}
