#include "model/tokenizer.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "model/trie.h"
#include "model/unicode.h"
#include "scratch.h"
#include "unit.h"

// Parity with the reference implementation is tests/journey/tokenizer.test.js; here is what it cannot say: files that
// are broken, and limits.

#define VOCAB                                                                                                          \
        "\"vocab\":{\"[UNK]\":0,\"[CLS]\":1,\"[SEP]\":2,\"a\":3,\"##a\":4,\"ab\":5,\"##b\":6,\"caf\\u00e9\":7,\".\":"  \
        "8}"
#define MODEL "\"model\":{\"type\":\"WordPiece\",\"unk_token\":\"[UNK]\"," VOCAB "}"
#define WITH_MODEL(parts) "{" parts "," MODEL "}"
#define BERT                                                                                                           \
        "\"normalizer\":{\"type\":\"BertNormalizer\",\"lowercase\":true,\"clean_text\":true,\"strip_accents\":false}"
#define SPLIT "\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"}"
#define ADDED                                                                                                          \
        "\"added_tokens\":[{\"id\":1,\"content\":\"[CLS]\",\"special\":true},{\"id\":2,\"content\":\"[SEP]\","         \
        "\"special\":true}]"
#define AROUND "\"post_processor\":{\"type\":\"BertProcessing\",\"cls\":[\"[CLS]\",1],\"sep\":[\"[SEP]\",2]}"
#define WHOLE WITH_MODEL(BERT "," SPLIT "," ADDED "," AROUND)

#define BPE(parts) "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1,\"ab\":2}," parts "}}"
#define TABLE(base64) WITH_MODEL("\"normalizer\":{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"" base64 "\"}")
#define REGEX(pattern)                                                                                                 \
        WITH_MODEL("\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"" pattern "\"},\"content\":\"\"}")

static struct tokenizer *parse(const char *json) {
        struct error e = ERROR_INIT;
        struct tokenizer *t = NULL;

        if (tokenizer_parse(json, strlen(json), &t, &e) < 0)
                fail_msg("%s", e.message);
        return t;
}

static void assert_ids(const struct tokenizer *t, const char *text, size_t n, size_t max, const int64_t *expected,
                       size_t count) {
        int64_t *ids _cleanup_free_ = NULL;
        size_t got = SIZE_MAX;

        assert_int_equal(tokenizer_encode(t, text, n, max, &ids, &got), 0);
        assert_int_equal(got, count);
        for (size_t i = 0; i < count; i++)
                assert_int_equal(ids[i], expected[i]);
}
#define ASSERT_IDS(t, text, max, ...)                                                                                  \
        assert_ids(t, text, sizeof(text) - 1, max, (const int64_t[]){__VA_ARGS__},                                     \
                   sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

static void test_longest_pieces_first(void **state _unused_) {
        struct tokenizer *t _cleanup_(tokenizer_free_p) = parse(WHOLE);

        ASSERT_IDS(t, "ab aab A", SIZE_MAX, 1, 5, 3, 4, 6, 3, 2);
        ASSERT_IDS(t, "abx.[SEP]a", SIZE_MAX, 1, 0, 8, 2, 3, 2);
        ASSERT_IDS(t, "", SIZE_MAX, 1, 2);
        assert_int_equal(tokenizer_vocabulary(t), 9);
        assert_int_equal(tokenizer_truncation(t), 0);
}

static void test_bytes_that_are_not_utf8_are_one_unknown_character(void **state _unused_) {
        struct tokenizer *t _cleanup_(tokenizer_free_p) = parse(WITH_MODEL(SPLIT));

        ASSERT_IDS(t, "caf\xc3\xa9", SIZE_MAX, 7);
        ASSERT_IDS(t, "caf\xc3 ab", SIZE_MAX, 0, 5);
        ASSERT_IDS(t, "ab \xed\xa0\x80 \xff a\0b", SIZE_MAX, 5, 0, 0, 0);
}

static void test_max_cuts_inside_and_keeps_the_end(void **state _unused_) {
        struct tokenizer *t _cleanup_(tokenizer_free_p) = parse(WHOLE);
        int64_t *ids = NULL;
        size_t n = 7;

        ASSERT_IDS(t, "aaaaaaaa a", 5, 1, 3, 4, 4, 2);
        ASSERT_IDS(t, "ab", 3, 1, 5, 2);
        ASSERT_IDS(t, "ab", 2, 1, 2);
        ASSERT_IDS(t, "ab", 1, 2);
        assert_int_equal(tokenizer_encode(t, "ab", 2, 0, &ids, &n), 0);
        assert_int_equal(n, 0);
        free(ids);
}

static void test_truncation_is_read(void **state _unused_) {
        struct tokenizer *t _cleanup_(tokenizer_free_p) =
                        parse(WITH_MODEL("\"truncation\":{\"max_length\":128,\"direction\":\"Right\",\"stride\":0}"));

        assert_int_equal(tokenizer_truncation(t), 128);
}

static const struct {
        const char *json;
        int r;
        const char *says;
} broken[] = {
                {"", -EINVAL, "empty"},
                {"{\"model\":{\"type\":\"WordP", -EINVAL, "line 1"},
                {"[]", -EINVAL, "not a JSON object"},
                {"\x89PNG\r\n\x1a\n", -EINVAL, "line 1"},
                {"{}", -EINVAL, "model must be an object"},
                {"{\"model\":{}}", -EINVAL, "model.type is missing"},
                {"{\"model\":{\"type\":7}}", -EINVAL, "model.type must be a string"},
                {"{\"model\":{\"type\":\"WordLevel\"}}", -ENOTSUP, "model.type \"WordLevel\""},
                {"{\"model\":{\"type\":\"BPE\"}}", -EINVAL, "model.vocab is missing"},
                {BPE("\"merges\":7"), -EINVAL, "model.merges must be a list"},
                {BPE("\"merges\":[\"ab\"]"), -EINVAL, "model.merges: number 1"},
                {BPE("\"merges\":[\"a b\",[\"a\"]]"), -EINVAL, "model.merges: number 2"},
                {BPE("\"merges\":[],\"unk_token\":\"?\""), -EINVAL, "model.unk_token \"?\""},
                {BPE("\"merges\":[],\"continuing_subword_prefix\":\"##\""), -ENOTSUP, "continuing_subword_prefix"},
                {BPE("\"merges\":[],\"dropout\":0.1"), -ENOTSUP, "model.dropout"},
                {"{\"model\":{\"type\":\"Unigram\",\"vocab\":{}}}", -EINVAL, "model.vocab must be a list"},
                {"{\"model\":{\"type\":\"Unigram\",\"vocab\":[]}}", -EINVAL, "model.vocab must have"},
                {"{\"model\":{\"type\":\"Unigram\",\"vocab\":[[\"a\"]]}}", -EINVAL, "number 0 is not [piece, score]"},
                {"{\"model\":{\"type\":\"Unigram\",\"vocab\":[[\"a\",0]]}}", -EINVAL, "model.unk_id is missing"},
                {"{\"model\":{\"type\":\"Unigram\",\"vocab\":[[\"a\",0]],\"unk_id\":1}}", -EINVAL, "model.unk_id is 1"},
                {"{\"model\":{\"type\":\"Unigram\",\"vocab\":[[\"a\",0]],\"unk_id\":0,\"byte_fallback\":true}}",
                 -EINVAL, "\"<0x00>\" is not in model.vocab"},
                {"{\"model\":{\"type\":\"WordPiece\"}}", -EINVAL, "model.vocab is missing"},
                {"{\"model\":{\"type\":\"WordPiece\",\"vocab\":[]}}", -EINVAL, "model.vocab must be an object"},
                {"{\"model\":{\"type\":\"WordPiece\",\"vocab\":{}}}", -EINVAL, "model.vocab has no pieces"},
                {"{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":0}}}", -EINVAL, "model.unk_token is missing"},
                {"{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":0},\"unk_token\":\"[UNK]\"}}", -EINVAL,
                 "\"[UNK]\" is not in model.vocab"},
                {"{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":-1},\"unk_token\":\"a\"}}", -EINVAL,
                 "id of \"a\" is -1"},
                {"{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":4294967296},\"unk_token\":\"a\"}}", -EINVAL,
                 "id of \"a\" is 4294967296"},
                {"{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":\"0\"},\"unk_token\":\"a\"}}", -EINVAL,
                 "not a whole number"},
                {"{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":0.5},\"unk_token\":\"a\"}}", -EINVAL,
                 "not a whole number"},
                {"{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"\":0},\"unk_token\":\"a\"}}", -EINVAL,
                 "no characters"},
                {"{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":0,\"b\":0},\"unk_token\":\"a\"}}", -EINVAL,
                 "id of another piece"},
                {"{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":0,\"a\":1},\"unk_token\":\"a\"}}", -EINVAL,
                 "duplicate"},
                {"{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":0},\"unk_token\":\"a\",\"max_input_chars_per_"
                 "word\":-5}}",
                 -EINVAL, "max_input_chars_per_word is -5"},
                {WITH_MODEL("\"normalizer\":\"NFC\""), -EINVAL, "normalizer must be an object"},
                {WITH_MODEL("\"normalizer\":{\"type\":\"Nmt\"}"), -ENOTSUP, "normalizer.type \"Nmt\""},
                {TABLE("?"), -EINVAL, "not base64"},
                {TABLE("AAAA"), -EINVAL, "cut off"},
                {TABLE("/////wAAAAA="), -EINVAL, "does not fit"},
                {TABLE("BAAAAAAAAAB4"), -EINVAL, "no texts"},
                {REGEX("(a"), -EINVAL, "without its end, at character 3"},
                {REGEX("[a"), -EINVAL, "without its end"},
                {REGEX("a)"), -EINVAL, "without its group"},
                {REGEX("*"), -EINVAL, "nothing to repeat, at character 1"},
                {REGEX("a{3,1}"), -EINVAL, "a repetition such as"},
                {REGEX("a{1000}"), -EINVAL, "count of repetitions"},
                {REGEX("((((a{60}){60}){60}){60}){60}"), -EINVAL, "too long"},
                {REGEX("^a"), -ENOTSUP, "an anchor, at character 1"},
                {REGEX("(?<=a)b"), -ENOTSUP, "this kind of group"},
                {REGEX("\\\\w"), -ENOTSUP, "this escape"},
                {REGEX("\\\\p{Han}"), -ENOTSUP, "other than a general category"},
                {REGEX("a(?!bc)"), -ENOTSUP, "more than one character"},
                {WITH_MODEL("\"normalizer\":{\"type\":\"BertNormalizer\",\"lowercase\":1}"), -EINVAL,
                 "normalizer.lowercase"},
                {WITH_MODEL("\"normalizer\":{\"type\":\"Sequence\"}"), -EINVAL, "normalizer.normalizers is missing"},
                {WITH_MODEL("\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"String\":\"\"},\"content\":\"\"}"),
                 -EINVAL, "1 to 64 bytes"},
                {WITH_MODEL("\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\"$&\"}"),
                 -ENOTSUP, "\"$\""},
                {WITH_MODEL("\"pre_tokenizer\":{\"type\":\"UnicodeScripts\"}"), -ENOTSUP,
                 "pre_tokenizer.type \"UnicodeScripts\""},
                {WITH_MODEL("\"pre_tokenizer\":{\"type\":\"Metaspace\",\"prepend_scheme\":\"last\"}"), -ENOTSUP,
                 "prepend_scheme \"last\""},
                {WITH_MODEL("\"pre_tokenizer\":{\"type\":\"Metaspace\",\"replacement\":\"\"}"), -EINVAL,
                 "pre_tokenizer.replacement"},
                {WITH_MODEL("\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{}}"), -EINVAL, "String or Regex"},
                {WITH_MODEL("\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"String\":\"a\"},\"behavior\":"
                            "\"MergedWithNext\"}"),
                 -ENOTSUP, "behavior \"MergedWithNext\""},
                {WITH_MODEL("\"pre_tokenizer\":[]"), -EINVAL, "pre_tokenizer must be an object"},
                {WITH_MODEL("\"post_processor\":{\"type\":\"Prefix\"}"), -ENOTSUP, "post_processor.type \"Prefix\""},
                {WITH_MODEL("\"post_processor\":{\"type\":\"Sequence\"}"), -EINVAL,
                 "post_processor.processors is missing"},
                {WITH_MODEL("\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[{\"Sequence\":{\"id\":"
                            "\"A\"}}],"
                            "\"pair\":[{\"Sequence\":{\"id\":\"A\"}}]}"),
                 -EINVAL, "sequences A and B, once each"},
                {WITH_MODEL("\"post_processor\":{\"type\":\"TemplateProcessing\"}"), -EINVAL,
                 "post_processor.single is missing"},
                {WITH_MODEL("\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[]}"), -EINVAL,
                 "the sequence A, once"},
                {WITH_MODEL("\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[{\"Sequence\":{\"id\":"
                            "\"B\"}}]}"),
                 -EINVAL, "the sequence A, once"},
                {WITH_MODEL("\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[3]}"), -EINVAL,
                 "Sequence is missing"},
                {WITH_MODEL("\"post_processor\":{\"type\":\"BertProcessing\",\"cls\":[\"[BOS]\",9],\"sep\":[\"[SEP]\","
                            "2]}"),
                 -EINVAL, "\"[BOS]\" is not in the vocabulary"},
                {WITH_MODEL("\"post_processor\":{\"type\":\"BertProcessing\",\"cls\":[],\"sep\":[]}"), -EINVAL,
                 "post_processor.cls"},
                {WITH_MODEL("\"added_tokens\":{}"), -EINVAL, "added_tokens must be a list"},
                {WITH_MODEL("\"added_tokens\":[7]"), -EINVAL, "list of objects"},
                {WITH_MODEL("\"added_tokens\":[{\"id\":1}]"), -EINVAL, "added_tokens.content is missing"},
                {WITH_MODEL("\"added_tokens\":[{\"content\":\"x\"}]"), -EINVAL, "added_tokens.id is missing"},
                {WITH_MODEL("\"added_tokens\":[{\"id\":-1,\"content\":\"x\"}]"), -EINVAL, "added_tokens.id is -1"},
                {WITH_MODEL("\"added_tokens\":[{\"id\":1,\"content\":\"\"}]"), -EINVAL, "no characters"},
                {WITH_MODEL("\"added_tokens\":[{\"id\":1,\"content\":\"x\",\"lstrip\":\"no\"}]"), -EINVAL,
                 "added_tokens.lstrip"},
                {WITH_MODEL("\"added_tokens\":[{\"id\":1,\"content\":\"x\"},{\"id\":2,\"content\":\"x\"}]"), -EINVAL,
                 "listed twice"},
                {WITH_MODEL("\"truncation\":7"), -EINVAL, "truncation must be an object"},
                {WITH_MODEL("\"truncation\":{\"max_length\":0}"), -EINVAL, "truncation.max_length is 0"},
                {WITH_MODEL("\"truncation\":{\"max_length\":9,\"direction\":\"Left\"}"), -ENOTSUP,
                 "truncation.direction"},
};

// SentencePiece's rule, which the reference implementation leaves out.
static void test_unknown_characters_of_unigram_are_bytes_where_the_file_says_so(void **state _unused_) {
        char json[16384] = "{\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"byte_fallback\":true,\"vocab\":[[\"?\",0],["
                           "\"a\",-1]";
        size_t n = strlen(json);

        for (unsigned i = 0; i < 256; i++)
                n += (size_t) snprintf(json + n, sizeof(json) - n, ",[\"<0x%02X>\",-9]", i);
        snprintf(json + n, sizeof(json) - n, "]}}");
        struct tokenizer *t _cleanup_(tokenizer_free_p) = parse(json);
        ASSERT_IDS(t,
                   "a\xC3\xA9"
                   "a?",
                   SIZE_MAX, 1, 2 + 0xC3, 2 + 0xA9, 1, 2 + 0x3F);
}

static void test_a_pattern_that_would_explode_elsewhere_takes_its_time_by_length(void **state _unused_) {
        struct tokenizer *t _cleanup_(tokenizer_free_p) = parse(REGEX("(a|aa)*(a|aa)*(a*)*b"));
        char text[2000];
        int64_t *ids _cleanup_free_ = NULL;
        size_t n;

        memset(text, 'a', sizeof(text));
        assert_int_equal(tokenizer_encode(t, text, sizeof(text), SIZE_MAX, &ids, &n), 0);
        assert_int_equal(n, 1);
}

static void test_broken_files_are_refused_by_the_name_of_the_field(void **state _unused_) {
        for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
                struct tokenizer *t = NULL;
                struct error e = ERROR_INIT;
                int r = tokenizer_parse(broken[i].json, strlen(broken[i].json), &t, &e);

                if (r != broken[i].r || !strstr(e.message, broken[i].says))
                        fail_msg("%s\ngave %d: %s", broken[i].json, r, e.message);
                assert_int_equal(e.code, ERROR_MODEL_UNAVAILABLE);
                assert_null(t);
        }
}

static void test_errors_name_the_file(void **state _unused_) {
        char *folder = scratch_new();
        char *path _cleanup_free_ = scratch_write(folder, "tokenizer.json", "{\"model\":1}", 11);
        char *missing _cleanup_free_ = str_printf("%s/none.json", folder);
        struct tokenizer *t = NULL;
        struct error e = ERROR_INIT;

        assert_int_equal(tokenizer_open(path, &t, &e), -EINVAL);
        assert_non_null(strstr(e.message, "tokenizer.json: model must be an object"));
        assert_int_equal(tokenizer_open(missing, &t, &e), -ENOENT);
        assert_non_null(strstr(e.message, "none.json"));
        assert_int_equal(e.code, ERROR_MODEL_UNAVAILABLE);
        assert_int_equal(tokenizer_open(folder, &t, &e), -EISDIR);
        assert_int_equal(e.code, ERROR_MODEL_UNAVAILABLE);
        scratch_free(folder);
}

static void test_a_sequence_without_end_is_refused(void **state _unused_) {
        struct tokenizer *t = NULL;
        struct error e = ERROR_INIT;
        char json[4096] = "{\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"NFC\"}";
        size_t n = strlen(json);

        for (int i = 0; i < 40; i++)
                n += (size_t) snprintf(json + n, sizeof(json) - n, ",{\"type\":\"NFC\"}");
        (void) snprintf(json + n, sizeof(json) - n, "]}," MODEL "}");
        assert_int_equal(tokenizer_parse(json, strlen(json), &t, &e), -EINVAL);
        assert_non_null(strstr(e.message, "more than 32 steps"));
}

static void test_a_text_that_explodes_has_a_limit(void **state _unused_) {
#define SIXTYFOUR_TIMES                                                                                                \
        "{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":"                                            \
        "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}"
        struct tokenizer *t _cleanup_(tokenizer_free_p) = parse(WITH_MODEL(
                        "\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[" SIXTYFOUR_TIMES "," SIXTYFOUR_TIMES
                        "," SIXTYFOUR_TIMES "," SIXTYFOUR_TIMES "," SIXTYFOUR_TIMES "]}"));
        int64_t *ids = NULL;
        size_t n;

        assert_int_equal(tokenizer_encode(t, "a", 1, SIZE_MAX, &ids, &n), -EMSGSIZE);
        assert_null(ids);
}

static void test_trie_finds_the_longest(void **state _unused_) {
        struct trie *t _cleanup_(trie_free_p) = NULL;
        static const uint32_t text[] = {'a', 'b', 'c', 'd'};
        int64_t value = -1;

        assert_int_equal(trie_new(&t), 0);
        assert_int_equal(trie_put(t, text, 1, 10), 0);
        assert_int_equal(trie_put(t, text, 3, 30), 0);
        assert_int_equal(trie_longest(t, TRIE_ROOT, text, 4, &value), 3);
        assert_int_equal(value, 30);
        assert_int_equal(trie_longest(t, TRIE_ROOT, text, 2, &value), 1);
        assert_int_equal(value, 10);
        assert_int_equal(trie_longest(t, TRIE_ROOT, text + 1, 3, &value), 0);
        assert_int_equal(trie_longest(t, trie_walk(t, TRIE_ROOT, text, 1), text + 1, 3, &value), 2);
        assert_int_equal(trie_longest(t, TRIE_NONE, text, 4, &value), 0);
        assert_int_equal(trie_find(t, text, 2), -1);
        assert_int_equal(trie_find(t, text, 0), -1);
        for (uint32_t i = 0; i < 50000; i++)
                assert_int_equal(trie_put(t, (const uint32_t[]){i % 251, i / 251}, 2, i), 0);
        for (uint32_t i = 0; i < 50000; i++)
                assert_int_equal(trie_find(t, (const uint32_t[]){i % 251, i / 251}, 2), i);
}

static void test_marks_are_ordered_by_class(void **state _unused_) {
        static const uint32_t in[] = {'a', 0x0301, 0x0323, 0x0300, 0x05AE, 'b'};
        static const uint32_t ordered[] = {'a', 0x0323, 0x05AE, 0x0301, 0x0300, 'b'};
        struct codepoints out _cleanup_codepoints_ = {0};

        assert_int_equal(unicode_decompose(in, ARRAY_LEN(in), false, &out), 0);
        assert_int_equal(out.n, ARRAY_LEN(ordered));
        assert_memory_equal(out.at, ordered, sizeof(ordered));
        out.n = 0;
        assert_int_equal(unicode_compose(in, 0, false, &out), 0);
        assert_int_equal(out.n, 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_longest_pieces_first),
                        cmocka_unit_test(test_bytes_that_are_not_utf8_are_one_unknown_character),
                        cmocka_unit_test(test_max_cuts_inside_and_keeps_the_end),
                        cmocka_unit_test(test_truncation_is_read),
                        cmocka_unit_test(test_unknown_characters_of_unigram_are_bytes_where_the_file_says_so),
                        cmocka_unit_test(test_a_pattern_that_would_explode_elsewhere_takes_its_time_by_length),
                        cmocka_unit_test(test_broken_files_are_refused_by_the_name_of_the_field),
                        cmocka_unit_test(test_errors_name_the_file),
                        cmocka_unit_test(test_a_sequence_without_end_is_refused),
                        cmocka_unit_test(test_a_text_that_explodes_has_a_limit),
                        cmocka_unit_test(test_trie_finds_the_longest),
                        cmocka_unit_test(test_marks_are_ordered_by_class),
        };
        return cmocka_run_group_tests_name("tokenizer", tests, NULL, NULL);
}
