#include "unit.h"

#include "base/file.h"
#include "base/json.h"
#include "base/metrics.h"
#include "fake_http.h"
#include "freshdesk/freshdesk.h"

#define KEY "aVerySecretKey123"

struct fixture {
        struct freshdesk *f;
        struct freshdesk_result r;
        struct error e;
};

static int set_up(void **state) {
        static struct fixture x;
        struct freshdesk_options o = {.domain = "acme", .api_key = KEY, .timeout_ms = 1000};

        fake_reset();
        x = (struct fixture){.e = ERROR_INIT};
        *state = &x;
        return freshdesk_open(&o, &x.f, &x.e);
}

static int tear_down(void **state) {
        struct fixture *x = *state;

        x->f = freshdesk_free(x->f);
        return 0;
}

#define TICKET                                                                                                         \
        "{\"id\":12,\"subject\":\"S\",\"description\":\"<div>D</"                                                      \
        "div>\",\"status\":2,\"priority\":1,\"tags\":[\"a\"],\"requester_id\":7}"

// ---- what is asked

static void a_ticket_is_asked_for_with_its_requester(void **state) {
        struct fixture *x = *state;
        struct freshdesk_ticket t _cleanup_freshdesk_ticket_ = {.id = 0};

        fake_say_json(200,
                      "{\"id\":12,\"subject\":\"S\",\"requester\":{\"name\":\"Bob\",\"email\":\"bob@example.com\"}}");
        assert_int_equal(freshdesk_ticket(x->f, 12, &t, &x->r, &x->e), 0);
        assert_int_equal(x->r.outcome, FRESHDESK_OK);
        assert_int_equal(x->r.status, 200);
        assert_string_equal(fake.calls[0].method, "GET");
        assert_string_equal(fake.calls[0].url, "https://acme.freshdesk.com/api/v2/tickets/12?include=requester");
        assert_string_equal(fake.calls[0].user, KEY);
        assert_string_equal(fake.calls[0].password, "X");
        assert_false(fake.calls[0].has_body);
        assert_string_equal(t.requester_name, "Bob");
        assert_string_equal(t.requester_email, "bob@example.com");
}

static void a_refused_include_is_left_out_from_then_on(void **state) {
        struct fixture *x = *state;
        struct freshdesk_ticket a _cleanup_freshdesk_ticket_ = {.id = 0}, b _cleanup_freshdesk_ticket_ = {.id = 0};

        fake_say_json(403, "{\"code\":\"access_denied\",\"message\":\"You are not authorized\"}");
        fake_say_json(200, TICKET);
        fake_say_json(200, TICKET);
        assert_int_equal(freshdesk_ticket(x->f, 12, &a, &x->r, &x->e), 0);
        assert_null(a.requester_email);
        assert_int_equal(freshdesk_ticket(x->f, 12, &b, &x->r, &x->e), 0);
        assert_int_equal(fake.n_calls, 3);
        assert_string_equal(fake.calls[1].url, "https://acme.freshdesk.com/api/v2/tickets/12");
        assert_string_equal(fake.calls[2].url, "https://acme.freshdesk.com/api/v2/tickets/12");
}

static void reply_note_and_update_send_only_known_fields(void **state) {
        struct fixture *x = *state;
        static const char *const tags[] = {"billing", "firstline"};
        struct freshdesk_update all = {.status = 4, .priority = 3, .tags = tags, .n_tags = 2};
        struct freshdesk_update no_tags = {.tags = tags, .n_tags = 0}, nothing = {.status = 0};
        int64_t id = 0;

        fake_say_json(201, "{\"id\":501}");
        fake_say_json(201, "{\"id\":502}");
        fake_say_json(200, "{\"id\":12,\"status\":4,\"priority\":3}");
        fake_say_json(200, "{\"id\":12}");
        assert_int_equal(freshdesk_reply(x->f, 12, "<p>\"Hi\" é</p>", &id, &x->r, &x->e), 0);
        assert_int_equal(id, 501);
        assert_string_equal(fake.calls[0].method, "POST");
        assert_string_equal(fake.calls[0].url, "https://acme.freshdesk.com/api/v2/tickets/12/reply");
        assert_string_equal(fake.calls[0].body, "{\"body\":\"<p>\\\"Hi\\\" é</p>\"}");
        assert_int_equal(freshdesk_note(x->f, 12, "<p>N</p>", &id, &x->r, &x->e), 0);
        assert_int_equal(id, 502);
        assert_string_equal(fake.calls[1].url, "https://acme.freshdesk.com/api/v2/tickets/12/notes");
        assert_string_equal(fake.calls[1].body, "{\"body\":\"<p>N</p>\",\"private\":true}");
        assert_int_equal(freshdesk_update(x->f, 12, &all, &x->r, &x->e), 0);
        assert_string_equal(fake.calls[2].method, "PUT");
        assert_string_equal(fake.calls[2].url, "https://acme.freshdesk.com/api/v2/tickets/12");
        assert_string_equal(fake.calls[2].body, "{\"status\":4,\"priority\":3,\"tags\":[\"billing\",\"firstline\"]}");
        assert_int_equal(freshdesk_update(x->f, 12, &no_tags, &x->r, &x->e), 0);
        assert_string_equal(fake.calls[3].body, "{\"tags\":[]}");
        assert_int_equal(freshdesk_update(x->f, 12, &nothing, &x->r, &x->e), 0);
        assert_int_equal(fake.n_calls, 4);
}

static void what_freshdesk_would_refuse_is_not_sent(void **state) {
        struct fixture *x = *state;
        static char huge[600 * 1024];
        static const char *const bad[] = {"\xff\xfe"};
        struct freshdesk_update u = {.tags = bad, .n_tags = 1};
        int64_t id = 77;

        memset(huge, 'a', sizeof(huge) - 1);
        assert_true(freshdesk_reply(x->f, 12, "", &id, &x->r, &x->e) < 0);
        assert_int_equal(x->r.outcome, FRESHDESK_REFUSED);
        assert_true(freshdesk_reply(x->f, 12, NULL, &id, &x->r, &x->e) < 0);
        assert_true(freshdesk_reply(x->f, 12, huge, &id, &x->r, &x->e) < 0);
        assert_int_equal(x->r.outcome, FRESHDESK_REFUSED);
        assert_true(freshdesk_note(x->f, 12, "\xff", &id, &x->r, &x->e) < 0);
        assert_true(freshdesk_update(x->f, 12, &u, &x->r, &x->e) < 0);
        assert_int_equal(fake.n_calls, 0);
        assert_int_equal(id, 77);
}

static void our_own_id_is_asked_for(void **state) {
        struct fixture *x = *state;
        int64_t id = 0;

        fake_say_json(200, "{\"id\":6010396333,\"contact\":{\"name\":\"Firstline\"}}");
        assert_int_equal(freshdesk_me(x->f, &id, &x->r, &x->e), 0);
        assert_true(id == 6010396333LL);
        assert_string_equal(fake.calls[0].url, "https://acme.freshdesk.com/api/v2/agents/me");
}

// ---- what is answered

static void each_failure_has_its_outcome_and_its_words(void **state) {
        static const struct {
                struct fake_answer said;
                enum freshdesk_outcome read, write; // of a GET, of a POST
                const char *words;
                const char *metric;
        } rows[] = {
                        {{.status = 400,
                          .body = "{\"description\":\"Validation "
                                  "failed\",\"errors\":[{\"field\":\"status\",\"message\":\"It should be one of these "
                                  "values: "
                                  "'2,3'\",\"code\":\"invalid_value\"}]}"},
                         FRESHDESK_REFUSED,
                         FRESHDESK_REFUSED,
                         "Freshdesk: 400 Validation failed: status: It should be one of these values: '2,3' "
                         "(invalid_value)",
                         "refused"},
                        {{.status = 401,
                          .body = "{\"code\":\"invalid_credentials\",\"message\":\"You have to be logged in to perform "
                                  "this action.\"}"},
                         FRESHDESK_DENIED,
                         FRESHDESK_DENIED,
                         "Freshdesk: 401 You have to be logged in to perform this action. (invalid_credentials); check "
                         "FRESHDESK_API_KEY",
                         "refused"},
                        {{.status = 403, .body = "{\"code\":\"access_denied\"}"},
                         FRESHDESK_REFUSED,
                         FRESHDESK_REFUSED,
                         "403 (access_denied)",
                         "refused"},
                        {{.status = 404, .header_name = "x-freshdesk-api-version", .header_value = "current=v2"},
                         FRESHDESK_NOT_FOUND,
                         FRESHDESK_NOT_FOUND,
                         "Freshdesk: 404; not there",
                         "refused"},
                        {{.status = 404, .body = ""},
                         FRESHDESK_RETRY,
                         FRESHDESK_RETRY,
                         "check FRESHDESK_DOMAIN",
                         "refused"},
                        {{.status = 405, .body = NULL}, FRESHDESK_REFUSED, FRESHDESK_REFUSED, "405", "refused"},
                        {{.status = 409, .body = "{}"}, FRESHDESK_REFUSED, FRESHDESK_REFUSED, "409", "refused"},
                        {{.status = 422, .body = "{\"errors\":[\"x\",\"y\",\"z\",\"a\",\"b\"]}"},
                         FRESHDESK_REFUSED,
                         FRESHDESK_REFUSED,
                         "422 x; y; z; and 2 more",
                         "refused"},
                        {{.status = 408}, FRESHDESK_RETRY, FRESHDESK_UNKNOWN, "408", "server_error"},
                        {{.status = 500, .body = "<html><h1>We're sorry</h1></html>"},
                         FRESHDESK_RETRY,
                         FRESHDESK_UNKNOWN,
                         "Freshdesk: 500",
                         "server_error"},
                        {{.status = 502}, FRESHDESK_RETRY, FRESHDESK_UNKNOWN, "502", "server_error"},
                        {{.status = 302, .header_name = "location", .header_value = "https://login.example/"},
                         FRESHDESK_RETRY,
                         FRESHDESK_UNKNOWN,
                         "redirects",
                         "garbage"},
                        {{.status = 200, .body = "<html>maintenance</html>"},
                         FRESHDESK_RETRY,
                         FRESHDESK_UNKNOWN,
                         "200, but its body is not JSON",
                         "garbage"},
                        {{.status = 200, .body = ""}, FRESHDESK_RETRY, FRESHDESK_UNKNOWN, "not JSON", "garbage"},
                        {{.status = 204, .body = NULL}, FRESHDESK_RETRY, FRESHDESK_UNKNOWN, "not JSON", "garbage"},
                        {{.status = 200, .body = "[]"}, FRESHDESK_RETRY, FRESHDESK_UNKNOWN, "no id", "garbage"},
                        {{.status = 200, .body = "null"}, FRESHDESK_RETRY, FRESHDESK_UNKNOWN, "", "garbage"},
                        {{.status = 200, .body = "{\"id\":\"12\"}"},
                         FRESHDESK_RETRY,
                         FRESHDESK_UNKNOWN,
                         "no id",
                         "garbage"},
                        {{.status = 200, .body = "{\"id\":-12}"},
                         FRESHDESK_RETRY,
                         FRESHDESK_UNKNOWN,
                         "no id",
                         "garbage"},
                        {{.status = 200, .body = "{\"id\":12,\"id\":13}"},
                         FRESHDESK_RETRY,
                         FRESHDESK_UNKNOWN,
                         "not JSON",
                         "garbage"},
                        {{.status = 999, .body = "{}"}, FRESHDESK_RETRY, FRESHDESK_UNKNOWN, "999", "garbage"},
                        {{.failure = -ECONNREFUSED, .outcome = HTTP_NOT_SENT},
                         FRESHDESK_RETRY,
                         FRESHDESK_RETRY,
                         "help.example",
                         "unreachable"},
                        {{.failure = -ETIMEDOUT, .outcome = HTTP_UNKNOWN},
                         FRESHDESK_RETRY,
                         FRESHDESK_UNKNOWN,
                         "help.example",
                         "unreachable"},
                        {{.failure = -EMSGSIZE, .outcome = HTTP_UNKNOWN},
                         FRESHDESK_RETRY,
                         FRESHDESK_UNKNOWN,
                         "help.example",
                         "garbage"},
                        {{.failure = -EPROTO, .outcome = HTTP_UNKNOWN},
                         FRESHDESK_RETRY,
                         FRESHDESK_UNKNOWN,
                         "help.example",
                         "garbage"},
        };

        for (size_t i = 0; i < ARRAY_LEN(rows); i++)
                for (int write = 0; write < 2; write++) {
                        struct fixture *x;
                        struct freshdesk_ticket t _cleanup_freshdesk_ticket_ = {.id = 0};
                        enum freshdesk_outcome wanted = write ? rows[i].write : rows[i].read;
                        uint64_t counted = metric_read(METRIC_FRESHDESK_CALLS, rows[i].metric);
                        int64_t id = 0;
                        int k;

                        tear_down(state);
                        assert_int_equal(set_up(state), 0);
                        x = *state;
                        fake_say(rows[i].said);
                        fake_say(rows[i].said); // the ticket without its requester
                        k = write ? freshdesk_reply(x->f, 12, "x", &id, &x->r, &x->e)
                                  : freshdesk_ticket(x->f, 12, &t, &x->r, &x->e);
                        if (k >= 0 || x->r.outcome != wanted || x->r.status != rows[i].said.status ||
                            !strstr(x->e.message, rows[i].words))
                                fail_msg("row %zu, %s: %d, outcome %d, \"%s\"", i, write ? "POST" : "GET", k,
                                         x->r.outcome, x->e.message);
                        if (metric_read(METRIC_FRESHDESK_CALLS, rows[i].metric) == counted)
                                fail_msg("row %zu is not counted as %s", i, rows[i].metric);
                        assert_int_equal(id, 0);
                        assert_null(t.subject);
                        assert_true(x->e.code != ERROR_NONE);
                }
}

static void an_answer_for_another_ticket_is_no_confirmation(void **state) {
        struct fixture *x = *state;
        struct freshdesk_update u = {.status = 4};

        fake_say_json(200, "{\"id\":13,\"status\":4}");
        assert_true(freshdesk_update(x->f, 12, &u, &x->r, &x->e) < 0);
        assert_int_equal(x->r.outcome, FRESHDESK_UNKNOWN);
}

static void a_status_that_did_not_take_is_no_success(void **state) {
        struct fixture *x = *state;
        struct freshdesk_update u = {.status = 4, .priority = 3};

        fake_say_json(200, "{\"id\":12,\"status\":2,\"priority\":3}");
        fake_say_json(200, "{\"id\":12,\"status\":4,\"priority\":1}");
        assert_true(freshdesk_update(x->f, 12, &u, &x->r, &x->e) < 0);
        assert_int_equal(x->r.outcome, FRESHDESK_REFUSED);
        assert_non_null(strstr(x->e.message, "status is 2 and not 4"));
        assert_true(freshdesk_update(x->f, 12, &u, &x->r, &x->e) < 0);
        assert_non_null(strstr(x->e.message, "priority is 1 and not 3"));
}

static void the_words_of_an_error_are_cleaned(void **state) {
        struct fixture *x = *state;
        struct freshdesk_ticket t _cleanup_freshdesk_ticket_ = {.id = 0};
        char body[4000], filler[3000];

        memset(filler, 'z', sizeof(filler) - 1);
        filler[sizeof(filler) - 1] = '\0';
        snprintf(body, sizeof(body), "{\"code\":\"%s\",\"message\":\"a\\nb\\u001b[31mc\\u0085d\\u202ee\"}", filler);
        fake_say_json(400, body);
        fake_say_json(400, body); // the ticket without its requester
        fake_say_json(405, "{\"message\":\"the key " KEY " is wrong\"}");
        assert_true(freshdesk_ticket(x->f, 12, &t, &x->r, &x->e) < 0);
        assert_non_null(strstr(x->e.message, "400 a b [31mc d e (zzz"));
        assert_true(strlen(x->e.message) < 450);
        assert_true(freshdesk_ticket(x->f, 12, &t, &x->r, &x->e) < 0);
        assert_null(strstr(x->e.message, KEY));
        assert_non_null(strstr(x->e.message, "405"));
}

// ---- the pause

static void after_a_429_nothing_is_sent_until_the_time_is_over(void **state) {
        struct fixture *x = *state;
        struct freshdesk_ticket t _cleanup_freshdesk_ticket_ = {.id = 0};
        int64_t id;

        fake_say((struct fake_answer){.status = 429, .header_name = "retry-after", .header_value = "120"});
        assert_true(freshdesk_ticket(x->f, 12, &t, &x->r, &x->e) < 0);
        assert_int_equal(x->r.outcome, FRESHDESK_RETRY);
        assert_int_equal(x->r.status, 429);
        assert_true(x->r.retry_after_ms == 120000);
        assert_true(freshdesk_reply(x->f, 12, "x", &id, &x->r, &x->e) < 0);
        assert_int_equal(x->r.outcome, FRESHDESK_RETRY);
        assert_int_equal(x->r.status, 0);
        assert_in_range(x->r.retry_after_ms, 60000, 120000);
        assert_non_null(strstr(x->e.message, "wait"));
        assert_int_equal(fake.n_calls, 1);
        assert_int_equal(metric_read(METRIC_FRESHDESK_CALLS, "limited") > 0, 1);
}

static void a_503_that_names_a_time_pauses_too(void **state) {
        struct fixture *x = *state;
        int64_t id;

        fake_say((struct fake_answer){.status = 503, .header_name = "retry-after", .header_value = "99999999999"});
        assert_true(freshdesk_me(x->f, &id, &x->r, &x->e) < 0);
        assert_true(x->r.retry_after_ms == 3600 * 1000);
        assert_true(freshdesk_me(x->f, &id, &x->r, &x->e) < 0);
        assert_int_equal(fake.n_calls, 1);
}

static void a_429_without_a_time_waits_a_minute(void **state) {
        static const char *const values[] = {"soon", "", "-5", "1.5"};

        for (size_t i = 0; i < ARRAY_LEN(values); i++) {
                struct fixture *x;
                int64_t id;

                tear_down(state);
                assert_int_equal(set_up(state), 0);
                x = *state;
                fake_say((struct fake_answer){.status = 429, .header_name = "retry-after", .header_value = values[i]});
                assert_true(freshdesk_me(x->f, &id, &x->r, &x->e) < 0);
                assert_true(x->r.retry_after_ms == 60 * 1000);
        }
}

static void a_429_stops_its_family_only(void **state) {
        struct fixture *x = *state;
        int64_t id = 0;

        fake_say((struct fake_answer){.status = 429, .header_name = "retry-after", .header_value = "120"});
        fake_say_json(201, "{\"id\":501}");
        assert_true(freshdesk_me(x->f, &id, &x->r, &x->e) < 0);
        assert_false(x->r.held);
        assert_true(freshdesk_me(x->f, &id, &x->r, &x->e) < 0);
        assert_true(x->r.held);
        assert_false(x->r.in_line);
        assert_int_equal(freshdesk_closed_ms(x->f), 0);
        assert_int_equal(freshdesk_reply(x->f, 12, "x", &id, &x->r, &x->e), 0);
        assert_int_equal(fake.n_calls, 2);
}

// ---- the account's key

static void a_refused_key_holds_everything_back_until_a_trial_works(void **state) {
        struct freshdesk_ticket t _cleanup_freshdesk_ticket_ = {.id = 0};
        struct fixture *x = *state;
        struct freshdesk_view v;
        int64_t id = 0;

        fake_say_json(401, "{\"code\":\"invalid_credentials\"}");
        assert_true(freshdesk_reply(x->f, 12, "x", &id, &x->r, &x->e) < 0);
        assert_int_equal(x->r.outcome, FRESHDESK_DENIED);
        assert_int_equal(x->r.status, 401);
        assert_in_range(x->r.retry_after_ms, 1, 3000);
        assert_true(freshdesk_ticket(x->f, 12, &t, &x->r, &x->e) < 0);
        assert_int_equal(x->r.outcome, FRESHDESK_DENIED);
        assert_int_equal(x->r.status, 0);
        assert_true(x->r.held);
        assert_true(freshdesk_me(x->f, &id, &x->r, &x->e) < 0); // not even the trial, before its time
        assert_int_equal(fake.n_calls, 1);
        freshdesk_tend(x->f);
        assert_int_equal(fake.n_calls, 1);
        assert_true(freshdesk_closed_ms(x->f) > 0);
        freshdesk_view(x->f, &v);
        assert_true(v.key_refused);
        assert_int_equal(v.breaker, BREAKER_CLOSED);
        assert_true(freshdesk_health(x->f, &x->e) < 0);
}

// ---- a run of failures

static void after_a_run_of_failures_nothing_is_sent_but_a_trial(void **state) {
        struct fixture *x = *state;
        struct freshdesk_view v;
        int64_t id = 0;

        for (int i = 0; i < 4; i++)
                fake_say_json(500, "");
        fake_say((struct fake_answer){.failure = -ECONNREFUSED, .outcome = HTTP_NOT_SENT});
        for (int i = 0; i < 5; i++) {
                assert_true(freshdesk_reply(x->f, 12, "x", &id, &x->r, &x->e) < 0);
                assert_false(x->r.held);
        }
        assert_true(freshdesk_reply(x->f, 12, "x", &id, &x->r, &x->e) < 0);
        assert_true(x->r.held);
        assert_int_equal(x->r.outcome, FRESHDESK_RETRY); // it did not happen
        assert_in_range(x->r.retry_after_ms, 1, 1500);
        assert_int_equal(fake.n_calls, 5);
        freshdesk_view(x->f, &v);
        assert_int_equal(v.breaker, BREAKER_OPEN);
        assert_int_equal(v.breaker_failures, 5);
}

static void who_waits_for_a_turn_is_let_go_when_it_ends(void **state) {
        struct fixture *x = *state;
        int64_t id = 0;

        fake_say_json(201, "{\"id\":501}");
        freshdesk_stop(x->f);
        assert_int_equal(freshdesk_reply(x->f, 12, "x", &id, &x->r, &x->e), -ECANCELED);
        assert_int_equal(fake.n_calls, 0);
}

// ---- health

static void health_is_that_of_the_last_call(void **state) {
        static const struct {
                struct fake_answer said;
                enum freshdesk_outcome outcome;
                const char *trouble; // NULL: well
        } rows[] = {
                        {{.status = 500}, FRESHDESK_RETRY, "500"},
                        {{.status = 404}, FRESHDESK_RETRY, "404"}, // nobody knows yet whether this is Freshdesk
                        {{.status = 404, .header_name = "x-freshdesk-api-version", .header_value = "current=v2"},
                         FRESHDESK_NOT_FOUND,
                         NULL},
                        {{.status = 200, .body = "{\"id\":1}"}, FRESHDESK_OK, NULL},
                        {{.status = 404}, FRESHDESK_NOT_FOUND, NULL},
                        {{.status = 405}, FRESHDESK_REFUSED, NULL},
                        {{.status = 409}, FRESHDESK_REFUSED, NULL},
                        {{.status = 400}, FRESHDESK_REFUSED, "400"},
                        {{.failure = -ECONNREFUSED, .outcome = HTTP_NOT_SENT}, FRESHDESK_RETRY, "help.example"},
                        {{.status = 200, .body = "<html>"}, FRESHDESK_RETRY, "not JSON"},
                        {{.status = 401}, FRESHDESK_DENIED, "401"}, // the last: after it nothing is sent
        };
        struct fixture *x = *state;
        struct error e = ERROR_INIT;
        int64_t id;

        assert_int_equal(freshdesk_health(x->f, &e), 0);
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                fake_say(rows[i].said);
                if ((freshdesk_me(x->f, &id, &x->r, &x->e) == 0) != (rows[i].outcome == FRESHDESK_OK) ||
                    x->r.outcome != rows[i].outcome)
                        fail_msg("row %zu: outcome %d", i, x->r.outcome);
                e = ERROR_INIT;
                if ((freshdesk_health(x->f, &e) < 0) != (rows[i].trouble != NULL) ||
                    (rows[i].trouble && !strstr(e.message, rows[i].trouble)))
                        fail_msg("row %zu: \"%s\"", i, e.message);
        }
}

// ---- tickets of any shape

static void hostile_tickets_are_read_as_far_as_they_go(void **state) {
        static const char *const bodies[] = {
                        "{\"id\":12}",
                        "{\"id\":12,\"subject\":null,\"description\":null,\"description_text\":null,\"status\":null,"
                        "\"priority\":null,\"tags\":null,"
                        "\"requester\":null,\"requester_id\":null,\"type\":null,\"created_at\":null,\"spam\":null,"
                        "\"deleted\":null}",
                        "{\"id\":12,\"subject\":5,\"description\":[],\"description_text\":{},\"status\":\"2\","
                        "\"priority\":true,\"tags\":{},"
                        "\"requester\":[],\"requester_id\":\"x\",\"type\":7,\"created_at\":5,\"spam\":\"yes\","
                        "\"deleted\":1}",
                        "{\"id\":12,\"status\":1e308,\"priority\":-3,\"requester_id\":-1,\"responder_id\":1.5,\"tags\":"
                        "[1,null,{},\"\",[\"x\"]],"
                        "\"created_at\":\"2026-99-99T00:00:00Z\"}",
                        "{\"id\":12,\"status\":9223372036854775807,\"priority\":-9223372036854775807,\"tags\":"
                        "\"firstline\",\"created_at\":\"\"}",
                        "{\"id\":12,\"description\":\"<div><div><b><!-- "
                        "<script>\",\"description_text\":\"\",\"custom_fields\":{\"cf_a\":null},\"new\":[{}]}",
        };
        struct fixture *x = *state;

        for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
                struct freshdesk_ticket t _cleanup_freshdesk_ticket_ = {.id = 0};

                fake_say_json(200, bodies[i]);
                assert_int_equal(freshdesk_ticket(x->f, 12, &t, &x->r, &x->e), 0);
                assert_string_equal(t.subject, "");
                assert_non_null(t.description);
                assert_int_equal(t.status, 0);
                assert_int_equal(t.priority, 0);
                assert_int_equal(t.n_tags, 0);
                assert_true(t.requester_id == 0 && t.responder_id == 0);
                assert_true(t.created_ms == 0);
                assert_false(t.spam || t.deleted);
        }
}

static void the_largest_ids_are_kept(void **state) {
        struct fixture *x = *state;
        struct freshdesk_ticket t _cleanup_freshdesk_ticket_ = {.id = 0};

        fake_say_json(200, "{\"id\":12,\"requester_id\":1000000000000000000}");
        assert_int_equal(freshdesk_ticket(x->f, 12, &t, &x->r, &x->e), 0);
        assert_true(t.requester_id == 1000000000000000000LL);
}

static void lines_are_kept_wherever_they_are(void **state) {
        struct fixture *x = *state;
        struct freshdesk_ticket a _cleanup_freshdesk_ticket_ = {.id = 0}, b _cleanup_freshdesk_ticket_ = {.id = 0},
                                  c _cleanup_freshdesk_ticket_ = {.id = 0};

        fake_say_json(200,
                      "{\"id\":12,\"description\":\"<div>one</div><div>two</div>\",\"description_text\":\"onetwo\"}");
        fake_say_json(200, "{\"id\":12,\"description\":\"<div>one\\ntwo</div>\",\"description_text\":\"one\\ntwo\"}");
        fake_say_json(200, "{\"id\":12,\"description\":\"\",\"description_text\":\"a < b\"}");
        assert_int_equal(freshdesk_ticket(x->f, 12, &a, &x->r, &x->e), 0);
        assert_int_equal(freshdesk_ticket(x->f, 12, &b, &x->r, &x->e), 0);
        assert_int_equal(freshdesk_ticket(x->f, 12, &c, &x->r, &x->e), 0);
        assert_non_null(strstr(a.description, "one\ntwo"));
        assert_non_null(strstr(b.description, "one\ntwo"));
        assert_string_equal(c.description, "a < b");
}

// ---- conversations

static char *page_of(int from, int n) {
        struct buffer b = BUFFER_INIT(1 << 20);

        buffer_add_char(&b, '[');
        for (int i = 0; i < n; i++)
                buffer_addf(&b,
                            "%s{\"id\":%d,\"body_text\":\"m%d\",\"private\":false,\"user_id\":7,\"created_at\":\"2026-"
                            "01-01T00:%02d:%02dZ\"}",
                            i ? "," : "", from + i, from + i, ((from + i) / 60) % 60, (from + i) % 60);
        buffer_add_char(&b, ']');
        return buffer_take(&b);
}

static void full_pages_and_links_lead_on(void **state) {
        struct fixture *x = *state;
        struct freshdesk_ticket t _cleanup_freshdesk_ticket_ = {.id = 12};
        char *full _cleanup_free_ = page_of(1, 100), *some _cleanup_free_ = page_of(101, 30),
                   *rest _cleanup_free_ = page_of(130, 5);

        fake_say_json(200, full);
        fake_say((struct fake_answer){.status = 200,
                                      .body = some,
                                      .header_name = "link",
                                      .header_value = "<https://acme.freshdesk.com/api/v2/tickets/12/"
                                                      "conversations?page=3>; rel=\"next\""});
        fake_say_json(200, rest);
        assert_int_equal(freshdesk_conversations(x->f, &t, &x->r, &x->e), 0);
        assert_int_equal(fake.n_calls, 3);
        assert_string_equal(fake.calls[0].url,
                            "https://acme.freshdesk.com/api/v2/tickets/12/conversations?page=1&per_page=100");
        assert_string_equal(fake.calls[2].url,
                            "https://acme.freshdesk.com/api/v2/tickets/12/conversations?page=3&per_page=100");
        assert_int_equal(t.n_messages, 134); // 130 stands on two pages
        for (size_t i = 0; i < t.n_messages; i++)
                assert_true(t.messages[i].id == (int64_t) i + 1);
        assert_string_equal(t.messages[133].text, "m134");
}

static void an_endless_conversation_ends(void **state) {
        struct fixture *x = *state;
        struct freshdesk_ticket t _cleanup_freshdesk_ticket_ = {.id = 12};
        char *pages[FAKE_CALLS_MAX] = {NULL};

        for (int i = 0; i < FAKE_CALLS_MAX; i++) {
                pages[i] = page_of(1 + 100 * i, 100);
                fake_say_json(200, pages[i]);
        }
        assert_int_equal(freshdesk_conversations(x->f, &t, &x->r, &x->e), 0);
        assert_int_equal(fake.n_calls, 26); // ten pages, six on the way to page 500, ten pages
        assert_string_equal(fake.calls[25].url,
                            "https://acme.freshdesk.com/api/v2/tickets/12/conversations?page=500&per_page=100");
        assert_int_equal(t.n_messages, 1000);
        for (int i = 0; i < FAKE_CALLS_MAX; i++)
                free(pages[i]);
}

// Who waits for an answer, and whether we gave it, stands at the newest end.
static void of_a_long_conversation_the_newest_end_is_read(void **state) {
        static const int pages[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 15, 12, 13, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};
        struct fixture *x = *state;
        struct freshdesk_ticket t _cleanup_freshdesk_ticket_ = {.id = 12};
        char *said[ARRAY_LEN(pages)] = {NULL}, words[64];

        for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
                int n = pages[i] < 13 ? 100 : pages[i] == 13 ? 34 : 0;
                said[i] = page_of(1 + 100 * (pages[i] - 1), n);
                fake_say_json(200, said[i]);
        }
        assert_int_equal(freshdesk_conversations(x->f, &t, &x->r, &x->e), 0);
        assert_int_equal(fake.n_calls, ARRAY_LEN(pages));
        for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
                snprintf(words, sizeof(words), "?page=%d&per_page=100", pages[i]);
                assert_non_null(strstr(fake.calls[i].url, words));
                free(said[i]);
        }
        assert_int_equal(t.n_messages, 934);
        assert_true(t.messages[0].id == 301);
        assert_true(t.messages[933].id == 1234);
}

static void a_page_that_fails_leaves_the_ticket_as_it_was(void **state) {
        struct fixture *x = *state;
        struct freshdesk_ticket t _cleanup_freshdesk_ticket_ = {.id = 12};
        char *full _cleanup_free_ = page_of(1, 100), *one _cleanup_free_ = page_of(1, 1);

        fake_say_json(200, one);
        fake_say_json(200, full);
        fake_say_json(200, "{\"id\":1}");
        assert_int_equal(freshdesk_conversations(x->f, &t, &x->r, &x->e), 0);
        assert_int_equal(t.n_messages, 1);
        assert_true(freshdesk_conversations(x->f, &t, &x->r, &x->e) < 0);
        assert_int_equal(x->r.outcome, FRESHDESK_RETRY);
        assert_int_equal(t.n_messages, 1);
}

static void hostile_conversations_are_read_as_far_as_they_go(void **state) {
        struct fixture *x = *state;
        struct freshdesk_ticket t _cleanup_freshdesk_ticket_ = {.id = 12};

        fake_say_json(200, "[null,5,\"x\",[],{},{\"id\":\"a\",\"body\":5,\"body_text\":null,\"private\":\"no\","
                           "\"incoming\":3,\"source\":\"s\"},"
                           "{\"id\":9,\"body\":\"<p>x</"
                           "p>\",\"private\":false,\"incoming\":true,\"source\":99999999999,\"user_id\":8,"
                           "\"created_at\":\"2026-01-01T00:00:00Z\"}]");
        assert_int_equal(freshdesk_conversations(x->f, &t, &x->r, &x->e), 0);
        assert_int_equal(t.n_messages, 3);
        for (size_t i = 0; i < 2; i++) {
                assert_true(t.messages[i].private_note); // not said to be public
                assert_string_equal(t.messages[i].text, "");
        }
        assert_true(t.messages[2].id == 9);
        assert_false(t.messages[2].private_note);
        assert_true(t.messages[2].incoming);
        assert_string_equal(t.messages[2].text, "x");
}

// ---- recorded answers

static char *recorded(const char *name) {
        const char *root = getenv("SOURCE_ROOT");
        char *path _cleanup_free_ = str_printf("%s/../shared/data/freshdesk/api/%s", root ? root : ".", name);
        char *text = NULL;
        size_t n;

        if (!file_exists(path)) {
                print_message("skipped: %s is not there\n", path);
                skip();
        }
        assert_int_equal(file_read(path, 100000, &text, &n, NULL), 0);
        return text;
}

static void recorded_answers_are_read(void **state) {
        struct fixture *x = *state;
        struct freshdesk_ticket t _cleanup_freshdesk_ticket_ = {.id = 0};
        char *ticket _cleanup_free_ = recorded("ticket_1.json"),
                     *conversations _cleanup_free_ = recorded("conversations.json"),
                     *reply _cleanup_free_ = recorded("reply_1.json"), *note _cleanup_free_ = recorded("note_1.json"),
                     *updated _cleanup_free_ = recorded("ticket_1_updated.json"),
                     *agent _cleanup_free_ = recorded("agent_1.json");
        struct freshdesk_update u = {.status = 4, .priority = 3};
        int64_t id = 0;

        fake_say_json(200, ticket);
        fake_say_json(200, conversations);
        fake_say_json(201, reply);
        fake_say_json(201, note);
        fake_say_json(200, updated);
        fake_say_json(200, agent);
        assert_int_equal(freshdesk_ticket(x->f, 1, &t, &x->r, &x->e), 0);
        assert_string_equal(t.subject, "This is a sample ticket");
        assert_string_equal(t.description, "This is a sample ticket, feel free to delete it.");
        assert_int_equal(t.status, 2);
        assert_int_equal(t.priority, 1);
        assert_string_equal(t.type, "Question");
        assert_string_equal(t.requester_name, "Dummyname");
        assert_string_equal(t.requester_email, "dummyname@example.com");
        assert_true(t.requester_id == 6012691534LL && t.responder_id == 6010396333LL && t.group_id == 0);
        assert_int_equal(t.n_tags, 2);
        assert_string_equal(t.tags[0], "foo");
        assert_string_equal(t.tags[1], "bar");
        assert_true(t.created_ms == 1463546164000LL && t.updated_ms > t.created_ms);
        assert_int_equal(freshdesk_conversations(x->f, &t, &x->r, &x->e), 0);
        assert_int_equal(t.n_messages, 2);
        assert_true(t.messages[0].private_note && !t.messages[1].private_note);
        assert_int_equal(t.messages[0].source, 2);
        assert_string_equal(t.messages[1].text, "This is a reply");
        assert_int_equal(freshdesk_reply(x->f, 1, "x", &id, &x->r, &x->e), 0);
        assert_int_equal(id, 2);
        assert_int_equal(freshdesk_note(x->f, 1, "x", &id, &x->r, &x->e), 0);
        assert_int_equal(id, 1);
        assert_int_equal(freshdesk_update(x->f, 1, &u, &x->r, &x->e), 0);
        assert_int_equal(freshdesk_me(x->f, &id, &x->r, &x->e), 0);
        assert_int_equal(freshdesk_health(x->f, NULL), 0);
}

// ---- settings

static void an_address_is_read_from_a_domain_or_an_url(void **state) {
        static const struct {
                const char *domain, *url, *base, *host; // base NULL: refused
        } rows[] = {
                        {"acme", NULL, "https://acme.freshdesk.com/api/v2", "acme.freshdesk.com"},
                        {"acme", "", "https://acme.freshdesk.com/api/v2", "acme.freshdesk.com"},
                        {"a-c-9.freshdesk.com", NULL, "https://a-c-9.freshdesk.com/api/v2", "a-c-9.freshdesk.com"},
                        {"acme", "http://127.0.0.1:9999", "http://127.0.0.1:9999/api/v2", "127.0.0.1:9999"},
                        {NULL, "http://[::1]:9999/", "http://[::1]:9999/api/v2", "[::1]:9999"},
                        {NULL, "https://proxy.example/fd/", "https://proxy.example/fd/api/v2", "proxy.example"},
                        {NULL, "HTTPS://proxy.example/fd/api/v2", "HTTPS://proxy.example/fd/api/v2", "proxy.example"},
                        {NULL, NULL, NULL, NULL},
                        {"", "", NULL, NULL},
                        {"help.acme.com", NULL, NULL, NULL},
                        {".freshdesk.com", NULL, NULL, NULL},
                        {"evil.com/.freshdesk.com", NULL, NULL, NULL},
                        {"evil.com#.freshdesk.com", NULL, NULL, NULL},
                        {"a@b.freshdesk.com", NULL, NULL, NULL},
                        {"acme freshdesk", NULL, NULL, NULL},
                        {"https://acme.freshdesk.com", NULL, NULL, NULL},
                        {"-acme", NULL, NULL, NULL},
                        {"acme-", NULL, NULL, NULL},
                        {"a..freshdesk.com", NULL, NULL, NULL},
                        {"acme.freshdesk.com.", NULL, NULL, NULL},
                        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL, NULL, NULL},
                        {NULL, "ftp://x", NULL, NULL},
                        {NULL, "127.0.0.1:9999", NULL, NULL},
                        {NULL, "http://", NULL, NULL},
                        {NULL, "http://:80", NULL, NULL},
                        {NULL, "http://x:", NULL, NULL},
                        {NULL, "http://x:0", NULL, NULL},
                        {NULL, "http://x:99999", NULL, NULL},
                        {NULL, "http://x:8a", NULL, NULL},
                        {NULL, "http://user:password@x/", NULL, NULL},
                        {NULL, "http://x/?a=b", NULL, NULL},
                        {NULL, "http://x/#a", NULL, NULL},
                        {NULL, "http://x/a b", NULL, NULL},
                        {NULL, "http://x\\y/", NULL, NULL},
                        {NULL, "http://x/\r\nHost: y", NULL, NULL},
                        {NULL, "http://[::1", NULL, NULL},
                        {NULL, "http://[]/", NULL, NULL},
        };

        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                struct freshdesk_options o = {
                                .domain = rows[i].domain, .url = rows[i].url, .api_key = KEY, .timeout_ms = 1000};
                struct freshdesk *f _cleanup_(freshdesk_free_p) = NULL;
                struct freshdesk_result result;
                struct error e = ERROR_INIT;
                int64_t id;
                int r = freshdesk_open(&o, &f, &e);

                if ((r == 0) != (rows[i].base != NULL))
                        fail_msg("row %zu: %d, \"%s\"", i, r, e.message);
                if (r < 0) {
                        assert_int_equal(e.code, ERROR_SETTING_INVALID);
                        assert_non_null(strstr(e.message, "FRESHDESK_"));
                        assert_null(strstr(e.message, "password"));
                        continue;
                }
                assert_string_equal(freshdesk_host(f), rows[i].host);
                fake_reset();
                fake_say_json(200, "{\"id\":1}");
                assert_int_equal(freshdesk_me(f, &id, &result, &e), 0);
                assert_int_equal(strncmp(fake.calls[0].url, rows[i].base, strlen(rows[i].base)), 0);
                assert_string_equal(fake.calls[0].url + strlen(rows[i].base), "/agents/me");
        }
        (void) state;
}

static void a_bad_key_is_refused_without_being_shown(void **state) {
        static const char *const keys[] = {"",
                                           NULL,
                                           "with space",
                                           "with:colon",
                                           "with\nline",
                                           "with\x80"
                                           "byte"};

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
                struct freshdesk_options o = {.domain = "acme", .api_key = keys[i], .timeout_ms = 1000};
                struct freshdesk *f = NULL;
                struct error e = ERROR_INIT;

                assert_true(freshdesk_open(&o, &f, &e) < 0);
                assert_null(f);
                assert_non_null(strstr(e.message, "FRESHDESK_API_KEY"));
                assert_null(strstr(e.message, "with:"));
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test_setup_teardown(a_ticket_is_asked_for_with_its_requester, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(a_refused_include_is_left_out_from_then_on, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(reply_note_and_update_send_only_known_fields, set_up,
                                                        tear_down),
                        cmocka_unit_test_setup_teardown(what_freshdesk_would_refuse_is_not_sent, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(our_own_id_is_asked_for, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(each_failure_has_its_outcome_and_its_words, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(an_answer_for_another_ticket_is_no_confirmation, set_up,
                                                        tear_down),
                        cmocka_unit_test_setup_teardown(a_status_that_did_not_take_is_no_success, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(the_words_of_an_error_are_cleaned, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(after_a_429_nothing_is_sent_until_the_time_is_over, set_up,
                                                        tear_down),
                        cmocka_unit_test_setup_teardown(a_503_that_names_a_time_pauses_too, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(a_429_without_a_time_waits_a_minute, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(a_429_stops_its_family_only, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(a_refused_key_holds_everything_back_until_a_trial_works, set_up,
                                                        tear_down),
                        cmocka_unit_test_setup_teardown(after_a_run_of_failures_nothing_is_sent_but_a_trial, set_up,
                                                        tear_down),
                        cmocka_unit_test_setup_teardown(who_waits_for_a_turn_is_let_go_when_it_ends, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(health_is_that_of_the_last_call, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(hostile_tickets_are_read_as_far_as_they_go, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(the_largest_ids_are_kept, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(lines_are_kept_wherever_they_are, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(full_pages_and_links_lead_on, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(an_endless_conversation_ends, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(of_a_long_conversation_the_newest_end_is_read, set_up,
                                                        tear_down),
                        cmocka_unit_test_setup_teardown(a_page_that_fails_leaves_the_ticket_as_it_was, set_up,
                                                        tear_down),
                        cmocka_unit_test_setup_teardown(hostile_conversations_are_read_as_far_as_they_go, set_up,
                                                        tear_down),
                        cmocka_unit_test_setup_teardown(recorded_answers_are_read, set_up, tear_down),
                        cmocka_unit_test(an_address_is_read_from_a_domain_or_an_url),
                        cmocka_unit_test(a_bad_key_is_refused_without_being_shown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
