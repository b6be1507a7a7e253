// The zero-shot model: a cross-encoder from a folder, and what triage makes of its scores.
#include "model/cross.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/string.h"
#include "scratch.h"
#include "tiny_model.h"
#include "triage/triage.h"
#include "unit.h"

// Words are directions; the score of two texts together is larger when they share one.
static const struct tiny alike = {
                .table = {{0}, {8, 0, 0, 0}, {0, 8, 0, 0}, {0, 0, 8, 0}, {0, 0, 0, 8}, {NAN, 0, 0, 0}, {0}, {0}},
                .output = "logits",
                .score = true};
// Four logits, each the mean of its column.
static const struct tiny four = {
                .table = {{0}, {1, 2, 3, 4}, {0}, {0}, {0}, {0}, {0}, {0}}, .output = "logits", .sentence = true};

static char *folder_of(const struct tiny *t, const char *config) {
        return tiny_model(&(struct tiny_model){
                        .onnx = t,
                        .vocabulary = "\"u\":0,\"forgot\":1,\"money\":2,\"broken\":3,\"other\":4,\"nan\":5,\"last\":6",
                        .config = config});
}

static void need_runtime(void) {
        tiny_need(tiny_runtime_is_there());
}

static struct cross *open_model(const struct tiny *t, const char *config) {
        char *folder = folder_of(t, config);
        struct cross *m = NULL;
        struct error e = ERROR_INIT;

        if (cross_open(&(struct cross_options){.folder = folder}, &m, &e) < 0)
                fail_msg("%s", e.message);
        scratch_free(folder);
        return m;
}

static double score(struct cross *m, const char *premise, const char *hypothesis) {
        struct error e = ERROR_INIT;
        double s = NAN;

        if (cross_score(m, premise, hypothesis, &s, &e) < 0)
                fail_msg("%s", e.message);
        return s;
}

static void one_logit_is_a_score_of_both_texts(void **state _unused_) {
        need_runtime();

        struct cross *m _cleanup_(cross_free_p) = open_model(&alike, "{\"id2label\":{\"0\":\"LABEL_0\"}}");

        assert_true(fabs(score(m, "forgot", "forgot") - 64) < 1e-3);
        assert_true(fabs(score(m, "forgot", "money") - 32) < 1e-3);
        assert_true(score(m, "money money other", "money") > score(m, "money money other", "broken"));
        assert_int_equal(cross_tokens_max(m), 256);
        assert_int_equal(strlen(cross_version(m)), 16);
}

static void entailment_is_found_in_any_order_and_case(void **state _unused_) {
        static const struct {
                const char *config;
                double expected;
        } configs[] = {
                        {"{\"id2label\":{\"0\":\"contradiction\",\"1\":\"neutral\",\"2\":\"entailment\",\"3\":\"x\"}}",
                         3},
                        {"{\"id2label\":{\"0\":\"ENTAILMENT\",\"1\":\"Neutral\",\"2\":\"y\",\"3\":\"x\"}}", 1},
                        {"{\"id2label\":{\"0\":\"not_entailment\",\"1\":\"Entailment\",\"2\":\"y\",\"3\":\"x\"}}", 2},
                        {"{\"label2id\":{\"a\":0,\"b\":1,\"c\":2,\"entailment\":3}}", 4},
        };

        need_runtime();
        for (size_t i = 0; i < ARRAY_LEN(configs); i++) {
                struct cross *m _cleanup_(cross_free_p) = open_model(&four, configs[i].config);

                assert_true(fabs(score(m, "forgot", "forgot") - configs[i].expected) < 1e-5);
        }
}

static void what_is_no_zero_shot_model_is_refused_by_what_is_wrong(void **state _unused_) {
        static const struct tiny embedding = {.table = {{1}}};
        static const struct {
                const struct tiny *model;
                const char *config;
                int r;
                const char *says;
        } broken[] = {
                        {&four, "{\"id2label\":{\"0\":\"joy\",\"1\":\"fear\",\"2\":\"anger\",\"3\":\"x\"}}", -ENOTSUP,
                         "no \"entailment\" among the labels"},
                        {&four, "{}", -ENOTSUP, "4 logits, and no \"entailment\""},
                        {&four, "{\"id2label\":{\"0\":\"entailment\",\"1\":\"other\"}}", -EINVAL,
                         "4 logits, config.json has 2 labels"},
                        {&four, "{\"id2label\":[]}", -EINVAL, "id2label must be an object"},
                        {&embedding, "{}", -ENOTSUP, "no output logits"},
                        {&alike, "{\"max_position_embeddings\":20}", -EINVAL, "no room for a ticket"},
        };
        struct cross *m = NULL;
        struct error e = ERROR_INIT;

        need_runtime();
        for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
                char *folder = folder_of(broken[i].model, broken[i].config);
                int r = cross_open(&(struct cross_options){.folder = folder}, &m, &e);

                if (r != broken[i].r || !strstr(e.message, broken[i].says))
                        fail_msg("%s\ngave %d: %s", broken[i].config, r, e.message);
                assert_int_equal(e.code, ERROR_MODEL_UNAVAILABLE);
                assert_null(m);
                scratch_free(folder);
        }
        assert_int_equal(cross_open(&(struct cross_options){.folder = "/nowhere"}, &m, &e), -ENOENT);
        assert_non_null(strstr(e.message, "ZERO_SHOT_MODEL"));
}

static void a_long_ticket_is_cut_and_the_sentence_is_not(void **state _unused_) {
        need_runtime();

        struct cross *m _cleanup_(cross_free_p) = open_model(&alike, "{}");
        char *text _cleanup_free_ = malloc(200001);
        struct error e = ERROR_INIT;
        double s;

        for (size_t i = 0; i < 200000; i++)
                text[i] = "money "[i % 6];
        text[200000] = '\0';
        assert_true(fabs(score(m, text, "money") - 64) < 1e-2);
        assert_true(score(m, text, "other") < 64 * 255. / 256 && score(m, text, "other") > 60);
        assert_int_equal(cross_score(m, text, text, &s, &e), -EINVAL); // a sentence that leaves no room
        assert_int_equal(cross_score(m, " ", "money", &s, &e), -EINVAL);
        assert_int_equal(cross_score(m, "nan", "money", &s, &e), -EIO);
        assert_non_null(strstr(e.message, "not finite"));
}

// ---- in triage

static struct triage *open_triage(const char *hypotheses) {
        char *folder = scratch_new();
        struct triage *t = NULL;
        struct error e = ERROR_INIT;

        scratch_put(folder, "categories.tsv", "billing\tmoney\ngeneral\tother\n");
        scratch_put(folder, "examples.tsv", "");
        scratch_put(folder, "keywords.tsv", "complex\tgeneral\t2\tforgot\n");
        if (hypotheses)
                scratch_put(folder, "hypotheses.tsv", hypotheses);
        if (triage_open(folder, NULL, NULL, &t, &e) < 0)
                fail_msg("%s", e.message);
        scratch_free(folder);
        return t;
}

static const char words[] = "tier\ttier_1\tforgot\ntier\ttier_2\tmoney\ntier\tcomplex\tbroken\n"
                            "category\tbilling\tmoney\ntemplate\ttier\t{} u\ntemperature\tcategory\t4\n";

static void the_sentence_that_fits_best_decides(void **state _unused_) {
        need_runtime();

        struct cross *m _cleanup_(cross_free_p) = open_model(&alike, "{}");
        struct triage *t _cleanup_(triage_free_p) = open_triage(words);
        struct verdict v;
        char version[TRIAGE_VERSION_SIZE];

        assert_int_equal(triage_best_method(t), TRIAGE_KEYWORD);
        triage_use_model(t, m, 0.5, 60000);
        assert_int_equal(triage_best_method(t), TRIAGE_ZERO_SHOT_MODEL);
        triage_classify(t, "", "money money", NULL, &v);
        assert_int_equal(v.method, TRIAGE_ZERO_SHOT_MODEL);
        assert_int_equal(v.tier, TIER_2);
        assert_string_equal(v.category, "billing");
        assert_true(v.confidence > 0.5 && v.confidence < 1);
        assert_true(fabs(v.tiers[TIER_1] + v.tiers[TIER_2] + v.tiers[TIER_COMPLEX] - 1) < 1e-9);
        assert_string_equal(v.why, "fits: money u");
        triage_learned(t, TRIAGE_ZERO_SHOT_MODEL, version);
        assert_string_equal(v.learned, version);
        assert_int_equal(strlen(version), 16);
}

static void what_each_rung_says_is_kept(void **state _unused_) {
        need_runtime();

        struct cross *m _cleanup_(cross_free_p) = open_model(&alike, "{}");
        struct triage *t _cleanup_(triage_free_p) = open_triage(words);
        struct verdict half, alone;

        triage_use_model(t, m, 0.1, 60000);
        triage_classify(t, "", "forgot", NULL, &half);
        assert_int_equal(half.opinions_n, 2);
        assert_int_equal(half.opinions[0].method, TRIAGE_ZERO_SHOT_MODEL);
        assert_int_equal(half.opinions[0].tier, TIER_1);
        assert_int_equal(half.opinions[1].method, TRIAGE_KEYWORD);
        assert_int_equal(half.opinions[1].tier, TIER_COMPLEX);
        triage_use_model(t, m, 1, 60000);
        triage_classify(t, "", "forgot", NULL, &alone);
        assert_int_equal(alone.tier, TIER_1);
        assert_true(alone.tiers[TIER_1] > half.tiers[TIER_1]);
        assert_true(fabs(alone.confidence - half.opinions[0].confidence) < 1e-9);
}

static void a_model_that_fails_or_is_slow_steps_down_and_says_so(void **state _unused_) {
        need_runtime();

        struct cross *m _cleanup_(cross_free_p) = open_model(&alike, "{}");
        struct triage *t _cleanup_(triage_free_p) = open_triage(words);
        char problem[VERDICT_WHY_SIZE];
        struct verdict v;

        triage_use_model(t, m, 0.5, 60000);
        triage_classify(t, "", "forgot nan", NULL, &v);
        assert_int_equal(v.method, TRIAGE_KEYWORD);
        assert_non_null(strstr(v.stepped, "not finite"));
        triage_model_problem(t, problem);
        assert_string_equal(problem, v.stepped);
        triage_classify(t, "", "forgot", NULL, &v);
        assert_string_equal(v.stepped, "");
        triage_model_problem(t, problem);
        assert_string_equal(problem, "");

        triage_use_model(t, m, 0.5, 0); // no time at all
        triage_classify(t, "", "forgot", NULL, &v);
        assert_int_equal(v.method, TRIAGE_KEYWORD);
        assert_non_null(strstr(v.stepped, "ZERO_SHOT_BUDGET"));
        assert_string_equal(v.learned, "");

        triage_use_model(t, m, 0.5, 60000);
        triage_classify(t, "", "", NULL, &v); // nothing to read is no fault of the model's
        assert_int_equal(v.method, TRIAGE_NONE);
        triage_classify(t, "", "money", NULL, &v);
        assert_int_equal(v.method, TRIAGE_ZERO_SHOT_MODEL);
        assert_int_equal(v.opinions[1].method, TRIAGE_NONE);
        assert_int_equal(v.tier, TIER_2);
}

static void without_a_file_the_words_are_those_of_the_categories(void **state _unused_) {
        need_runtime();

        struct cross *m _cleanup_(cross_free_p) = open_model(&alike, "{}");
        struct triage *t _cleanup_(triage_free_p) = open_triage(NULL);
        struct verdict v;

        triage_use_model(t, m, 1, 60000);
        triage_classify(t, "", "money", NULL, &v);
        assert_string_equal(v.category, "billing");
        triage_classify(t, "", "other", NULL, &v);
        assert_string_equal(v.category, "general");
}

static void a_malformed_line_is_named(void **state _unused_) {
        static const struct {
                const char *text, *says;
        } broken[] = {
                        {"tier\ttier_9\tx\n", "line 1: \"tier_9\" is not a tier"},
                        {"\ncategory\tnone\tx\n", "line 2: there is no category \"none\""},
                        {"template\ttier\tno gap\n", "{} once"},
                        {"template\ttier\t{} {}\n", "{} once"},
                        {"template\tboth\t{}\n", "neither tier nor category"},
                        {"temperature\ttier\t0\n", "not a temperature"},
                        {"hypothesis\ttier\tx\n", "not one of template"},
                        {"tier\ttier_1\tx\ntier\ttier_1\ty\n", "line 2: this is said already"},
        };

        for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
                char *folder = scratch_new();
                struct triage *t = NULL;
                struct error e = ERROR_INIT;

                scratch_put(folder, "categories.tsv", "general\tother\n");
                scratch_put(folder, "examples.tsv", "");
                scratch_put(folder, "keywords.tsv", "");
                scratch_put(folder, "hypotheses.tsv", broken[i].text);
                assert_int_equal(triage_open(folder, NULL, NULL, &t, &e), -EINVAL);
                if (!strstr(e.message, broken[i].says) || !strstr(e.message, "hypotheses.tsv"))
                        fail_msg("%s\ngave: %s", broken[i].text, e.message);
                scratch_free(folder);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(one_logit_is_a_score_of_both_texts),
                        cmocka_unit_test(entailment_is_found_in_any_order_and_case),
                        cmocka_unit_test(what_is_no_zero_shot_model_is_refused_by_what_is_wrong),
                        cmocka_unit_test(a_long_ticket_is_cut_and_the_sentence_is_not),
                        cmocka_unit_test(the_sentence_that_fits_best_decides),
                        cmocka_unit_test(what_each_rung_says_is_kept),
                        cmocka_unit_test(a_model_that_fails_or_is_slow_steps_down_and_says_so),
                        cmocka_unit_test(without_a_file_the_words_are_those_of_the_categories),
                        cmocka_unit_test(a_malformed_line_is_named),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
