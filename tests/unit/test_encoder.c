#include "model/encoder.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/string.h"
#include "scratch.h"
#include "tiny_model.h"
#include "unit.h"

// Under a sanitizer the address space cannot be limited: its shadow alone is terabytes.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

static const struct tiny plain = {.table = {{1, 0, 0, 0},
                                            {0, 2, 0, 0},
                                            {0, 0, 3, 0},
                                            {0},
                                            {NAN, 0, 0, 0},
                                            {0, 0, 0, 1},
                                            {0, 0, 0, 1},
                                            {0, 0, 0, 1}}};

static char model[4096]; // path of the default model

static int find_model(void **state _unused_) {
        const char *root = getenv("SOURCE_ROOT");

        (void) snprintf(model, sizeof(model), "%s/models/all-MiniLM-L6-v2", root ? root : ".");
        return 0;
}

static void need_runtime(void) {
        tiny_need(tiny_runtime_is_there());
}

static void need_model(void) {
        need_runtime();
        if (file_exists(model))
                return;
        print_message("skipped: the default model is not there: %s\n", model);
        skip();
}

static struct encoder *open_default(unsigned parallel_max) {
        struct encoder *m = NULL;
        struct error e = ERROR_INIT;

        need_model();
        if (encoder_open(&(struct encoder_options){.folder = model, .parallel_max = parallel_max}, &m, &e) < 0)
                fail_msg("%s", e.message);
        return m;
}

static void embed(struct encoder *m, const char *text, float *v) {
        struct error e = ERROR_INIT;

        if (encoder_embed(m, text, v, &e) < 0)
                fail_msg("%s", e.message);
}

// ---- the default model

static size_t threads(void) {
        DIR *folder = opendir("/proc/self/task");
        size_t n = 0;

        assert_non_null(folder);
        while (readdir(folder))
                n++;
        (void) closedir(folder);
        return n;
}

// Its maker's builds start threads that report how they are used to a server of theirs.
static void test_the_runtime_is_quiet(void **state _unused_) {
        size_t before = threads();
        struct encoder *m = open_default(1);

        assert_int_equal(threads(), before);
        encoder_free(m);
}

static void test_known_answers(void **state _unused_) {
        static const struct {
                const char *text;
                double cosine;
        } known[] = {{"That is a happy dog", .695},
                     {"That is a very happy person", .943},
                     {"Today is a sunny day", .257}};
        struct encoder *m _cleanup_(encoder_free_p) = open_default(0);
        float a[384], b[384];

        assert_int_equal(encoder_dimensions(m), 384);
        assert_int_equal(encoder_tokens_max(m), 128);
        assert_string_equal(encoder_name(m), "all-MiniLM-L6-v2");
        embed(m, "That is a happy person", a);
        assert_true(fabs(vector_dot(a, a, 384) - 1) < 1e-4);
        for (size_t i = 0; i < ARRAY_LEN(known); i++) {
                embed(m, known[i].text, b);
                if (fabs(vector_dot(a, b, 384) - known[i].cosine) > .02)
                        fail_msg("%s: %.3f, not %.3f", known[i].text, vector_dot(a, b, 384), known[i].cosine);
        }
}

static void test_texts_of_any_kind(void **state _unused_) {
        struct encoder *m _cleanup_(encoder_free_p) = open_default(0);
        char *longer _cleanup_free_ = malloc(1 << 20);
        struct error e = ERROR_INIT;
        float a[384], b[384];

        assert_int_equal(encoder_embed(m, "", a, &e), -EINVAL);
        assert_int_equal(encoder_embed(m, " \t\r\n\x7f\xe2\x80\x8b", a, &e), -EINVAL);
        assert_int_equal(e.code, ERROR_INVALID_REQUEST);
        embed(m, "caf\xc3 \xff\xfe broken", a);
        embed(m, "\xf0\x9f\x98\x80", a);

        // What stands behind the limit of tokens makes no difference.
        for (size_t i = 0; i < 1 << 20; i++)
                longer[i] = "word "[i % 5];
        longer[(1 << 20) - 1] = '\0';
        embed(m, longer, a);
        longer[2000] = '\0';
        embed(m, longer, b);
        assert_true(fabs(vector_dot(a, b, 384) - 1) < 1e-5);
}

struct caller {
        pthread_t thread;
        struct encoder *m;
        const float *expected;
        bool same;
};

static void *call(void *arg) {
        struct caller *c = arg;
        float v[384];

        c->same = true;
        for (int i = 0; i < 10; i++)
                c->same = c->same && encoder_embed(c->m, "Where is my invoice?", v, NULL) == 0 &&
                          fabsf(vector_dot(v, c->expected, 384) - 1) < 1e-4f;
        return NULL;
}

static void test_many_callers_few_runs(void **state _unused_) {
        struct encoder *m _cleanup_(encoder_free_p) = open_default(2);
        struct caller callers[8];
        float expected[384];

        embed(m, "Where is my invoice?", expected);
        for (size_t i = 0; i < ARRAY_LEN(callers); i++) {
                callers[i] = (struct caller){.m = m, .expected = expected};
                assert_int_equal(pthread_create(&callers[i].thread, NULL, call, &callers[i]), 0);
        }
        for (size_t i = 0; i < ARRAY_LEN(callers); i++) {
                pthread_join(callers[i].thread, NULL);
                assert_true(callers[i].same);
        }
}

// A model is loaded in a child whose address space ends somewhere between "not even the library" and "all fits": it may
// fail, it may not die.
static void test_too_little_memory_is_an_error(void **state _unused_) {
        int loaded = 0, refused = 0;

        if (SANITIZED) {
                print_message("skipped under a sanitizer: the address space cannot be limited\n");
                skip();
        }
        need_model();
        for (rlim_t mb = 32; mb <= 512; mb += mb < 160 ? 8 : 352) {
                int status;
                pid_t child = fork();

                if (child == 0) {
                        struct rlimit limit = {mb << 20, mb << 20};
                        struct encoder *m = NULL;
                        float v[384];
                        int r;

                        if (setrlimit(RLIMIT_AS, &limit) < 0)
                                _exit(3);
                        r = encoder_open(&(struct encoder_options){.folder = model, .parallel_max = 1}, &m, NULL);
                        if (r == 0)
                                r = encoder_embed(m, "Where is my invoice?", v, NULL);
                        _exit(r == 0 ? 0 : 1);
                }
                assert_true(child > 0);
                assert_int_equal(waitpid(child, &status, 0), child);
                if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
                        fail_msg("with %d MB the process died: status %d", (int) mb, status);
                loaded += WEXITSTATUS(status) == 0;
                refused += WEXITSTATUS(status) == 1;
        }
        assert_true(loaded > 0);
        assert_true(refused > 0);
}

// ---- a tiny model in a folder of the test's own

static const char vocabulary[] = "\"u\":0,\"one\":1,\"two\":2,\"zero\":3,\"nan\":4,\"last\":5";
enum { TRUNCATION = 6 };

// A whole and sound model; each test breaks one thing.
static char *tiny_folder(const struct tiny *t) {
        return tiny_model(&(struct tiny_model){
                        .onnx = t,
                        .vocabulary = vocabulary,
                        .truncation = TRUNCATION,
                        .config = "{\"hidden_size\":4,\"max_position_embeddings\":100,\"model_type\":\"bert\"}"});
}

static int open_folder(const char *folder, struct encoder **ret, struct error *e) {
        *ret = NULL;
        return encoder_open(&(struct encoder_options){.folder = folder, .parallel_max = 1}, ret, e);
}

// Opens, expects r and the words, and throws the folder away.
static void expect_refusal(char *folder, int expected, const char *says) {
        struct encoder *m _cleanup_(encoder_free_p) = NULL;
        struct error e = ERROR_INIT;
        int r = open_folder(folder, &m, &e);

        if (r != expected || !strstr(e.message, says))
                fail_msg("expected %d and \"%s\", got %d: %s", expected, says, r, e.message);
        assert_int_equal(e.code, ERROR_MODEL_UNAVAILABLE);
        assert_null(m);
        scratch_free(folder);
}

static void test_mean_of_the_tokens(void **state _unused_) {
        need_runtime();

        struct encoder *m _cleanup_(encoder_free_p) = NULL;
        char *folder = tiny_folder(&plain);
        struct error e = ERROR_INIT;
        float v[4];

        if (open_folder(folder, &m, &e) < 0)
                fail_msg("%s", e.message);
        assert_int_equal(encoder_dimensions(m), 4);
        assert_int_equal(encoder_tokens_max(m), 6);
        embed(m, "one two", v);
        assert_true(fabsf(v[1] - 2 / sqrtf(13)) < 1e-5f && fabsf(v[2] - 3 / sqrtf(13)) < 1e-5f && v[0] == 0);

        assert_int_equal(encoder_embed(m, "one nan", v, &e), -EIO);
        assert_non_null(strstr(e.message, "not finite"));
        assert_int_equal(encoder_embed(m, "zero", v, &e), -EIO);
        embed(m, "one one one one one one nan", v); // cut before the last
        scratch_free(folder);
}

static void test_other_ways_to_pool(void **state _unused_) {
        need_runtime();

        struct encoder *first _cleanup_(encoder_free_p) = NULL, *own _cleanup_(encoder_free_p) = NULL;
        struct tiny sentence = plain;
        char *folder = tiny_folder(&plain), *pooling = str_printf("%s/1_Pooling", folder);
        struct error e = ERROR_INIT;
        float v[4];

        assert_int_equal(mkdir(pooling, 0700), 0);
        scratch_put(pooling, "config.json", "{\"pooling_mode_cls_token\":true,\"pooling_mode_mean_tokens\":false}");
        if (open_folder(folder, &first, &e) < 0)
                fail_msg("%s", e.message);
        embed(first, "two one", v);
        assert_true(v[2] == 1 && v[1] == 0);

        scratch_put(pooling, "config.json", "{\"pooling_mode_max_tokens\":true}");
        expect_refusal(folder, -ENOTSUP, "1_Pooling");
        free(pooling);

        sentence.sentence = true;
        sentence.output = "sentence_embedding";
        folder = tiny_folder(&sentence);
        if (open_folder(folder, &own, &e) < 0)
                fail_msg("%s", e.message);
        embed(own, "one two", v);
        assert_true(fabsf(v[1] - 2 / sqrtf(13)) < 1e-5f && fabsf(v[2] - 3 / sqrtf(13)) < 1e-5f);
        scratch_free(folder);
}

static void test_version_is_of_the_content(void **state _unused_) {
        need_runtime();

        struct encoder *a _cleanup_(encoder_free_p) = NULL, *b _cleanup_(encoder_free_p) = NULL,
                          *c _cleanup_(encoder_free_p) = NULL;
        struct tiny other = plain;
        char *first = tiny_folder(&plain), *second = tiny_folder(&plain), *third;

        other.table[1][1] = 5;
        third = tiny_folder(&other);
        assert_int_equal(open_folder(first, &a, NULL), 0);
        assert_int_equal(open_folder(second, &b, NULL), 0);
        assert_int_equal(open_folder(third, &c, NULL), 0);
        assert_int_equal(strlen(encoder_version(a)), 16);
        assert_string_equal(encoder_version(a), encoder_version(b));
        assert_string_not_equal(encoder_version(a), encoder_version(c));
        scratch_free(first);
        scratch_free(second);
        scratch_free(third);
}

static void test_models_of_another_kind(void **state _unused_) {
        need_runtime();

        struct tiny t = plain;

        t.output = "logits";
        expect_refusal(tiny_folder(&t), -ENOTSUP, "none of the outputs");
        t = plain;
        t.input = "pixels";
        expect_refusal(tiny_folder(&t), -ENOTSUP, "input \"pixels\"");
        t = plain;
        t.unused_input = true;
        expect_refusal(tiny_folder(&t), -ENOTSUP, "input \"pixel_values\"");
        t = plain;
        t.input_type = TINY_INT32;
        expect_refusal(tiny_folder(&t), -ENOTSUP, "input \"input_ids\" is not int64");
}

static void test_files_that_contradict_each_other(void **state _unused_) {
        need_runtime();

        char *folder = tiny_folder(&plain);

        tiny_tokenizer(folder, "\"u\":0,\"last\":8", TRUNCATION); // one more than the table has
        expect_refusal(folder, -EINVAL, "of id 8");

        folder = tiny_folder(&plain);
        scratch_put(folder, "config.json", "{\"hidden_size\":384}");
        expect_refusal(folder, -EINVAL, "have 4 values, config.json says 384");
}

static void test_broken_folders(void **state _unused_) {
        need_runtime();

        static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\b\6\0\0\0";
        char *folder, *path, *bytes;
        struct encoder *m;
        struct error e = ERROR_INIT;
        size_t n;

        assert_int_equal(open_folder("/nonexistent", &m, &e), -ENOENT);
        assert_non_null(strstr(e.message, "EMBEDDING_MODEL"));
        assert_int_equal(open_folder("", &m, &e), -EINVAL);
        assert_int_equal(open_folder("/dev/null", &m, &e), -EINVAL);
        expect_refusal(scratch_new(), -ENOENT, "no .onnx file");

        folder = tiny_folder(&plain);
        free(scratch_write(folder, "model.onnx", png, sizeof(png)));
        expect_refusal(folder, -EINVAL, "model.onnx");

        folder = tiny_folder(&plain);
        scratch_put(folder, "model.onnx", "");
        expect_refusal(folder, -EINVAL, "empty");

        folder = tiny_folder(&plain);
        path = str_printf("%s/model.onnx", folder);
        assert_int_equal(file_read(path, 1 << 20, &bytes, &n, &e), 0);
        free(scratch_write(folder, "model.onnx", bytes, n / 2));
        expect_refusal(folder, -EINVAL, "model.onnx");
        free(bytes);
        free(path);

        folder = tiny_folder(&plain);
        path = str_printf("%s/model.onnx", folder);
        assert_int_equal(remove(path), 0);
        assert_int_equal(mkdir(path, 0700), 0);
        expect_refusal(folder, -EINVAL, "not a regular file");
        free(path);

        folder = tiny_folder(&plain);
        path = str_printf("%s/model.onnx", folder);
        assert_int_equal(truncate(path, (off_t) 3 << 30), 0); // sparse: takes no room
        expect_refusal(folder, -EFBIG, "larger than");
        free(path);

        folder = tiny_folder(&plain);
        path = str_printf("%s/model.onnx", folder);
        assert_int_equal(remove(path), 0);
        scratch_put(folder, "a.onnx", "x");
        scratch_put(folder, "b.onnx", "x");
        expect_refusal(folder, -EINVAL, "several .onnx files");
        free(path);
}

static void test_broken_tokenizer_and_configuration(void **state _unused_) {
        need_runtime();

        static const struct {
                const char *name, *text; // NULL: the file is taken away
                int r;
                const char *says;
        } broken[] = {
                        {"tokenizer.json", NULL, -ENOENT, "tokenizer.json"},
                        {"tokenizer.json", "{\"model\":", -EINVAL, "tokenizer.json"},
                        {"tokenizer.json",
                         "{\"truncation\":{\"max_length\":2},\"model\":{\"type\":\"WordPiece\",\"unk_token\":\"u\","
                         "\"vocab\":{\"u\":0}},"
                         "\"post_processor\":{\"type\":\"BertProcessing\",\"cls\":[\"u\",0],\"sep\":[\"u\",0]}}",
                         -EINVAL, "no room"},
                        {"config.json", NULL, -ENOENT, "config.json"},
                        {"config.json", "[]", -EINVAL, "config.json"},
                        {"config.json", "{\"hidden_size\":-1}", -EINVAL, "hidden_size"},
                        {"config.json", "{\"hidden_size\":\"384\"}", -EINVAL, "hidden_size must be"},
        };

        for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
                char *folder = tiny_folder(&plain);
                char *path _cleanup_free_ = str_printf("%s/%s", folder, broken[i].name);

                assert_int_equal(remove(path), 0);
                if (broken[i].text)
                        scratch_put(folder, broken[i].name, broken[i].text);
                expect_refusal(folder, broken[i].r, broken[i].says);
        }
}

static void test_runtime_that_is_not_there(void **state _unused_) {
        static const char *const wrong[] = {"/nonexistent/libonnxruntime.so", "/dev/null", "libc.so.6"};
        char *folder = tiny_folder(&plain);

        for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
                struct encoder *m = NULL;
                struct error e = ERROR_INIT;

                assert_int_equal(encoder_open(&(struct encoder_options){.folder = folder, .runtime = wrong[i]}, &m, &e),
                                 -ELIBACC);
                assert_non_null(strstr(e.message, "ONNX"));
                assert_int_equal(e.code, ERROR_MODEL_UNAVAILABLE);
                assert_null(m);
        }
        scratch_free(folder);
}

static void test_dot_adds_every_product(void **state _unused_) {
        float a[21], b[21];

        for (size_t n = 0; n <= ARRAY_LEN(a); n++) {
                float expected = 0;

                for (size_t i = 0; i < n; i++) {
                        a[i] = (float) i;
                        b[i] = (float) (2 * i);
                        expected += a[i] * b[i];
                }
                assert_true(vector_dot(a, b, n) == expected);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(
                                        test_too_little_memory_is_an_error), // first: while this process is still small
                        cmocka_unit_test(test_the_runtime_is_quiet),
                        cmocka_unit_test(test_known_answers),
                        cmocka_unit_test(test_texts_of_any_kind),
                        cmocka_unit_test(test_many_callers_few_runs),
                        cmocka_unit_test(test_mean_of_the_tokens),
                        cmocka_unit_test(test_other_ways_to_pool),
                        cmocka_unit_test(test_version_is_of_the_content),
                        cmocka_unit_test(test_models_of_another_kind),
                        cmocka_unit_test(test_files_that_contradict_each_other),
                        cmocka_unit_test(test_broken_folders),
                        cmocka_unit_test(test_broken_tokenizer_and_configuration),
                        cmocka_unit_test(test_runtime_that_is_not_there),
                        cmocka_unit_test(test_dot_adds_every_product),
        };
        return cmocka_run_group_tests_name("encoder", tests, find_model, NULL);
}
