#include "base/hash.h"

#include <string.h>

#include "base/memory.h"
#include "unit.h"

static void hashes_are_those_that_were_published(void **state _unused_) {
        static const struct {
                const char *text;
                uint64_t hash;
        } known[] = {{"", UINT64_C(0xCBF29CE484222325)},
                     {"a", UINT64_C(0xAF63DC4C8601EC8C)},
                     {"foobar", UINT64_C(0x85944171F73967E8)}};

        for (size_t i = 0; i < ARRAY_LEN(known); i++)
                assert_true(hash_add(HASH_START, known[i].text, strlen(known[i].text)) == known[i].hash);
}

static void pieces_make_the_hash_of_the_whole(void **state _unused_) {
        uint64_t whole = hash_add(HASH_START, "\xFF\0z", 3);

        assert_true(hash_add(hash_add(HASH_START, "\xFF", 1), "\0z", 2) == whole);
        assert_true(hash_byte(hash_byte(hash_byte(HASH_START, 0xFF), 0), 'z') == whole);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(hashes_are_those_that_were_published),
                        cmocka_unit_test(pieces_make_the_hash_of_the_whole),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
