#include "base/json.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/buffer.h"
#include "base/string.h"
#include "unit.h"

static int parse(const char *text, size_t n, struct error *e) {
        json_t *v _cleanup_json_ = NULL;

        return json_parse(text, n, &v, e);
}

static void test_refuses_what_is_not_one_strict_document(void **state _unused_) {
        static const struct {
                const char *text;
                size_t n; // 0: its strlen
        } cases[] = {
                        {"", 0},
                        {" ", 0},
                        {"{", 0},
                        {"{\"a\":1}}", 0},
                        {"{\"a\":1} x", 0},
                        {"{\"a\":1}\0", 8},
                        {"{\"a\":1,\"a\":2}", 0},
                        {"{\"a\":1,\"\\u0061\":2}", 0},
                        {"{'a':1}", 0},
                        {"{a:1}", 0},
                        {"[1,]", 0},
                        {"[01]", 0},
                        {"[+1]", 0},
                        {"[.5]", 0},
                        {"[NaN]", 0},
                        {"[1e999]", 0},
                        {"[99999999999999999999]", 0},
                        {"[\"\\u0000\"]", 0},
                        {"{\"\\u0000\":1}", 0},
                        {"[\"a\0b\"]", 7},
                        {"[\"\xff\"]", 0},
                        {"[\"\xc3\"]", 0},
                        {"[\"\xed\xa0\x80\"]", 0},
                        {"[\"\\ud800\"]", 0},
                        {"[\"\n\"]", 0},
                        {"// c\n[]", 0},
                        {"\xef\xbb\xbf[]", 0},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct error e = ERROR_INIT;

                if (parse(cases[i].text, cases[i].n ? cases[i].n : strlen(cases[i].text), &e) != -EINVAL)
                        fail_msg("case %zu was not refused: %s", i, cases[i].text);
                assert_int_equal(e.code, ERROR_INVALID_JSON);
                assert_true(utf8_valid(e.message, strlen(e.message)));
        }
}

static void test_error_has_the_place(void **state _unused_) {
        struct error e = ERROR_INIT;

        assert_int_equal(parse("{\n  \"a\": 1,\n  oops}", 19, &e), -EINVAL);
        assert_true(str_starts(e.message, "line 3, column "));
}

static int parse_nested(size_t depth, bool closed, struct error *e) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(1 << 22);

        for (size_t i = 0; i < depth; i++)
                buffer_add_str(&b, i % 2 ? "{\"k\":" : "[");
        buffer_add_str(&b, "\"[[[\\\"{{{\"");
        for (size_t i = depth; closed && i > 0; i--)
                buffer_add_char(&b, (i - 1) % 2 ? '}' : ']');
        assert_int_equal(buffer_result(&b), 0);
        return parse(b.data, b.len, e);
}

static void test_depth_has_a_limit(void **state _unused_) {
        struct error e = ERROR_INIT;

        assert_int_equal(parse_nested(JSON_DEPTH_MAX_, true, &e), 0);
        assert_int_equal(parse_nested(JSON_DEPTH_MAX_ + 1, true, &e), -EINVAL);
        assert_non_null(strstr(e.message, "deeper than 64"));
        assert_int_equal(parse_nested(500000, false, &e), -EINVAL);
        assert_non_null(strstr(e.message, "deeper than 64"));
}

static void test_accepts_any_value(void **state _unused_) {
        static const char *const cases[] = {"{}",     " [] \n", "\"x\"", "0",
                                            "-1.5e3", "true",   "null",  "9223372036854775807"};

        for (size_t i = 0; i < ARRAY_LEN(cases); i++)
                assert_int_equal(parse(cases[i], strlen(cases[i]), NULL), 0);
}

static void test_getters_tell_missing_from_wrong(void **state _unused_) {
        static const char text[] = "{\"s\":\"x\",\"i\":7,\"b\":true,\"n\":null,\"r\":1.5}";
        json_t *o _cleanup_json_ = NULL;
        struct error e = ERROR_INIT;
        const char *s = "kept";
        int64_t i = 42;
        bool b = false;

        assert_int_equal(json_parse(text, strlen(text), &o, NULL), 0);
        assert_int_equal(json_get_str(o, "missing", &s, &e), 0);
        assert_int_equal(json_get_str(o, "n", &s, &e), 0);
        assert_int_equal(json_get_int(o, "n", 0, 9, &i, &e), 0);
        assert_int_equal(json_get_bool(o, "missing", &b, &e), 0);
        assert_string_equal(s, "kept");
        assert_int_equal(i, 42);
        assert_int_equal(e.code, ERROR_NONE);

        assert_int_equal(json_get_str(o, "i", &s, &e), -EINVAL);
        assert_non_null(strstr(e.message, "\"i\" must be a string"));
        assert_int_equal(e.code, ERROR_INVALID_REQUEST);
        assert_int_equal(json_get_int(o, "r", 0, 9, &i, &e), -EINVAL);
        assert_int_equal(json_get_int(o, "s", 0, 9, &i, &e), -EINVAL);
        assert_int_equal(json_get_int(o, "i", 0, 6, &i, &e), -EINVAL);
        assert_non_null(strstr(e.message, "from 0 to 6"));
        assert_int_equal(json_get_bool(o, "i", &b, &e), -EINVAL);

        assert_int_equal(json_get_str(o, "s", &s, &e), 1);
        assert_int_equal(json_get_int(o, "i", 7, 7, &i, &e), 1);
        assert_int_equal(json_get_bool(o, "b", &b, &e), 1);
        assert_string_equal(s, "x");
        assert_int_equal(i, 7);
        assert_true(b);
}

static void test_lenient_getters(void **state _unused_) {
        static const char text[] = "{\"s\":\"x\",\"i\":7,\"b\":true,\"n\":null}";
        json_t *o _cleanup_json_ = NULL;

        assert_int_equal(json_parse(text, strlen(text), &o, NULL), 0);
        assert_string_equal(json_str_or_null(o, "s"), "x");
        assert_null(json_str_or_null(o, "i"));
        assert_null(json_str_or_null(NULL, "s"));
        assert_int_equal(json_int_or(o, "i", 1), 7);
        assert_int_equal(json_int_or(o, "s", 1), 1);
        assert_true(json_bool_or(o, "b", false));
        assert_true(json_bool_or(o, "n", true));
}

static void test_a_counter_grows_in_place(void **state _unused_) {
        json_t *o _cleanup_json_ = json_pack("{s:i}", "there", 40);
        json_t *there = json_object_get(o, "there");
        char *text _cleanup_free_ = NULL;

        json_count(o, "there", 2);
        json_count(o, "new", INT64_C(1) << 40);
        json_count(o, "new", -1);
        json_count(o, "nothing", 0);
        assert_ptr_equal(json_object_get(o, "there"), there); // the same number, not another one in its place
        text = json_text(o);
        assert_string_equal(text, "{\"there\":42,\"new\":1099511627775,\"nothing\":0}");
}

static void test_numbers_and_times_are_written_in_one_way(void **state _unused_) {
        json_t *o _cleanup_json_ = json_pack("[o, o, o, o, o, o, o, o]", json_rounded(0.12345), json_rounded(-2.0 / 3),
                                             json_rounded(1), json_ratio(2, 3), json_ratio(5, 0), json_ratio(0, 7),
                                             json_time(1767225600123), json_time(0));
        char *text _cleanup_free_ = o ? json_text(o) : NULL;

        assert_non_null(text);
        assert_string_equal(text, "[0.1235,-0.6667,1.0,0.6667,0.0,0.0,\"2026-01-01T00:00:00.123Z\",null]");
        assert_null(json_rounded(NAN));
}

static void test_canonical_text(void **state _unused_) {
        static const char one[] = "{\"b\":[1,2],\"a\":{\"d\":1,\"c\":2}}";
        static const char other[] = "{ \"a\":{\"c\":2, \"d\":1}, \"b\":[1,2] }";
        json_t *a _cleanup_json_ = NULL, *b _cleanup_json_ = NULL;
        char *ta _cleanup_free_ = NULL, *tb _cleanup_free_ = NULL, *plain _cleanup_free_ = NULL;

        assert_int_equal(json_parse(one, strlen(one), &a, NULL), 0);
        assert_int_equal(json_parse(other, strlen(other), &b, NULL), 0);
        ta = json_canonical(a);
        tb = json_canonical(b);
        plain = json_text(a);
        assert_string_equal(ta, "{\"a\":{\"c\":2,\"d\":1},\"b\":[1,2]}");
        assert_string_equal(ta, tb);
        assert_string_equal(plain, "{\"b\":[1,2],\"a\":{\"d\":1,\"c\":2}}");
}

// A mail with a NUL in it made a ticket that could never be read.
static void test_escapes_that_no_text_can_hold_are_mended(void **state _unused_) {
        static const char *const cases[][2] = {
                        {"\"a\\u0000b\"", "\"a\\ufffdb\""},
                        {"\"\\ud800\"", "\"\\ufffd\""},
                        {"\"\\udc00x\"", "\"\\ufffdx\""},
                        {"\"\\uD83D\\uDE00\"", "\"\\uD83D\\uDE00\""},
                        {"\"\\ud83d\\ud83d\\ude00\"", "\"\\ufffd\\ud83d\\ude00\""},
                        {"\"\\\\u0000\"", "\"\\\\u0000\""},
                        {"\"\\u00", "\"\\u00"},
                        {"\\", "\\"},
                        {"", ""},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                char *text _cleanup_free_ = str_dup(cases[i][0]);
                assert_non_null(text);
                json_mend_escapes(text, strlen(text));
                assert_string_equal(text, cases[i][1]);
        }
        assert_int_equal(parse("\"a\\ufffdb\"", 10, NULL), 0);
}

static void test_orders_have_known_keys_only(void **state _unused_) {
        static const char *const known[] = {"by", "look", NULL};
        static const struct {
                const char *text, *words; // NULL: it is fine
        } cases[] = {
                        {"{}", NULL},
                        {"{\"look\":true,\"by\":null}", NULL},
                        {"{\"by\":1,\"Look\":true,\"more\":1}", "\"Look\" is not known here: \"by\", \"look\""},
                        {"{\"\":0}", "\"\" is not known here: \"by\", \"look\""},
                        {"[\"by\"]", "must be a JSON object"},
                        {"{\"0123456789012345678901234567890123456789012345678901234567890\xf0\x9f\x98\x80\":0}",
                         "567890\" is not known here"},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                json_t *o _cleanup_json_ = NULL;
                struct error e = ERROR_INIT;

                assert_int_equal(json_parse(cases[i].text, strlen(cases[i].text), &o, &e), 0);
                assert_int_equal(json_only(o, known, &e), cases[i].words ? -EINVAL : 0);
                if (!cases[i].words)
                        continue;
                assert_int_equal(e.code, ERROR_INVALID_REQUEST);
                if (!strstr(e.message, cases[i].words) || !utf8_valid(e.message, strlen(e.message)))
                        fail_msg("%s: %s", cases[i].text, e.message);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_refuses_what_is_not_one_strict_document),
                        cmocka_unit_test(test_orders_have_known_keys_only),
                        cmocka_unit_test(test_error_has_the_place),
                        cmocka_unit_test(test_depth_has_a_limit),
                        cmocka_unit_test(test_accepts_any_value),
                        cmocka_unit_test(test_getters_tell_missing_from_wrong),
                        cmocka_unit_test(test_lenient_getters),
                        cmocka_unit_test(test_a_counter_grows_in_place),
                        cmocka_unit_test(test_numbers_and_times_are_written_in_one_way),
                        cmocka_unit_test(test_canonical_text),
                        cmocka_unit_test(test_escapes_that_no_text_can_hold_are_mended),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
