#include "freshdesk/call.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/metrics.h"
#include "base/string.h"
#include "freshdesk/refusal.h"
#include "freshdesk/turn.h"

// What a status means. The first row whose range holds it counts.
static const struct meaning {
        int from, to;
        enum freshdesk_outcome outcome;
        bool answers_well; // Freshdesk is there and knows us: only this one request is wrong
        const char *metric;
        const char *hint; // what to look at, for people
} meanings[] = {
                {200, 299, FRESHDESK_OK, true, "ok", NULL},
                {300, 399, FRESHDESK_UNKNOWN, false, "garbage",
                 "redirects are not followed; check FRESHDESK_DOMAIN or FRESHDESK_URL"},
                {401, 401, FRESHDESK_DENIED, false, "refused", "check FRESHDESK_API_KEY"},
                {403, 403, FRESHDESK_REFUSED, false, "refused",
                 "the key's agent lacks a right, or the account is locked"},
                {404, 404, FRESHDESK_NOT_FOUND, false, "refused",
                 "not there; if it is so for every ticket, check FRESHDESK_DOMAIN or FRESHDESK_URL"},
                {405, 405, FRESHDESK_REFUSED, true, "refused", "not allowed: the ticket may be spam or deleted"},
                {408, 408, FRESHDESK_UNKNOWN, false, "server_error", NULL},
                {409, 409, FRESHDESK_REFUSED, true, "refused", NULL},
                {429, 429, FRESHDESK_RETRY, false, "limited", "the allowance of these calls is used up"},
                {400, 499, FRESHDESK_REFUSED, false, "refused", NULL},
                {500, 599, FRESHDESK_UNKNOWN, false, "server_error", NULL},
                {0, 999, FRESHDESK_UNKNOWN, false, "garbage", "not an answer of Freshdesk's"},
};

static const struct meaning *meaning_of(int status) {
        for (size_t i = 0; i < ARRAY_LEN(meanings) - 1; i++)
                if (status >= meanings[i].from && status <= meanings[i].to)
                        return &meanings[i];
        return &meanings[ARRAY_LEN(meanings) - 1];
}

static const struct {
        int errno_value;
        enum error_code code;
} outcomes[] = {
                [FRESHDESK_OK] = {0, ERROR_NONE},
                [FRESHDESK_RETRY] = {-EAGAIN, ERROR_FRESHDESK_UNAVAILABLE},
                [FRESHDESK_UNKNOWN] = {-EIO, ERROR_FRESHDESK_UNAVAILABLE},
                [FRESHDESK_DENIED] = {-EACCES, ERROR_FRESHDESK_REFUSED},
                [FRESHDESK_NOT_FOUND] = {-ENOENT, ERROR_FRESHDESK_REFUSED},
                [FRESHDESK_REFUSED] = {-EINVAL, ERROR_FRESHDESK_REFUSED},
};

static enum freshdesk_outcome unknown_for(const struct call *c) {
        return str_eq(c->method, "GET") ? FRESHDESK_RETRY : FRESHDESK_UNKNOWN;
}

static void keep_health(struct freshdesk *f, int health, const struct error *e) {
        pthread_mutex_lock(&f->lock);
        f->recoveries += health == 0 && f->health < 0;
        f->health = health;
        f->answered_well = f->answered_well || health == 0;
        f->health_error = health < 0 ? *e : ERROR_INIT;
        pthread_mutex_unlock(&f->lock);
}

static bool answered_well(struct freshdesk *f) {
        bool well;

        pthread_mutex_lock(&f->lock);
        well = f->answered_well;
        pthread_mutex_unlock(&f->lock);
        return well;
}

// No whole answer came: e has the client's words.
static int no_answer(struct freshdesk *f, const struct call *c, const struct http_answer *a, struct freshdesk_result *r,
                     int failure, struct error *e) {
        bool garbage = failure == -EMSGSIZE || failure == -EPROTO;

        metric_inc(METRIC_FRESHDESK_CALLS, garbage ? "garbage" : "unreachable");
        r->outcome = a->outcome == HTTP_NOT_SENT ? FRESHDESK_RETRY : unknown_for(c);
        if (failure != -ENOMEM && failure != -ECANCELED)
                e->code = ERROR_FRESHDESK_UNAVAILABLE;
        error_prefix(e, 0, "Freshdesk: %s", c->method);
        keep_health(f, outcomes[r->outcome].errno_value, e);
        return outcomes[r->outcome].errno_value;
}

static int refused(struct freshdesk *f, const struct call *c, const struct http_answer *a, struct freshdesk_result *r,
                   struct error *e) {
        const struct meaning *m = meaning_of(a->status);
        struct buffer words _cleanup_buffer_ = BUFFER_INIT(REFUSAL_MAX + 1);
        bool well = m->answers_well;
        int k;

        metric_inc(METRIC_FRESHDESK_CALLS, m->metric);
        r->outcome = m->outcome == FRESHDESK_UNKNOWN ? unknown_for(c) : m->outcome;
        // A 404 of Freshdesk's own is one ticket that is gone. From an address that never answered well it may be the
        // wrong address, and nothing is known of the ticket.
        if (a->status == 404) {
                well = http_answer_header(a, "x-freshdesk-api-version") || answered_well(f);
                r->outcome = well ? FRESHDESK_NOT_FOUND : FRESHDESK_RETRY;
        }

        refusal_words(&words, a->body.data, a->body.len, f->api_key);
        k = error_set(e, outcomes[r->outcome].errno_value, outcomes[r->outcome].code, "Freshdesk: %d%s%s%s%s",
                      a->status, words.len > 0 ? " " : "", buffer_str(&words), m->hint ? "; " : "",
                      m->hint ? m->hint : "");
        keep_health(f, well ? 0 : k, e);
        return k;
}

// A 2xx answer that is not what was asked for.
static int garbage(struct freshdesk *f, const struct call *c, const char *what, struct freshdesk_result *r,
                   struct error *e) {
        int k;

        metric_inc(METRIC_FRESHDESK_CALLS, "garbage");
        r->outcome = unknown_for(c);
        k = error_set(e, outcomes[r->outcome].errno_value, outcomes[r->outcome].code, "Freshdesk: %d, but %s",
                      r->status, what);
        keep_health(f, k, e);
        return k;
}

static const char *wrong_shape(const struct call *c, const json_t *root) {
        int64_t id;

        if (c->any)
                return NULL;
        if (c->array)
                return json_is_array(root) ? NULL : "its body is not a list";
        id = json_int_or(root, "id", 0);
        if (id <= 0)
                return "its body has no id";
        return c->id && id != c->id ? "its body has another id" : NULL;
}

int call_make(struct freshdesk *f, const struct call *c, json_t **ret, struct http_answer *headers,
              struct freshdesk_result *r, struct error *e) {
        struct http_answer answer _cleanup_answer_ = {.outcome = HTTP_NOT_SENT};
        char url[ADDRESS_BASE_SIZE + CALL_PATH_MAX];
        struct http_call http = {.method = c->method,
                                 .url = url,
                                 .user = f->api_key,
                                 .password = "X",
                                 .timeout_ms = f->timeout_ms,
                                 .answer_max = CALL_ANSWER_MAX};
        char *body _cleanup_free_ = NULL;
        json_t *root _cleanup_json_ = NULL;
        struct error own = ERROR_INIT;
        struct turn turn;
        const char *wrong;
        int64_t started;
        int k;

        *r = (struct freshdesk_result){.outcome = FRESHDESK_RETRY};
        if (!e)
                e = &own;
        snprintf(url, sizeof(url), "%s%s", f->address.base, c->path);
        if (c->body) {
                body = json_text(c->body);
                if (!body)
                        return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory for a request to Freshdesk");
                http.body = body;
        }

        k = turn_take(f, c, &turn, r, e);
        if (k < 0)
                return k;
        started = clock_monotonic_us();
        k = http_client_call(f->client, &http, &answer, e);
        metric_observe_us(METRIC_FRESHDESK_SECONDS, NULL, clock_monotonic_us() - started);
        turn_end(f, &turn, &(struct turn_end){.answer = &answer, .failure = k}, r);
        if (k < 0 || answer.outcome != HTTP_ANSWERED)
                return no_answer(f, c, &answer, r, k, e);
        r->status = answer.status;
        if (answer.status < 200 || answer.status > 299)
                return refused(f, c, &answer, r, e);
        if (answer.body.data)
                json_mend_escapes(answer.body.data, answer.body.len);
        k = json_parse(answer.body.data ? answer.body.data : "", answer.body.len, &root, NULL);
        if (k == -ENOMEM) {
                r->outcome = unknown_for(c);
                return error_set(e, k, ERROR_OUT_OF_MEMORY, "no memory for an answer of Freshdesk's");
        }
        if (k < 0)
                return garbage(f, c, "its body is not JSON", r, e);
        wrong = wrong_shape(c, root);
        if (wrong)
                return garbage(f, c, wrong, r, e);
        metric_inc(METRIC_FRESHDESK_CALLS, "ok");
        keep_health(f, 0, NULL);
        r->outcome = FRESHDESK_OK;
        *ret = TAKE_PTR(root);
        if (headers) {
                *headers = answer;
                answer = (struct http_answer){.outcome = HTTP_NOT_SENT};
        }
        return 0;
}
