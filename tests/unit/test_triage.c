#include "triage/triage.h"

#include "unit.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "scratch.h"
#include "tiny_model.h"
#include "triage/classifier.h"
#include "triage/examples.h"
#include "triage/keywords.h"
#include "triage/labels.h"
#include "triage/shares.h"
#include "triage/zero_shot.h"

static char *config_path(void) {
        const char *root = getenv("SOURCE_ROOT");

        return str_printf("%s/config", root ? root : ".");
}

static struct triage *open_config(struct encoder *m) {
        char *path _cleanup_free_ = config_path();
        struct error e = ERROR_INIT;
        struct triage *t = NULL;

        if (triage_open(path, m, NULL, &t, &e) < 0)
                fail_msg("%s", e.message);
        return t;
}

static void assert_shares(const struct triage *t, const struct verdict *v) {
        double tiers = 0, categories = 0;

        for (int i = 0; i < TIER_COUNT_; i++) {
                assert_true(v->tiers[i] >= 0 && v->tiers[i] <= 1);
                tiers += v->tiers[i];
        }
        for (size_t i = 0; i < triage_categories(t); i++) {
                assert_true(v->categories[i] >= 0 && v->categories[i] <= 1);
                categories += v->categories[i];
        }
        assert_true(fabs(tiers - 1) < 1e-9);
        assert_true(fabs(categories - 1) < 1e-9);
        assert_true(v->confidence == v->tiers[v->tier]);
        assert_true(v->category_confidence > 0 && v->category_confidence <= 1);
}

// ---- names

static void tiers_are_known_by_name(void **state) {
        enum tier t = TIER_COMPLEX;

        (void) state;
        for (enum tier i = TIER_1; i < TIER_COUNT_; i++) {
                assert_int_equal(tier_parse(tier_name(i), &t), 0);
                assert_int_equal(t, i);
        }
        assert_int_equal(tier_parse("tier_3", &t), -EINVAL);
        assert_int_equal(tier_parse("", &t), -EINVAL);
        assert_string_equal(triage_method_name(TRIAGE_ZERO_SHOT), "zero_shot");
        assert_string_equal(triage_method_name(TRIAGE_KEYWORD), "keyword");
        assert_string_equal(triage_method_name(TRIAGE_NONE), "none");
}

// ---- the rung of keywords, with the files that come with the program

static const struct {
        const char *subject, *body;
        enum tier tier;
        const char *category;
} first_tickets[] = {
                {"Password reset not working", "I clicked the reset link but it doesn't work", TIER_1,
                 "password_reset"},
                {"Billing question", "I was charged twice this month", TIER_2, "billing"},
                {"System crash", "The application keeps crashing with error code 500", TIER_COMPLEX, "technical"},
};

static void the_first_three_tickets_come_out_right_by_keywords(void **state) {
        struct triage *t _cleanup_(triage_free_p) = open_config(NULL);

        (void) state;
        assert_int_equal(triage_best_method(t), TRIAGE_KEYWORD);
        for (size_t i = 0; i < ARRAY_LEN(first_tickets); i++) {
                struct verdict v;
                triage_classify(t, first_tickets[i].subject, first_tickets[i].body, NULL, &v);
                assert_int_equal(v.method, TRIAGE_KEYWORD);
                assert_string_equal(tier_name(v.tier), tier_name(first_tickets[i].tier));
                assert_string_equal(v.category, first_tickets[i].category);
                assert_true(v.confidence >= 0.6);
                assert_true(str_starts(v.why, "words: "));
                assert_shares(t, &v);
        }
}

static void the_words_that_counted_are_named(void **state) {
        struct triage *t _cleanup_(triage_free_p) = open_config(NULL);
        struct verdict v;

        (void) state;
        triage_classify(t, "", "I was charged TWICE!", NULL, &v);
        assert_non_null(strstr(v.why, "charged twice"));
        triage_classify(t, "Crashing", "", NULL, &v);
        assert_string_equal(v.why, "words: crash*");
}

static void what_says_nothing_goes_to_a_person(void **state) {
        static const char *const nothing[] = {"", " \n", "zzz qqq", "\xFF\xFE", "!!!", "您好"};
        struct triage *t _cleanup_(triage_free_p) = open_config(NULL);

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(nothing); i++) {
                struct verdict v;
                triage_classify(t, "", nothing[i], NULL, &v);
                assert_int_equal(v.method, TRIAGE_NONE);
                assert_int_equal(v.tier, TIER_COMPLEX);
                assert_string_equal(v.category, "general");
                assert_true(v.confidence == 0 && v.category_confidence == 0);
                for (int k = 0; k < TIER_COUNT_; k++)
                        assert_true(v.tiers[k] == 0);
        }
}

static void a_line_counts_once_however_often_it_is_there(void **state) {
        struct triage *t _cleanup_(triage_free_p) = open_config(NULL);
        struct verdict once, often;

        (void) state;
        triage_classify(t, "refund", "", NULL, &once);
        triage_classify(t, "refund refund", "refund, refund!", NULL, &often);
        assert_true(once.confidence == often.confidence);
        assert_true(often.confidence < 1);
}

static void a_phrase_does_not_span_subject_and_body(void **state) {
        struct triage *t _cleanup_(triage_free_p) = open_config(NULL);
        struct verdict v;

        (void) state;
        triage_classify(t, "charged", "twice", NULL, &v);
        assert_null(strstr(v.why, "charged twice"));
}

static void a_megabyte_is_read_in_one_go(void **state) {
        struct triage *t _cleanup_(triage_free_p) = open_config(NULL);
        size_t n = 1 << 20;
        char *body _cleanup_free_ = malloc(n + 1);
        struct verdict v;

        (void) state;
        assert_non_null(body);
        for (size_t i = 0; i < n; i++)
                body[i] = "not "[i % 4];
        body[n] = '\0';
        triage_classify(t, "invoice", body, NULL, &v);
        assert_int_equal(v.method, TRIAGE_KEYWORD);
        assert_int_equal(v.tier, TIER_2);
        memset(body, 'a', n);
        triage_classify(t, "invoice", body, NULL, &v);
        assert_int_equal(v.tier, TIER_2);
}

static void keyword_lines_may_count_against(void **state) {
        static const char categories[] = "general\tall\n", examples[] = "",
                          keywords[] = "tier_1\tgeneral\t2\treset\ntier_1\t-\t-2\thacked\ncomplex\t-\t1\thacked\n";
        struct triage *t _cleanup_(triage_free_p) = NULL;
        struct error e = ERROR_INIT;
        char *folder = scratch_new();
        struct verdict v;

        (void) state;
        free(scratch_write(folder, "categories.tsv", categories, strlen(categories)));
        free(scratch_write(folder, "examples.tsv", examples, strlen(examples)));
        free(scratch_write(folder, "keywords.tsv", keywords, strlen(keywords)));
        assert_int_equal(triage_open(folder, NULL, NULL, &t, &e), 0);
        scratch_free(folder);
        triage_classify(t, "reset", "", NULL, &v);
        assert_int_equal(v.tier, TIER_1);
        triage_classify(t, "reset", "hacked", NULL, &v);
        assert_int_equal(v.tier, TIER_COMPLEX);
        assert_shares(t, &v);
}

static void of_equal_tiers_the_safer_one_is_taken(void **state) {
        struct labels labels = {.names = {"a", "b"}, .n = 2};
        struct verdict v = {.tiers = {0.4, 0.4, 0.2}, .categories = {0.5, 0.5}};

        (void) state;
        shares_decide(&labels, &v);
        assert_int_equal(v.tier, TIER_2);
        assert_string_equal(v.category, "a");
        v = (struct verdict){.tiers = {1.0 / 3, 1.0 / 3, 1.0 / 3}, .categories = {0.4, 0.6}};
        shares_decide(&labels, &v);
        assert_int_equal(v.tier, TIER_COMPLEX);
        assert_string_equal(v.category, "b");
}

static void shares_come_from_any_finite_logs(void **state) {
        double v[] = {-1e308, 0, 1e308}, w[] = {0, 0};

        (void) state;
        shares_from_logs(v, 3, 0);
        assert_true(v[0] == 0 && v[1] == 0 && v[2] == 1);
        shares_from_logs(w, 2, 0);
        assert_true(w[0] == 0.5 && w[1] == 0.5);
        shares_from_logs(v, 3, 0.3);
        assert_true(v[0] > 0.1 && v[2] < 0.9 && fabs(v[0] + v[1] + v[2] - 1) < 1e-12);
}

// ---- the rung of likeness, with vectors made by hand

enum { D = 4 };

static char text_a[] = "line a", text_b[] = "line b", text_c[] = "line c";
static struct example few_items[] = {{TIER_1, 0, text_a}, {TIER_2, 1, text_b}, {TIER_COMPLEX, 0, text_c}};
static float few_vectors[] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0}, no_mean[D];
static const struct examples few = {.items = few_items,
                                    .n = 3,
                                    .covered = {true, true},
                                    .dimensions = D,
                                    .mean = no_mean,
                                    .vectors = few_vectors};
static const struct labels two_labels = {.names = {"a", "b"}, .n = 2};

static void the_nearest_line_wins_and_is_named(void **state) {
        static const float near_b[] = {0.1f, 0.99f, 0, 0};
        struct keyword_scores words = {0};
        struct verdict v;

        (void) state;
        assert_true(zero_shot_classify(&few, &two_labels, &words, NULL, near_b, &v));
        assert_int_equal(v.tier, TIER_2);
        assert_string_equal(v.category, "b");
        assert_int_equal(v.method, TRIAGE_ZERO_SHOT);
        assert_string_equal(v.why, "like: line b");
        assert_true(v.confidence > 0.8);
}

static void a_category_that_nothing_speaks_for_has_no_share(void **state) {
        static const struct labels three = {.names = {"a", "b", "new"}, .n = 3};
        static const float near_b[] = {0.1f, 0.99f, 0, 0};
        struct keyword_scores words = {0};
        struct verdict v;

        (void) state;
        assert_true(zero_shot_classify(&few, &three, &words, NULL, near_b, &v));
        assert_true(v.categories[2] == 0 && fabs(v.categories[0] + v.categories[1] - 1) < 1e-9);
        words.categories[2] = 1; // a word of the ticket does
        assert_true(zero_shot_classify(&few, &three, &words, NULL, near_b, &v));
        assert_true(v.categories[2] > 0);
}

static void likeness_to_two_lines_halves_the_confidence(void **state) {
        static const float between[] = {0.7071f, 0.7071f, 0, 0};
        struct keyword_scores words = {0};
        struct verdict v;

        (void) state;
        assert_true(zero_shot_classify(&few, &two_labels, &words, NULL, between, &v));
        assert_true(v.confidence > 0.4 && v.confidence < 0.6);
}

static void a_word_tips_the_scale(void **state) {
        static const float between[] = {0.7071f, 0, 0.7070f, 0};
        struct keyword_scores words = {.found = true, .tiers = {3, 0, 0}, .words = {"forgot*"}};
        struct verdict v;

        (void) state;
        assert_true(zero_shot_classify(&few, &two_labels, &words, NULL, between, &v));
        assert_int_equal(v.tier, TIER_1);
        words = (struct keyword_scores){.found = true, .tiers = {0, 6, 0}, .words = {[TIER_2] = "refund*"}};
        assert_true(zero_shot_classify(&few, &two_labels, &words, NULL, between, &v));
        assert_true(v.tiers[TIER_2] > 0.05 && v.tiers[TIER_2] < 0.5); // but does not outvote what is near
}

static void a_vector_without_direction_is_passed_on(void **state) {
        static const float bad[][D] = {{0}, {NAN, 0, 0, 0}, {INFINITY, 0, 0, 0}};
        struct keyword_scores words = {0};
        struct examples none = few;
        struct verdict v;

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                assert_false(zero_shot_classify(&few, &two_labels, &words, NULL, bad[i], &v));
        none.n = 0;
        assert_false(zero_shot_classify(&none, &two_labels, &words, NULL, few_vectors, &v));
        none = few;
        none.dimensions = 0; // not embedded
        assert_false(zero_shot_classify(&none, &two_labels, &words, NULL, few_vectors, &v));
}

static void what_all_lines_share_is_taken_off(void **state) {
        static float mean[] = {0, 0, 0, 10}, out[D];
        struct examples x = few;

        (void) state;
        x.mean = mean;
        assert_int_equal(examples_place(&x, (float[]){3, 0, 4, 10}, out), 0);
        assert_true(fabsf(out[0] - 0.6f) < 1e-6f && fabsf(out[2] - 0.8f) < 1e-6f && out[3] == 0);
        assert_int_equal(examples_place(&x, mean, out), -ERANGE);
}

static void a_vector_without_examples_falls_to_keywords(void **state) {
        struct triage *t _cleanup_(triage_free_p) = open_config(NULL);
        float vector[D] = {1, 0, 0, 0};
        struct verdict v;

        (void) state;
        triage_classify(t, "refund", "", vector, &v);
        assert_int_equal(v.method, TRIAGE_KEYWORD);
}

// ---- a classifier that says it is of this model, as a database may

static const struct tiny plain = {.table = {{1, 1, 1, 1}}};

static struct classifier *of_model(const struct encoder *m, size_t dimensions) {
        struct classifier *c = classifier_new(2, dimensions, 1);

        assert_non_null(c);
        str_copy(c->model, sizeof(c->model), encoder_version(m));
        for (size_t k = 0; k < c->n; k++) {
                snprintf(c->classes[k].name, sizeof(c->classes[k].name), "class %zu", k);
                str_copy(c->classes[k].category, sizeof(c->classes[k].category), "billing");
        }
        assert_int_equal(landmarks_ready(c->landmarks), 0);
        return c;
}

static void a_classifier_of_longer_vectors_is_not_adopted(void **state) {
        struct encoder *m _cleanup_(encoder_free_p) = NULL;
        struct error e = ERROR_INIT;

        (void) state;
        tiny_need(tiny_runtime_is_there());
        char *folder = tiny_model(&(struct tiny_model){
                        .onnx = &plain,
                        .vocabulary = "\"u\":0",
                        .config = "{\"hidden_size\":4,\"max_position_embeddings\":100,\"model_type\":\"bert\"}"});
        int r = encoder_open(&(struct encoder_options){.folder = folder, .parallel_max = 1}, &m, &e);
        scratch_free(folder);
        if (r < 0)
                fail_msg("%s", e.message);
        struct triage *t _cleanup_(triage_free_p) = open_config(m);
        assert_int_equal(triage_adopt(t, of_model(m, 5), &e), -EINVAL);
        assert_non_null(strstr(e.message, "5 values"));
        assert_int_equal(triage_adopt(t, of_model(m, 4), &e), 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(tiers_are_known_by_name),
                        cmocka_unit_test(the_first_three_tickets_come_out_right_by_keywords),
                        cmocka_unit_test(the_words_that_counted_are_named),
                        cmocka_unit_test(what_says_nothing_goes_to_a_person),
                        cmocka_unit_test(a_line_counts_once_however_often_it_is_there),
                        cmocka_unit_test(a_phrase_does_not_span_subject_and_body),
                        cmocka_unit_test(a_megabyte_is_read_in_one_go),
                        cmocka_unit_test(keyword_lines_may_count_against),
                        cmocka_unit_test(of_equal_tiers_the_safer_one_is_taken),
                        cmocka_unit_test(shares_come_from_any_finite_logs),
                        cmocka_unit_test(the_nearest_line_wins_and_is_named),
                        cmocka_unit_test(a_category_that_nothing_speaks_for_has_no_share),
                        cmocka_unit_test(likeness_to_two_lines_halves_the_confidence),
                        cmocka_unit_test(a_word_tips_the_scale),
                        cmocka_unit_test(a_vector_without_direction_is_passed_on),
                        cmocka_unit_test(what_all_lines_share_is_taken_off),
                        cmocka_unit_test(a_vector_without_examples_falls_to_keywords),
                        cmocka_unit_test(a_classifier_of_longer_vectors_is_not_adopted),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
