#include "net/target.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "net/guard.h"
#include "net/route.h"
#include "unit.h"

// The parsed target as one line: segments between bars, then name=value pairs.
static const char *shown(const char *text, struct buffer *copy, struct buffer *out, int *r) {
        struct target t;
        struct error e = ERROR_INIT;

        buffer_reset(copy);
        buffer_reset(out);
        buffer_add_str(copy, text);
        *r = target_parse(copy->data, &t, &e);
        if (*r < 0)
                return "refused";
        for (size_t i = 0; i < t.n_segments; i++)
                buffer_addf(out, "%s|", t.segments[i]);
        for (size_t i = 0; i < t.n_query; i++)
                buffer_addf(out, " %s=%s", t.query[i].name, t.query[i].value);
        return buffer_str(out);
}

static void test_cuts_and_decodes(void **state _unused_) {
        static const struct {
                const char *text, *expected;
        } cases[] = {
                        {"/", "|"},
                        {"/health", "health|"},
                        {"/health/live", "health|live|"},
                        {"/tickets/", "tickets||"},
                        {"//x", "|x|"},
                        {"/a%2Fb/c", "a/b|c|"},
                        {"/%252e", "%2e|"}, // once
                        {"/..", "..|"},
                        {"/%E2%82%AC", "\xE2\x82\xAC|"},
                        {"/+", "+|"},
                        {"/t?q=a+b%2B%26c&limit=5", "t| q=a b+&c limit=5"},
                        {"/t?", "t|"},
                        {"/t?&&a=1&", "t| a=1"},
                        {"/t?flag&x=", "t| flag= x="},
                        {"/t?a=b=c", "t| a=b=c"},
                        {"/t?a?b=/", "t| a?b=/"},
                        {"http://example.org/a?b=c", "a| b=c"},
                        {"HTTPS://example.org:80/a", "a|"},
        };
        struct buffer copy _cleanup_buffer_ = BUFFER_INIT(4096), out _cleanup_buffer_ = BUFFER_INIT(4096);
        int r;

        for (size_t i = 0; i < ARRAY_LEN(cases); i++)
                assert_string_equal(shown(cases[i].text, &copy, &out, &r), cases[i].expected);
}

static void test_refuses_what_is_no_text(void **state _unused_) {
        static const char *const cases[] = {
                        "",
                        "x",
                        "*",
                        "/a b",
                        "/a\tb",
                        "/a\x7f",
                        "/a#b",
                        "/%",
                        "/%4",
                        "/%4g",
                        "/%00",
                        "/%0a",
                        "/%0D%0A",
                        "/%7f",
                        "/%ff",
                        "/%C0%AF",
                        "/%ED%A0%80",
                        "/a?%00",
                        "/a?b=%0a",
                        "/a?b=%ff",
                        "/a?=1",
                        "/a?b=1&b=2",
                        "/a?b&%62",
                        "http://",
                        "http://example.org",
                        "http://example.org?a=b",
                        "ftp://example.org/",
                        "/a?b=%",
        };
        struct buffer copy _cleanup_buffer_ = BUFFER_INIT(4096), out _cleanup_buffer_ = BUFFER_INIT(4096);
        int r;

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                (void) shown(cases[i], &copy, &out, &r);
                if (r != -EINVAL)
                        fail_msg("%s gave %d", cases[i], r);
        }
}

static void test_has_limits(void **state _unused_) {
        struct buffer text _cleanup_buffer_ = BUFFER_INIT(4096), copy _cleanup_buffer_ = BUFFER_INIT(4096),
                           out _cleanup_buffer_ = BUFFER_INIT(4096);
        int r;

        for (int i = 0; i < TARGET_SEGMENTS_MAX; i++)
                buffer_add_str(&text, "/a");
        (void) shown(buffer_str(&text), &copy, &out, &r);
        assert_int_equal(r, 0);
        buffer_add_str(&text, "/a");
        (void) shown(buffer_str(&text), &copy, &out, &r);
        assert_int_equal(r, -ENOENT);

        buffer_reset(&text);
        buffer_add_str(&text, "/a?");
        for (int i = 0; i < TARGET_QUERY_MAX; i++)
                buffer_addf(&text, "p%d=1&", i);
        (void) shown(buffer_str(&text), &copy, &out, &r);
        assert_int_equal(r, 0);
        buffer_add_str(&text, "one=more");
        (void) shown(buffer_str(&text), &copy, &out, &r);
        assert_int_equal(r, -EINVAL);
}

static void test_knows_json_when_it_is_declared(void **state _unused_) {
        static const char *const yes[] = {
                        "application/json",
                        "Application/JSON",
                        "application/json;charset=utf-8",
                        "application/json; charset=UTF-8",
                        "application/json ; charset=\"utf-8\" ",
                        "application/json; odata=verbose",
                        "application/json;",
        };
        static const char *const no[] = {
                        "",
                        "text/plain",
                        "application/jsonp",
                        "application/json-patch+json",
                        "application/vnd.api+json",
                        "application/json, text/plain",
                        "application/json charset=utf-8",
                        "application/json; charset=iso-8859-1",
                        "application/json; charset=utf-8x",
                        "application/json; charset=utf-16",
                        "application/json; charset=",
                        " application/json",
                        "application/x-www-form-urlencoded",
        };

        assert_false(guard_is_json(NULL));
        for (size_t i = 0; i < ARRAY_LEN(yes); i++)
                if (!guard_is_json(yes[i]))
                        fail_msg("%s is JSON", yes[i]);
        for (size_t i = 0; i < ARRAY_LEN(no); i++)
                if (guard_is_json(no[i]))
                        fail_msg("%s is not JSON", no[i]);
}

static void handle_nothing(struct http_request *r _unused_, void *app _unused_) {
}

static void test_routes_match_whole_paths(void **state _unused_) {
        static const struct http_route routes[] = {
                        {"GET", "/", 0, handle_nothing},
                        {"GET", "/tickets", 0, handle_nothing},
                        {"GET", "/tickets/{id}", 0, handle_nothing},
                        {"POST", "/tickets/{id}/reprocess", 0, handle_nothing},
                        {"POST", "/tickets", 0, handle_nothing},
        };
        static const struct {
                const char *method, *path;
                int route; // -1: none, -2: none of that method
                const char *id;
        } cases[] = {
                        {"GET", "/", 0, NULL},
                        {"HEAD", "/", 0, NULL},
                        {"GET", "/tickets", 1, NULL},
                        {"POST", "/tickets", 4, NULL},
                        {"GET", "/tickets/17", 2, "17"},
                        {"GET", "/tickets/a%20b", 2, "a b"},
                        {"POST", "/tickets/17/reprocess", 3, "17"},
                        {"GET", "/tickets/17/reprocess", -2, NULL},
                        {"HEAD", "/tickets/17/reprocess", -2, NULL},
                        {"get", "/tickets", -2, NULL},
                        {"GET", "/tickets/", -1, NULL},
                        {"GET", "/Tickets", -1, NULL},
                        {"GET", "/tickets/17/", -1, NULL},
                        {"GET", "/../tickets", -1, NULL},
                        {"GET", "//", -1, NULL},
        };
        struct route_table *table = NULL;
        struct error e = ERROR_INIT;

        assert_int_equal(route_table_new(routes, ARRAY_LEN(routes), &table, &e), 0);
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct buffer text _cleanup_buffer_ = BUFFER_INIT(256);
                struct target t;
                const struct http_route *found;
                bool known;

                buffer_add_str(&text, cases[i].path);
                assert_int_equal(target_parse(text.data, &t, &e), 0);
                found = route_find(table, cases[i].method, &t, &known);
                if (found != (cases[i].route < 0 ? NULL : &routes[cases[i].route]) ||
                    (!found && known != (cases[i].route == -2)))
                        fail_msg("%s %s", cases[i].method, cases[i].path);
                if (cases[i].id)
                        assert_string_equal(route_param(found, &t, "id"), cases[i].id);
                if (found) {
                        assert_null(route_param(found, &t, "i"));
                        assert_null(route_param(found, &t, "ticket"));
                }
        }
        route_table_free(table);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_cuts_and_decodes),
                        cmocka_unit_test(test_refuses_what_is_no_text),
                        cmocka_unit_test(test_has_limits),
                        cmocka_unit_test(test_knows_json_when_it_is_declared),
                        cmocka_unit_test(test_routes_match_whole_paths),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
