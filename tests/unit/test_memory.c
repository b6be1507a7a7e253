#include "base/memory.h"

#include <errno.h>
#include <string.h>

#include "base/string.h"
#include "unit.h"

// Allocations that cannot succeed are asked for on purpose; the sanitizer shall answer NULL as malloc does.
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
        return "allocator_may_return_null=1";
}

static void test_grow_keeps_what_is_there(void **state _unused_) {
        int *numbers = NULL;
        size_t cap = 0;

        for (int i = 0; i < 1000; i++) {
                assert_int_equal(memory_grow((void **) &numbers, &cap, (size_t) i + 1, sizeof(*numbers)), 0);
                assert_true(cap > (size_t) i);
                numbers[i] = i;
        }
        for (int i = 0; i < 1000; i++)
                assert_int_equal(numbers[i], i);
        free(numbers);
}

static void test_grow_does_nothing_when_there_is_room(void **state _unused_) {
        char *text = NULL;
        size_t cap = 0, first;
        char *before;

        assert_int_equal(memory_grow((void **) &text, &cap, 10, 1), 0);
        before = text;
        first = cap;
        assert_int_equal(memory_grow((void **) &text, &cap, first, 1), 0);
        assert_ptr_equal(text, before);
        assert_int_equal(cap, first);
        free(text);
}

static void test_grow_failure_leaves_everything(void **state _unused_) {
        char *text = NULL;
        size_t cap = 0, first;
        char *before;

        assert_int_equal(memory_grow((void **) &text, &cap, 10, 1), 0);
        before = text;
        first = cap;
        assert_int_equal(memory_grow((void **) &text, &cap, SIZE_MAX, 16), -EOVERFLOW);
        assert_int_equal(memory_grow((void **) &text, &cap, SIZE_MAX / 2, 1), -ENOMEM);
        assert_ptr_equal(text, before);
        assert_int_equal(cap, first);
        free(text);
}

static void test_take_forgets(void **state _unused_) {
        char *a = str_dup("x");
        char *b _cleanup_free_ = TAKE_PTR(a);

        assert_null(a);
        assert_string_equal(b, "x");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_grow_keeps_what_is_there),
                        cmocka_unit_test(test_grow_does_nothing_when_there_is_room),
                        cmocka_unit_test(test_grow_failure_leaves_everything),
                        cmocka_unit_test(test_take_forgets),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
