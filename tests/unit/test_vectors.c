#include "model/vectors.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/string.h"
#include "scratch.h"
#include "tiny_model.h"
#include "unit.h"

// A model of five words, so that a vector says which text it belongs to.
static const struct tiny five = {.table = {{1, 1, 1, 1},
                                           {1, 0, 0, 0},
                                           {0, 1, 0, 0},
                                           {0, 0, 1, 0},
                                           {0, 0, 0, 1},
                                           {NAN, 0, 0, 0},
                                           {1, 1, 0, 0}}};

static char *folder;
static struct encoder *model; // NULL: ONNX Runtime is not there

static int setup(void **state _unused_) {
        static const char vocabulary[] = "\"u\":0,\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"bad\":5,\"last\":6";
        struct error e = ERROR_INIT;
        int r;

        folder = tiny_model(&(struct tiny_model){.onnx = &five, .vocabulary = vocabulary});
        r = encoder_open(&(struct encoder_options){.folder = folder}, &model, &e);
        if (r < 0)
                print_message("%s\n", e.message);
        return r == -ELIBACC ? 0 : r;
}

static int teardown(void **state _unused_) {
        encoder_free(model);
        scratch_free(folder);
        return 0;
}

static void need_model(void) {
        tiny_need(model != NULL);
}

static struct store *open_store(const char *name) {
        char *url _cleanup_free_ = str_printf("sqlite:%s/%s", folder, name);
        struct store *s = NULL;
        struct error e = ERROR_INIT;

        if (store_open(url, &s, &e) < 0)
                fail_msg("%s", e.message);
        return s;
}

struct seen {
        size_t calls, last, all;
        bool backwards;
};

static void progress(void *arg, size_t done, size_t all) {
        struct seen *seen = arg;

        seen->calls++;
        seen->backwards = seen->backwards || done < seen->last;
        seen->last = done;
        seen->all = all;
}

static void assert_vector(const float *v, float a, float b, float c, float d) {
        float expected[] = {a, b, c, d}, length = sqrtf(a * a + b * b + c * c + d * d);

        for (size_t i = 0; i < 4; i++)
                if (!(fabsf(v[i] - expected[i] / length) < 1e-5f))
                        fail_msg("value %zu is %f, not %f", i, v[i], expected[i] / length);
}

static void test_every_text_gets_its_own_vector(void **state _unused_) {
        static const char *const words[] = {"a", "b", "c", "d"};
        enum { N = 300 };
        char *texts[N];
        float v[N * 4];
        struct seen seen = {0};
        struct error e = ERROR_INIT;

        need_model();
        for (size_t i = 0; i < N; i++) { // "c b b b": the first word changes, the others count
                texts[i] = str_printf("%s%.*s", words[i % 4], (int) (i / 4 % 5) * 2, " b b b b b");
                assert_non_null(texts[i]);
        }
        for (unsigned threads = 0; threads <= 3; threads++) {
                memset(v, 0, sizeof(v));
                seen = (struct seen){0};
                if (vectors_embed(model, NULL, (const char *const *) texts, N, threads, v, progress, &seen, &e) < 0)
                        fail_msg("%s", e.message);
                for (size_t i = 0; i < N; i++) {
                        float counts[4] = {0, (float) (i / 4 % 5), 0, 0};

                        counts[i % 4] += 1;
                        assert_vector(v + i * 4, counts[0], counts[1], counts[2], counts[3]);
                }
                assert_true(seen.calls >= 2 && seen.last == N && seen.all == N && !seen.backwards);
        }
        for (size_t i = 0; i < N; i++)
                free(texts[i]);
}

static void test_nothing_is_nothing(void **state _unused_) {
        float v[4] = {7, 7, 7, 7};

        need_model();
        assert_int_equal(vectors_embed(model, NULL, NULL, 0, 0, v, NULL, NULL, NULL), 0);
        assert_true(v[0] == 7);
}

static void test_a_text_that_cannot_be_embedded_is_named(void **state _unused_) {
        static const char *const bad[] = {"a", "b", "a bad", "c"}, *const empty[] = {"a", ""};
        struct error e = ERROR_INIT;
        float v[16];

        need_model();
        assert_int_equal(vectors_embed(model, NULL, bad, 4, 2, v, NULL, NULL, &e), -EIO);
        assert_non_null(strstr(e.message, "text 3 of 4"));
        assert_int_equal(vectors_embed(model, NULL, empty, 2, 1, v, NULL, NULL, &e), -EINVAL);
        assert_non_null(strstr(e.message, "text 2 of 2"));
}

static void count_rows(void *arg, const struct vector_row *row _unused_) {
        ++*(size_t *) arg;
}

static void test_stored_vectors_are_not_computed_again(void **state _unused_) {
        static const char *const first[] = {"a", "b", "a"}, *const second[] = {"c", "b", "a"};
        struct seen seen = {0};
        struct vector_row row = {.values = (const float[]){0, 0, 0, -1}};
        struct store *s;
        size_t rows = 0;
        float v[12];

        need_model();
        s = open_store("known.db");
        assert_int_equal(vectors_embed(model, s, first, 3, 1, v, progress, &seen, NULL), 0);
        assert_int_equal(store_vectors_get(s, encoder_version(model), 4, count_rows, &rows, NULL), 0);
        assert_int_equal(rows, 2);

        // Put in the store as something else, it comes back as that: it was not computed.
        assert_int_equal(digest_sha256_hex("b", 1, row.hash), 0);
        assert_int_equal(store_vectors_put(s, encoder_version(model), 4, &row, 1, NULL), 0);
        seen = (struct seen){0};
        assert_int_equal(vectors_embed(model, s, second, 3, 1, v, progress, &seen, NULL), 0);
        assert_vector(v, 0, 0, 1, 0);
        assert_vector(v + 4, 0, 0, 0, -1);
        assert_vector(v + 8, 1, 0, 0, 0);

        // All known: nothing to report.
        seen = (struct seen){0};
        assert_int_equal(vectors_embed(model, s, second, 3, 1, v, progress, &seen, NULL), 0);
        assert_int_equal(seen.calls, 0);
        store_close(s);
}

static void test_damaged_vectors_are_computed_again(void **state _unused_) {
        static const char *const texts[] = {"a", "b", "c"};
        static const float damaged[][4] = {{NAN, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 9, 0}};
        struct vector_row rows[3];
        struct store *s;
        float v[12];

        need_model();
        s = open_store("damaged.db");
        for (size_t i = 0; i < 3; i++) {
                rows[i].values = damaged[i];
                assert_int_equal(digest_sha256_hex(texts[i], 1, rows[i].hash), 0);
        }
        assert_int_equal(store_vectors_put(s, encoder_version(model), 4, rows, 3, NULL), 0);
        assert_int_equal(vectors_embed(model, s, texts, 3, 2, v, NULL, NULL, NULL), 0);
        assert_vector(v, 1, 0, 0, 0);
        assert_vector(v + 4, 0, 1, 0, 0);
        assert_vector(v + 8, 0, 0, 1, 0);
        store_close(s);
}

static void test_background_of_the_default_model(void **state _unused_) {
        const char *root = getenv("SOURCE_ROOT");
        char path[4096];
        struct encoder *m = NULL;
        struct error e = ERROR_INIT;
        double background = -1;

        need_model();
        (void) snprintf(path, sizeof(path), "%s/models/all-MiniLM-L6-v2", root ? root : ".");
        if (!file_exists(path)) {
                print_message("skipped: the default model is not there: %s\n", path);
                skip();
        }
        if (encoder_open(&(struct encoder_options){.folder = path}, &m, &e) < 0 ||
            vectors_background(m, NULL, &background, &e) < 0)
                fail_msg("%s", e.message);
        encoder_free(m);
        if (!(background > 0 && background < .12))
                fail_msg("unrelated sentences are %.3f alike", background);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_every_text_gets_its_own_vector),
                        cmocka_unit_test(test_nothing_is_nothing),
                        cmocka_unit_test(test_a_text_that_cannot_be_embedded_is_named),
                        cmocka_unit_test(test_stored_vectors_are_not_computed_again),
                        cmocka_unit_test(test_damaged_vectors_are_computed_again),
                        cmocka_unit_test(test_background_of_the_default_model),
        };
        return cmocka_run_group_tests_name("vectors", tests, setup, teardown);
}
