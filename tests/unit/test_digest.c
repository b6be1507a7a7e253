#include "base/digest.h"

#include <errno.h>
#include <string.h>

#include "base/memory.h"
#include "unit.h"

// FIPS 180-4's examples.
static void test_sha256(void **state _unused_) {
        char hex[DIGEST_HEX_SIZE];

        assert_int_equal(digest_sha256_hex("abc", 3, hex), 0);
        assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_int_equal(digest_sha256_hex(NULL, 0, hex), 0);
        assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void test_pieces_are_the_whole(void **state _unused_) {
        struct digest *d = digest_new();
        uint8_t whole[DIGEST_SIZE], pieces[DIGEST_SIZE];

        assert_non_null(d);
        digest_update(d, "a", 1);
        digest_update(d, NULL, 0);
        digest_update(d, "bc", 2);
        assert_int_equal(digest_end(d, pieces), 0);
        assert_int_equal(digest_sha256("abc", 3, whole), 0);
        assert_memory_equal(pieces, whole, DIGEST_SIZE);
        // One that could not be made is told at the end.
        digest_update(NULL, "a", 1);
        assert_int_equal(digest_end(NULL, pieces), -EIO);
}

// RFC 4231, section 4; test case 5 is there cut to 128 bits.
static void test_hmac(void **state _unused_) {
        static const struct {
                size_t key_len, data_len;
                const char *key, *data; // one byte: repeated
                const char *hex;
        } cases[] = {
                        {20, 8, "\x0b", "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
                        {4, 28, "Jefe", "what do ya want for nothing?",
                         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
                        {20, 50, "\xaa", "\xdd", "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
                        {25, 50,
                         "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17"
                         "\x18\x19",
                         "\xcd", "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
                        {20, 20, "\x0c", "Test With Truncation", "a3b6167473100ee06e0c796c2955552b"},
                        {131, 54, "\xaa", "Test Using Larger Than Block-Size Key - Hash Key First",
                         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
                        {131, 152, "\xaa",
                         "This is a test using a larger than block-size key and a larger than block-size data. The key "
                         "needs to "
                         "be hashed before being used by the HMAC algorithm.",
                         "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                uint8_t key[200], data[200], out[DIGEST_SIZE];
                char hex[DIGEST_HEX_SIZE];

                memset(key, cases[i].key[0], sizeof(key));
                if (strlen(cases[i].key) > 1)
                        memcpy(key, cases[i].key, cases[i].key_len);
                memset(data, cases[i].data[0], sizeof(data));
                if (strlen(cases[i].data) > 1)
                        memcpy(data, cases[i].data, cases[i].data_len);
                assert_int_equal(digest_hmac_sha256(key, cases[i].key_len, data, cases[i].data_len, out), 0);
                digest_hex(out, sizeof(out), hex);
                hex[strlen(cases[i].hex)] = '\0';
                assert_string_equal(hex, cases[i].hex);
        }
}

static void test_hmac_of_nothing(void **state _unused_) {
        uint8_t out[DIGEST_SIZE];
        char hex[DIGEST_HEX_SIZE];

        assert_int_equal(digest_hmac_sha256(NULL, 0, NULL, 0, out), 0);
        digest_hex(out, sizeof(out), hex);
        assert_string_equal(hex, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void test_hex(void **state _unused_) {
        uint8_t out[4] = {9, 9, 9, 9};
        char hex[9];

        assert_int_equal(digest_from_hex("00fFa7", 6, out, sizeof(out)), 3);
        assert_memory_equal(out, "\x00\xff\xa7", 3);
        digest_hex(out, 3, hex);
        assert_string_equal(hex, "00ffa7");
        assert_int_equal(digest_from_hex("", 0, out, 0), 0);
        assert_int_equal(digest_from_hex("abc", 3, out, sizeof(out)), -EINVAL);
        assert_int_equal(digest_from_hex("0g", 2, out, sizeof(out)), -EINVAL);
        assert_int_equal(digest_from_hex("0011223344", 10, out, sizeof(out)), -EMSGSIZE);
}

// RFC 4648, section 10, with and without padding, and what a strict reader refuses.
static void test_base64(void **state _unused_) {
        static const struct {
                const char *text, *bytes;
        } good[] = {
                        {"", ""},
                        {"Zg==", "f"},
                        {"Zm8=", "fo"},
                        {"Zm9v", "foo"},
                        {"Zm9vYg", "foob"},
                        {"Zm9vYmE", "fooba"},
                        {"Zm9vYmFy", "foobar"},
                        {"-_-_", "\xfb\xff\xbf"},
                        {"+/+/", "\xfb\xff\xbf"},
        };
        static const char *const bad[] = {
                        "Z", "Zg=", "Zm9v=", "Zm9v====", "Zh==", "Zm9=", "Z g=", "====", "Zg==Zg==", "=", "Zm\n8"};
        uint8_t out[16];

        for (size_t i = 0; i < ARRAY_LEN(good); i++)
                if (strlen(good[i].text) % 4 == 0 && !strpbrk(good[i].text, "-_")) {
                        char text[sizeof(out)];
                        digest_base64((const uint8_t *) good[i].bytes, strlen(good[i].bytes), text);
                        assert_string_equal(text, good[i].text);
                }
        for (size_t i = 0; i < ARRAY_LEN(good); i++) {
                size_t n = strlen(good[i].bytes);

                assert_int_equal(digest_from_base64(good[i].text, strlen(good[i].text), out, sizeof(out)), (int) n);
                assert_memory_equal(out, good[i].bytes, n);
                assert_int_equal(digest_from_base64(good[i].text, strlen(good[i].text), out, n), (int) n);
                if (n > 0)
                        assert_int_equal(digest_from_base64(good[i].text, strlen(good[i].text), out, n - 1), -EMSGSIZE);
        }
        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                assert_int_equal(digest_from_base64(bad[i], strlen(bad[i]), out, sizeof(out)), -EINVAL);
}

static void test_equal(void **state _unused_) {
        assert_true(digest_equal("abc", 3, "abc", 3));
        assert_true(digest_equal("", 0, "", 0));
        assert_true(digest_equal(NULL, 0, NULL, 0));
        assert_false(digest_equal("abc", 3, "abd", 3));
        assert_false(digest_equal("abc", 3, "xbc", 3));
        assert_false(digest_equal("abc", 3, "ab", 2));
        assert_false(digest_equal("ab", 2, "abc", 3));
        assert_false(digest_equal("abc", 3, "", 0));
        assert_false(digest_equal("", 0, "abc", 3));
        assert_false(digest_equal("aaa", 3, "a", 1));
        assert_false(digest_equal("abb", 3, "ab", 2));
}

static void test_random_differs(void **state _unused_) {
        uint64_t seen[64];

        for (size_t i = 0; i < ARRAY_LEN(seen); i++) {
                seen[i] = digest_random();
                for (size_t j = 0; j < i; j++)
                        assert_true(seen[i] != seen[j]);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_sha256), cmocka_unit_test(test_pieces_are_the_whole),
                        cmocka_unit_test(test_hmac),   cmocka_unit_test(test_hmac_of_nothing),
                        cmocka_unit_test(test_hex),    cmocka_unit_test(test_base64),
                        cmocka_unit_test(test_equal),  cmocka_unit_test(test_random_differs),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
