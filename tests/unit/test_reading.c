// What the customer wrote, out of an event's own text.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/string.h"
#include "desk/reading.h"

static struct job job_of(const char *kind, const char *body) {
        struct job j = {.ticket_id = 7, .body = (char *) (uintptr_t) body};

        str_copy(j.kind, sizeof(j.kind), kind);
        return j;
}

static void read_ok(const char *kind, const char *body, struct reading *r) {
        struct job j = job_of(kind, body);
        struct error e = ERROR_INIT;

        *r = (struct reading){0};
        if (reading_from_event(NULL, &j, r, &e) != 0)
                fail_msg("%s", e.message);
}

static void test_plain_text_keeps_its_lines_and_angle_brackets(void **state) {
        struct reading r;

        (void) state;
        read_ok("api", "{\"subject\":\"a < b & c\",\"description\":\"first line\\nx < y and y > z\\n\\nlast\"}", &r);
        assert_string_equal(r.subject, "a < b & c");
        assert_string_equal(r.body, "first line\nx < y and y > z\n\nlast");
        assert_null(r.requester);
        reading_clear(&r);
}

static void test_html_becomes_text_and_scripts_go(void **state) {
        struct reading r;

        (void) state;
        read_ok("api",
                "{\"subject\":\"s\",\"description\":\"<div>Hello&nbsp;there<br>line "
                "<b>two</b></div><script>evil()</script>\"}",
                &r);
        assert_non_null(strstr(r.body, "line two"));
        assert_null(strstr(r.body, "evil"));
        assert_null(strchr(r.body, '<'));
        reading_clear(&r);
}

static void test_webhook_shapes_and_first_names(void **state) {
        struct reading r;

        (void) state;
        read_ok("created",
                "{\"freshdesk_webhook\":{\"ticket_id\":\"7\",\"ticket_subject\":\"S\",\"ticket_description\":\"<div>D</"
                "div>\","
                "\"requester_name\":\"Zoë "
                "Example\",\"requester_email\":\"zoe@example.com\",\"ticket_priority\":\"High\"}}",
                &r);
        assert_string_equal(r.subject, "S");
        assert_string_equal(r.body, "D");
        assert_string_equal(r.requester, "zoe@example.com");
        assert_string_equal(r.first_name, "Zoë");
        assert_int_equal(r.priority, 3);
        reading_clear(&r);

        read_ok("created",
                "{\"ticket\":{\"id\":7,\"subject\":\"S\",\"description\":\"D\",\"requester\":{\"name\":\"<b>x</b>\"}}}",
                &r);
        assert_null(r.first_name);
        reading_clear(&r);
}

static void test_nothing_to_read_is_an_error(void **state) {
        const char *const bodies[] = {"{\"subject\":\"\",\"description\":\" \\n\"}", "{}",
                                      "{\"description\":\"<br><br>\"}"};
        struct error e = ERROR_INIT;
        struct reading r;

        (void) state;
        for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
                struct job j = job_of("api", bodies[i]);
                assert_int_equal(reading_from_event(NULL, &j, &r, &e), -EINVAL);
                assert_int_equal(e.code, ERROR_MISSING_FIELD);
        }
        struct job none = job_of("api", NULL);
        assert_int_equal(reading_from_event(NULL, &none, &r, &e), -EINVAL);
        struct job garbage = job_of("created", "{\"id\":");
        assert_int_equal(reading_from_event(NULL, &garbage, &r, &e), -EINVAL);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_plain_text_keeps_its_lines_and_angle_brackets),
                        cmocka_unit_test(test_html_becomes_text_and_scripts_go),
                        cmocka_unit_test(test_webhook_shapes_and_first_names),
                        cmocka_unit_test(test_nothing_to_read_is_an_error),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
