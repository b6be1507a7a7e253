#include "base/buffer.h"

#include <errno.h>
#include <string.h>

#include "unit.h"

const char *__asan_default_options(void);
const char *__asan_default_options(void) {
        return "allocator_may_return_null=1";
}

static void test_adds_up(void **state _unused_) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(100);

        assert_string_equal(buffer_str(&b), "");
        buffer_add_str(&b, "one");
        buffer_add_str(&b, NULL);
        buffer_add_char(&b, ' ');
        buffer_add(&b, "two\0three", 9);
        buffer_addf(&b, " %d%%", 42);
        assert_int_equal(b.len, 17);
        assert_memory_equal(b.data, "one two\0three 42%", 18);
        assert_int_equal(buffer_result(&b), 0);
}

static void test_exactly_full_is_not_too_full(void **state _unused_) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(5);

        buffer_add_str(&b, "12345");
        assert_int_equal(buffer_result(&b), 0);
        buffer_add_str(&b, "");
        assert_int_equal(buffer_result(&b), 0);
        buffer_add_char(&b, '6');
        assert_int_equal(buffer_result(&b), -EMSGSIZE);
        assert_string_equal(buffer_str(&b), "12345");
}

static void test_failure_is_sticky_until_reset(void **state _unused_) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(5);

        buffer_add_str(&b, "123");
        buffer_addf(&b, "%d", 456);
        buffer_add_char(&b, '4');
        assert_true(b.failed);
        assert_string_equal(buffer_str(&b), "123");
        assert_null(buffer_take(&b));
        buffer_reset(&b);
        assert_int_equal(buffer_result(&b), 0);
        assert_string_equal(buffer_str(&b), "");
        buffer_add_str(&b, "again");
        assert_string_equal(buffer_str(&b), "again");
}

static void test_no_memory_is_told_from_too_large(void **state _unused_) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(SIZE_MAX);

        // Never read: there is no memory for so much, which is found out first.
        buffer_add(&b, "x", SIZE_MAX / 2);
        assert_int_equal(buffer_result(&b), -ENOMEM);
        buffer_reset(&b);
        buffer_add(&b, "x", SIZE_MAX);
        assert_int_equal(buffer_result(&b), -EMSGSIZE);
}

static void test_take_gives_text_and_starts_afresh(void **state _unused_) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(10);
        char *empty _cleanup_free_ = buffer_take(&b);
        char *text _cleanup_free_ = NULL;

        assert_string_equal(empty, "");
        buffer_add_str(&b, "text");
        text = buffer_take(&b);
        assert_string_equal(text, "text");
        assert_int_equal(b.len, 0);
        buffer_add_str(&b, "0123456789");
        assert_int_equal(buffer_result(&b), 0);
}

static void test_formats_longer_than_any_first_guess(void **state _unused_) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(100000);

        buffer_addf(&b, "%*s", 50000, "x");
        assert_int_equal(b.len, 50000);
        assert_int_equal(b.data[49999], 'x');
        assert_int_equal(b.data[50000], '\0');
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_adds_up),
                        cmocka_unit_test(test_exactly_full_is_not_too_full),
                        cmocka_unit_test(test_failure_is_sticky_until_reset),
                        cmocka_unit_test(test_no_memory_is_told_from_too_large),
                        cmocka_unit_test(test_take_gives_text_and_starts_afresh),
                        cmocka_unit_test(test_formats_longer_than_any_first_guess),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
