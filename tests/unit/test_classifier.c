// The classifier's file, how classes add up to tiers, what is learned, and how sure it is.
#include "unit.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/string.h"
#include "triage/classifier.h"
#include "triage/labels.h"
#include "triage/train.h"

enum { DIMENSIONS = 6, ROWS = 240, CLASSES = 4 };

static const struct labels labels = {.names = {"billing", "technical", "general"}, .n = 3};

static struct classifier *small(void) {
        struct classifier *c = classifier_new(3, 2, 2);
        static const struct classifier_class classes[] = {
                        {.name = "refund wanted", .tier = TIER_2, .category = "billing", .rows = 7},
                        {.name = "how to pay", .tier = TIER_1, .category = "billing", .rows = 5},
                        {.name = "crash", .tier = TIER_COMPLEX, .category = "technical", .rows = 1},
        };
        static const float weights[] = {1.5F, -2, 0, -0.25F, 0.5F, 3}, constants[] = {0.125F, 0, -1};
        static const int8_t landmarks[2][2] = {{127, 0}, {0, -127}};

        assert_non_null(c);
        memcpy(c->classes, classes, sizeof(classes));
        memcpy(c->weights, weights, sizeof(weights));
        memcpy(c->constants, constants, sizeof(constants));
        for (size_t i = 0; i < ARRAY_LEN(landmarks); i++)
                landmarks_set(c->landmarks, i, landmarks[i]);
        assert_int_equal(terms_of("", "pay pay", &c->landmarks->terms[0]), 0);
        assert_int_equal(terms_of("", "pay", &c->landmarks->terms[1]), 0);
        assert_int_equal(landmarks_ready(c->landmarks), 0);
        c->landmarks->terms_part = 0.25;
        c->centres[0] = 1;
        c->centres[3] = -1;
        c->centres[5] = 1;
        str_copy(c->model, sizeof(c->model), "m1");
        c->temperature = 0.5;
        c->mix = 0.25;
        c->sharpness = 1.5;
        c->sharpness_category = 1.25;
        c->like_floor = 0.2;
        return c;
}

static void what_is_written_is_read_back(void **state _unused_) {
        struct classifier *c _cleanup_(classifier_free_p) = small(), *back _cleanup_(classifier_free_p) = NULL;
        char *text _cleanup_free_ = classifier_text(c);
        struct error e = ERROR_INIT;

        assert_non_null(text);
        assert_int_equal(classifier_parse("f", text, strlen(text), &back, &e), 0);
        assert_int_equal(back->n, 3);
        assert_string_equal(back->model, "m1");
        assert_string_equal(back->version, c->version);
        assert_int_equal(back->landmarks->n, 2);
        assert_true(back->landmarks->terms_part == 0.25);
        for (size_t i = 0; i < 2; i++) {
                const struct terms *was = &c->landmarks->terms[i], *is = &back->landmarks->terms[i];
                assert_int_equal(is->n, was->n);
                for (size_t k = 0; k < is->n; k++)
                        assert_true(is->items[k].hash == was->items[k].hash &&
                                    is->items[k].times == was->items[k].times);
        }
        assert_memory_equal(back->weights, c->weights, 6 * sizeof(float));
        assert_memory_equal(back->constants, c->constants, 3 * sizeof(float));
        assert_memory_equal(back->landmarks->values, c->landmarks->values, 4 * sizeof(int16_t));
        assert_memory_equal(back->centres, c->centres, 6 * sizeof(float));
        assert_memory_equal(back->classes, c->classes, 3 * sizeof(*c->classes));
        assert_true(back->temperature == 0.5 && back->mix == 0.25 && back->like_floor == 0.2);
        assert_true(back->sharpness == 1.5 && back->sharpness_category == 1.25);
        char *again _cleanup_free_ = classifier_text(back);
        assert_string_equal(again, text);
}

static void refused(const char *text, size_t n, const char *words) {
        struct classifier *c = NULL;
        struct error e = ERROR_INIT;

        assert_int_equal(classifier_parse("some/file", text, n, &c, &e), -EINVAL);
        assert_null(c);
        assert_int_equal(e.code, ERROR_FILE_INVALID);
        assert_non_null(strstr(e.message, "some/file"));
        if (!strstr(e.message, words))
                fail_msg("\"%s\" does not say \"%s\"", e.message, words);
}

// Puts other words in the place of some, and a checksum that fits.
static char *changed(const char *text, const char *from, const char *to) {
        const char *at = strstr(text, from), *sum = strstr(text, "sha256 ");
        assert_non_null(at);
        char *body _cleanup_free_ = str_printf("%.*s%s%.*s", (int) (at - text), text, to,
                                               (int) (sum - at - (long) strlen(from)), at + strlen(from));
        char hex[DIGEST_HEX_SIZE];

        assert_int_equal(digest_sha256_hex(body, strlen(body), hex), 0);
        return str_printf("%ssha256 %s\n", body, hex);
}

static void a_file_that_is_wrong_is_refused_by_name(void **state _unused_) {
        static const struct {
                const char *from, *to, *words;
        } bad[] = {
                        {"classifier 4", "classifier 3", "another version"},
                        {"model m1", "model ", "\"model\""},
                        {"dimensions 2", "dimensions 0", "\"dimensions\""},
                        {"dimensions 2", "dimensions 999999999999", "\"dimensions\""},
                        {"dimensions 2", "dimensions 16000", "too small"},
                        {"classes 3", "classes 4", "\"class\""},
                        {"classes 3", "classes 2", "\"landmark\""},
                        {"landmarks 2", "landmarks 0", "\"landmarks\""},
                        {"landmarks 2", "landmarks 10001", "\"landmarks\""},
                        {"landmarks 2", "landmarks 9000", "too small"},
                        {"landmarks 2", "landmarks 3", "\"landmark\""},
                        {"landmarks 2", "landmarks 1", "more than the classes and landmarks"},
                        {"landmark fwA=", "landmark fwAA", "\"landmark\""},
                        {"landmark fwA=", "landmark fw==", "\"landmark\""},
                        {"landmark fwA=", "landmark f!A=", "\"landmark\""},
                        {"terms 2500", "terms 10000", "\"terms\""},
                        {"terms 2500", "terms -1", "\"terms\""},
                        {"landmark fwA=\nterms ", "landmark fwA=\nterms !", "\"terms\""},
                        {"landmark fwA=\nterms ", "landmark fwA=\nterms", "\"terms\""},
                        {"landmark fwA=\nterms ", "landmark fwA=\n", "\"terms\""},
                        {"constant 12500", "constant 12500 1", "\"constant\""},
                        {"temperature 5000", "temperature 0", "\"temperature\""},
                        {"temperature 5000", "temperature nan", "\"temperature\""},
                        {"mix 2500", "mix 10000", "\"mix\""},
                        {"sharpness 15000", "sharpness 0", "\"sharpness\""},
                        {"\ttier_2\t", "\ttier_9\t", "\"class\""},
                        {"class\tcrash", "class\thow to pay", "there already"},
                        {"weights 150000 ", "weights x ", "\"weights\""},
                        {"weights 150000 ", "weights ", "\"weights\""},
                        {"weights 150000 ", "weights 99999999999 ", "\"weights\""},
                        {"centre 10000 0", "centre 10000 0 0", "\"centre\""},
        };
        struct classifier *c _cleanup_(classifier_free_p) = small();
        char *text _cleanup_free_ = classifier_text(c);
        size_t n = strlen(text);

        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                char *other _cleanup_free_ = changed(text, bad[i].from, bad[i].to);
                refused(other, strlen(other), bad[i].words);
        }
        refused("", 0, "no classifier");
        refused("PK\3\4", 4, "no classifier");
        refused(text, n - 1, "cut off");
        refused(text, n / 2, "cut off");
        text[n / 2] ^= 1;
        refused(text, n, "altered");
}

// Puts other terms in the place of the first landmark's.
static char *with_terms(const char *text, const char *base64) {
        const char *line = strstr(text, "landmark fwA=\nterms ");
        assert_non_null(line);
        const char *end = strchr(strchr(line, '\n') + 1, '\n');
        char *was _cleanup_free_ = str_ndup(line, (size_t) (end - line));
        char *now _cleanup_free_ = str_printf("landmark fwA=\nterms %s", base64);

        return changed(text, was, now);
}

static void terms_that_are_none_are_refused(void **state _unused_) {
        static const char *const bad[] = {
                        "BQAAAA==",         // four bytes
                        "BQAAAAA=",         // said no times
                        "BQAAAAEDAAAAAQ==", // not ascending
                        "BQAAAAEFAAAAAQ==", // one twice
        };
        struct classifier *c _cleanup_(classifier_free_p) = small(), *back _cleanup_(classifier_free_p) = NULL;
        char *text _cleanup_free_ = classifier_text(c);
        struct error e = ERROR_INIT;

        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                char *other _cleanup_free_ = with_terms(text, bad[i]);
                refused(other, strlen(other), "\"terms\"");
        }
        char *none _cleanup_free_ = with_terms(text, "");
        assert_int_equal(classifier_parse("f", none, strlen(none), &back, &e), 0);
        assert_int_equal(back->landmarks->terms[0].n, 0);
}

static void classes_add_up_to_tiers_and_categories(void **state _unused_) {
        struct classifier *c _cleanup_(classifier_free_p) = small();
        static const float vector[] = {1, 0};
        const struct likened ticket = {.vector = vector};
        struct classified x;
        // Without terms its likeness to the first landmark is three quarters, to the second, at a right angle, exp(-2)
        // of it.
        double first = 0.75, other = 0.75 * exp(-2), e0 = exp((0.125 + 1.5 * first - 0.25 * other) / 0.5),
               e1 = exp((-2 * first + 0.5 * other) / 0.5), e2 = exp((-1 + 3 * other) / 0.5), all = e0 + e1 + e2;

        assert_int_equal(classifier_apply(c, &labels, ticket, &x), 0);
        assert_true(fabs(x.tiers[TIER_2] - e0 / all) < 1e-6);
        assert_true(fabs(x.tiers[TIER_COMPLEX] - e2 / all) < 1e-6);
        assert_true(fabs(x.categories[0] - (e0 + e1) / all) < 1e-6);
        assert_true(fabs(x.categories[1] - e2 / all) < 1e-6);
        assert_true(x.covered[0] && x.covered[1] && !x.covered[2]);
        assert_int_equal(x.best, 0);
        assert_true(fabs(x.likeness - 1) < 1e-6);
        // A category that the desk gave up shares out its part.
        static const struct labels fewer = {.names = {"technical"}, .n = 1};
        assert_int_equal(classifier_apply(c, &fewer, ticket, &x), 0);
        assert_true(fabs(x.categories[0] - 1) < 1e-9);
}

static void a_category_that_was_not_learned_keeps_its_share_of_the_first_day(void **state _unused_) {
        struct classified x = {.tiers = {0.8, 0.1, 0.1}, .categories = {0.9, 0.1, 0}, .covered = {true, true, false}};
        static const double tiers[] = {0.2, 0.4, 0.4}, categories[] = {0.1, 0.1, 0.8};
        struct classifier by = {.mix = 0.5, .mix_category = 0.2, .sharpness = 1, .sharpness_category = 1};

        classified_mix(&x, &by, tiers, categories, 3);
        assert_true(fabs(x.tiers[0] + x.tiers[1] + x.tiers[2] - 1) < 1e-9);
        assert_true(x.tiers[0] > 0.4 && x.tiers[0] < 0.6); // between the two
        assert_true(x.categories[2] > x.categories[0] && x.categories[0] > x.categories[1]);
}

static void a_category_that_the_first_day_does_not_know_keeps_its_own_share(void **state _unused_) {
        struct classified x = {.tiers = {0.8, 0.1, 0.1}, .categories = {0.2, 0.1, 0.7}, .covered = {true, true, true}};
        static const double tiers[] = {0.2, 0.4, 0.4}, categories[] = {0.5, 0.5, 0};
        struct classifier by = {.mix = 0.5, .mix_category = 0.9, .sharpness = 1, .sharpness_category = 1};

        classified_mix(&x, &by, tiers, categories, 3);
        assert_true(x.categories[2] > 0.6 && x.categories[2] < 0.8);
}

// ---- learning

// Four kinds of points around four corners, some of them beside it; without chance.
static void make_rows(struct samples *s, float *vectors, size_t n) {
        static const enum tier tiers[CLASSES] = {TIER_1, TIER_2, TIER_COMPLEX, TIER_1};
        static const char *const intents[CLASSES] = {"a", "b", "c", "d"};
        static const struct intents none = {0};
        uint32_t state = 1;

        for (size_t i = 0; i < n; i++) {
                char text[32];
                size_t kind = i % CLASSES;
                float *v = vectors + i * DIMENSIONS;
                double sum = 0;
                snprintf(text, sizeof(text), "ticket %zu", i);
                struct sample_row row = {.tier = tiers[kind],
                                         .category = labels.names[kind % 3],
                                         .intent = intents[kind],
                                         .body = text};
                assert_int_equal(samples_add(s, &labels, &none, &row), 0);
                for (size_t d = 0; d < DIMENSIONS; d++) {
                        state = state * 1664525U + 1013904223U;
                        v[d] = (float) (state >> 16) / 65536 - 0.5F + (d == kind ? 0.7F : 0);
                        sum += (double) v[d] * (double) v[d];
                }
                for (size_t d = 0; d < DIMENSIONS; d++)
                        v[d] = (float) (v[d] / sqrt(sum));
        }
}

static void make(struct samples *s, float *vectors) {
        make_rows(s, vectors, ROWS);
}

static void learn_from(const struct samples *s, const float *vectors, unsigned threads, struct trained *ret) {
        struct train_options o = {.model = "m1", .dimensions = DIMENSIONS, .by_intent = true, .threads = threads};
        struct error e = ERROR_INIT;

        if (train_classifier(s, vectors, &labels, &o, ret, &e) < 0)
                fail_msg("%s", e.message);
}

static void the_same_tickets_teach_the_same_whatever_the_threads(void **state _unused_) {
        struct samples s _cleanup_samples_ = {0};
        float *vectors _cleanup_free_ = calloc(ROWS * DIMENSIONS, sizeof(*vectors));
        struct trained one _cleanup_trained_ = {0}, other _cleanup_trained_ = {0};

        make(&s, vectors);
        learn_from(&s, vectors, 1, &one);
        learn_from(&s, vectors, 3, &other);
        char *a _cleanup_free_ = classifier_text(one.classifier), *b _cleanup_free_ = classifier_text(other.classifier);
        assert_string_equal(a, b);
        assert_int_equal(one.classifier->n, CLASSES);
        assert_string_equal(one.classifier->classes[2].name, "c");
        assert_int_equal(one.classifier->classes[2].rows, ROWS / CLASSES);
        assert_memory_equal(one.held_out, other.held_out, ROWS * sizeof(*one.held_out));
}

static void what_was_set_aside_is_mostly_right_and_as_sure_as_it_is_right(void **state _unused_) {
        struct samples s _cleanup_samples_ = {0};
        float *vectors _cleanup_free_ = calloc(ROWS * DIMENSIONS, sizeof(*vectors));
        struct trained t _cleanup_trained_ = {0};
        double right = 0, sure = 0;

        make(&s, vectors);
        learn_from(&s, vectors, 1, &t);
        for (size_t i = 0; i < ROWS; i++) {
                const double *p = t.held_out[i].tiers;
                size_t best = p[1] > p[0] ? 1 : 0;
                best = p[2] > p[best] ? 2 : best;
                right += best == (size_t) s.items[i].tier;
                sure += p[best];
        }
        assert_true(right / ROWS > 0.8);
        assert_true(right / ROWS < 1); // some points lie beside another corner
        assert_true(fabs(right - sure) / ROWS < 0.06);
}

static void count_rounds(void *arg, size_t done _unused_, size_t all) {
        *(size_t *) arg = all;
}

static size_t rounds_of(size_t rows) {
        struct samples s _cleanup_samples_ = {0};
        float *vectors _cleanup_free_ = calloc(rows * DIMENSIONS, sizeof(*vectors));
        struct trained t _cleanup_trained_ = {0};
        struct error e = ERROR_INIT;
        size_t n = 0, scored = 0;
        struct train_options o = {.model = "m1",
                                  .dimensions = DIMENSIONS,
                                  .by_intent = true,
                                  .landmarks = 50,
                                  .progress = count_rounds,
                                  .progress_arg = &n};

        make_rows(&s, vectors, rows);
        assert_int_equal(train_classifier(&s, vectors, &labels, &o, &t, &e), 0);
        for (size_t i = 0; i < rows; i++)
                scored += t.held_out[i].tiers[0] > 0;
        assert_int_equal(scored, rows); // each row was set aside once
        return n;
}

static void many_rows_are_set_aside_in_fewer_parts(void **state _unused_) {
        assert_int_equal(rounds_of(ROWS), TRAIN_FOLDS + 1);
        assert_int_equal(rounds_of(TRAIN_ROWS_MANY), TRAIN_FOLDS_MANY + 1);
}

static void rows_of_one_group_are_learned_without_being_measured(void **state _unused_) {
        struct samples s _cleanup_samples_ = {0};
        float *vectors _cleanup_free_ = calloc(ROWS * DIMENSIONS, sizeof(*vectors));
        struct trained t _cleanup_trained_ = {0};

        make(&s, vectors);
        for (size_t i = 0; i < s.n; i++) {
                free(s.items[i].group);
                s.items[i].group = str_dup("a business");
        }
        learn_from(&s, vectors, 1, &t);
        assert_true(fabs(t.held_out[0].tiers[TIER_2] - 0.25) < 1e-6); // one class of four, none of them known
        struct classified x;
        const struct likened second = {.vector = vectors + DIMENSIONS};
        assert_int_equal(classifier_apply(t.classifier, &labels, second, &x), 0);
        assert_true(x.tiers[TIER_2] > 0.5);
}

static void too_few_or_all_alike_is_refused(void **state _unused_) {
        struct samples s _cleanup_samples_ = {0};
        float vectors[TRAIN_ROWS_MIN * 2] = {0};
        static const struct intents none = {0};
        struct train_options o = {.model = "m1", .dimensions = 2};
        struct trained t = {0};
        struct error e = ERROR_INIT;

        assert_int_equal(train_classifier(&s, vectors, &labels, &o, &t, &e), -EINVAL);
        assert_non_null(strstr(e.message, "at least"));
        for (size_t i = 0; i < TRAIN_ROWS_MIN; i++) {
                char text[32];
                snprintf(text, sizeof(text), "ticket %zu", i);
                struct sample_row row = {.tier = TIER_1, .category = "billing", .body = text};
                assert_int_equal(samples_add(&s, &labels, &none, &row), 0);
        }
        assert_int_equal(train_classifier(&s, vectors, &labels, &o, &t, &e), -EINVAL);
        assert_non_null(strstr(e.message, "one kind"));
}

static void vectors_that_are_not_finite_are_refused(void **state _unused_) {
        struct samples s _cleanup_samples_ = {0};
        float *vectors _cleanup_free_ = calloc(ROWS * DIMENSIONS, sizeof(*vectors));
        struct train_options o = {.model = "m1", .dimensions = DIMENSIONS, .by_intent = true};
        struct trained t = {0};
        struct error e = ERROR_INIT;

        make(&s, vectors);
        vectors[100 * DIMENSIONS] = NAN;
        assert_int_equal(train_classifier(&s, vectors, &labels, &o, &t, &e), -EINVAL);
        assert_non_null(strstr(e.message, "not finite"));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(what_is_written_is_read_back),
                        cmocka_unit_test(a_file_that_is_wrong_is_refused_by_name),
                        cmocka_unit_test(terms_that_are_none_are_refused),
                        cmocka_unit_test(classes_add_up_to_tiers_and_categories),
                        cmocka_unit_test(a_category_that_was_not_learned_keeps_its_share_of_the_first_day),
                        cmocka_unit_test(a_category_that_the_first_day_does_not_know_keeps_its_own_share),
                        cmocka_unit_test(the_same_tickets_teach_the_same_whatever_the_threads),
                        cmocka_unit_test(what_was_set_aside_is_mostly_right_and_as_sure_as_it_is_right),
                        cmocka_unit_test(many_rows_are_set_aside_in_fewer_parts),
                        cmocka_unit_test(rows_of_one_group_are_learned_without_being_measured),
                        cmocka_unit_test(too_few_or_all_alike_is_refused),
                        cmocka_unit_test(vectors_that_are_not_finite_are_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
