// What is done about a ticket, for every kind of verdict; and how long to wait when it fails.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/string.h"
#include "desk/backoff.h"
#include "desk/decide.h"

static char document[] = "a.txt", title[] = "How?", passage[] = "So.";
static struct finding item = {.document = document, .title = title, .passage = passage, .score = 0.8, .above = true};

static const struct {
        enum tier tier;
        enum triage_method method;
        double confidence;
        bool found, taken;
        enum action action;
        const char *says;
} cases[] = {
                {TIER_1, TRIAGE_ZERO_SHOT, 0.9, true, false, ACTION_AUTO_RESOLVE, "How?"},
                {TIER_1, TRIAGE_KEYWORD, 0.9, true, false, ACTION_AUTO_RESOLVE, "90 %"},
                {TIER_2, TRIAGE_ZERO_SHOT, 0.5, true, false, ACTION_ANSWER, "tier_2"},
                {TIER_1, TRIAGE_ZERO_SHOT, 0.49, true, false, ACTION_ESCALATE, "only 49 %"},
                {TIER_2, TRIAGE_ZERO_SHOT, 0.1, true, false, ACTION_ESCALATE, "50 % are needed"},
                {TIER_1, TRIAGE_ZERO_SHOT, 0.9, false, false, ACTION_ESCALATE, "nothing in the knowledge base"},
                {TIER_2, TRIAGE_ZERO_SHOT, 0.9, false, false, ACTION_ESCALATE, "nothing in the knowledge base"},
                {TIER_COMPLEX, TRIAGE_ZERO_SHOT, 1.0, true, false, ACTION_ESCALATE, "person"},
                {TIER_COMPLEX, TRIAGE_NONE, 0, true, false, ACTION_ESCALATE, "could not be classified"},
                {TIER_1, TRIAGE_NONE, 1.0, true, false, ACTION_ESCALATE, "could not be classified"},
                {TIER_1, TRIAGE_ZERO_SHOT, 1.0, true, true, ACTION_ESCALATE, "wrote again"},
};

static void test_policy(void **state) {
        (void) state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                struct verdict v = {
                                .tier = cases[i].tier, .method = cases[i].method, .confidence = cases[i].confidence};
                struct findings f = {.found = cases[i].found, .items = &item, .n = 1, .floor = 0.4};
                char reason[REASON_SIZE] = "";

                assert_int_equal(decide(&v, &f, cases[i].taken ? "the customer wrote again" : NULL, 0.5, reason),
                                 cases[i].action);
                assert_non_null(strstr(reason, cases[i].says));
        }
}

static void test_policy_without_any_passage(void **state) {
        struct verdict v = {.tier = TIER_1, .method = TRIAGE_KEYWORD, .confidence = 1};
        struct findings f = {0};
        char reason[REASON_SIZE];

        (void) state;
        assert_int_equal(decide(&v, &f, NULL, 0.5, reason), ACTION_ESCALATE);
        assert_non_null(strstr(reason, "nothing in the knowledge base"));
}

// A reason that is not UTF-8 could be neither stored nor sent: the ticket would never come to an end.
static void test_a_long_title_is_cut_between_characters(void **state) {
        struct verdict v = {.tier = TIER_1, .method = TRIAGE_ZERO_SHOT, .confidence = 1};
        char reason[REASON_SIZE];

        (void) state;
        for (size_t letters = 90; letters < 104; letters++) {
                char longest[400] = "";
                memset(longest, 'a', letters);
                for (size_t i = letters; i + 3 < sizeof(longest); i += 3)
                        memcpy(longest + i, "\xe2\x82\xac", 3);
                struct finding one = {
                                .document = document, .title = longest, .passage = passage, .score = 1, .above = true};
                struct findings f = {.found = true, .items = &one, .n = 1};

                assert_int_equal(decide(&v, &f, NULL, 0.5, reason), ACTION_AUTO_RESOLVE);
                assert_true(utf8_valid(reason, strlen(reason)));
                assert_non_null(strstr(reason, "(score 1.00)"));
        }
}

static void test_backoff_grows_and_is_bounded(void **state) {
        (void) state;
        for (unsigned round = 0; round < 200; round++) {
                assert_in_range(backoff_ms(0), 250, 750);
                assert_in_range(backoff_ms(1), 250, 750);
                assert_in_range(backoff_ms(4), 2000, 6000);
                assert_in_range(backoff_ms(1000), 300000, 900000);
                assert_in_range(backoff_ms(UINT32_MAX), 300000, 900000);
        }
}

static void test_what_is_sent_unasked_must_be_nearer_than_the_floor(void **state) {
        struct verdict v = {.tier = TIER_1, .method = TRIAGE_ZERO_SHOT, .confidence = 0.9};
        struct findings f = {.found = true, .items = &item, .n = 1, .floor = 0.79, .method = RETRIEVAL_SEMANTIC};
        char reason[REASON_SIZE];

        (void) state;
        assert_int_equal(decide(&v, &f, NULL, 0.5, reason), ACTION_ESCALATE);
        assert_non_null(strstr(reason, "best score 0.80, needed 0.81"));
        f.floor = 0.78;
        assert_int_equal(decide(&v, &f, NULL, 0.5, reason), ACTION_AUTO_RESOLVE);
        f.floor = 0.79;
        f.method = RETRIEVAL_KEYWORD; // a share of words: no margin is known for that
        assert_int_equal(decide(&v, &f, NULL, 0.5, reason), ACTION_AUTO_RESOLVE);
}

static void test_one_sentence_alone_takes_an_answer_back(void **state) {
        struct verdict v = {.tier = TIER_1, .method = TRIAGE_ZERO_SHOT, .confidence = 0.97};
        static const struct {
                enum action action;
                size_t judged;
                bool all;
                double complex;
                enum action then;
                const char *says; // NULL: as it was
        } alone[] = {
                        {ACTION_AUTO_RESOLVE, 2, true, 0.88, ACTION_ESCALATE,
                         "tier_1 (97 % sure), but one sentence alone is complex (88 % sure): \"It shows <others>.\""},
                        {ACTION_AUTO_RESOLVE, 2, true, 0.3, ACTION_AUTO_RESOLVE, NULL},
                        {ACTION_ANSWER, 2, true, 0.95, ACTION_ESCALATE, "one sentence alone is complex (95 % sure)"},
                        {ACTION_ANSWER, 2, true, 0.3, ACTION_ANSWER, NULL},
                        {ACTION_AUTO_RESOLVE, 0, true, 0, ACTION_AUTO_RESOLVE, NULL},
                        {ACTION_AUTO_RESOLVE, 16, false, 0.1, ACTION_ESCALATE,
                         "tier_1 (97 % sure), but only 16 of its sentences could be judged alone"},
                        {ACTION_ESCALATE, 2, true, 0.99, ACTION_ESCALATE, NULL},
        };

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(alone); i++) {
                struct alone a = {.judged = alone[i].judged,
                                  .all = alone[i].all,
                                  .complex = alone[i].complex,
                                  .text = "It shows <others>."};
                char reason[REASON_SIZE] = "as it was";
                size_t said_at = 99;

                assert_int_equal(decide_alone(&a, &v, alone[i].action, reason, &said_at), alone[i].then);
                assert_non_null(strstr(reason, alone[i].says ? alone[i].says : "as it was"));
                const char *said = strstr(reason, "It shows");
                assert_true(said ? said_at > 0 && reason + said_at < said : said_at == 0);
        }
}

// How sure it is that an answer may be wrong: what resolves the ticket by itself is taken back earlier than what leaves
// it open.
static void test_a_resolution_is_taken_back_before_an_answer(void **state) {
        struct verdict v = {.tier = TIER_2, .confidence = 0.9};
        struct alone a = {.judged = 2, .all = true, .complex = 0.75};
        char reason[REASON_SIZE];
        size_t said_at;

        (void) state;
        assert_int_equal(decide_alone(&a, &v, ACTION_AUTO_RESOLVE, reason, &said_at), ACTION_ESCALATE);
        assert_int_equal(decide_alone(&a, &v, ACTION_ANSWER, reason, &said_at), ACTION_ANSWER);
}

static void test_the_longest_sentence_fits(void **state) {
        struct verdict v = {.tier = TIER_1, .confidence = 1};
        struct alone a = {.judged = 2, .all = true, .complex = 1};
        char reason[REASON_SIZE];
        size_t said_at;

        (void) state;
        memset(a.text, 'a', sizeof(a.text) - 1);
        assert_int_equal(decide_alone(&a, &v, ACTION_AUTO_RESOLVE, reason, &said_at), ACTION_ESCALATE);
        assert_string_equal(reason + strlen(reason) - 2, "a\"");
}

static void test_too_little_evidence_makes_a_draft(void **state) {
        struct limit l = {.on = true, .max_wrong = 0.02, .why = "no evidence"};
        struct verdict v = {.tier = TIER_2, .method = TRIAGE_ZERO_SHOT, .confidence = 0.99, .category = "billing"};
        char reason[REASON_SIZE] = "as it was";
        bool draft = true;

        (void) state;
        assert_int_equal(decide_within(&l, &v, ACTION_ANSWER, &draft, reason), ACTION_ANSWER);
        assert_true(draft);
        assert_non_null(strstr(reason, "draft: no evidence"));
        assert_int_equal(decide_within(&l, &v, ACTION_ESCALATE, &draft, reason), ACTION_ESCALATE);
        assert_false(draft);
}

static void test_the_threshold_of_the_category_is_kept(void **state) {
        struct limit l = {.on = true, .max_wrong = 0.02, .choice = {.automatic = true, .threshold = 0.8}};
        struct verdict v = {.tier = TIER_1, .method = TRIAGE_ZERO_SHOT, .confidence = 0.8, .category = "billing"};
        char reason[REASON_SIZE] = "as it was";
        bool draft = true;

        (void) state;
        assert_int_equal(decide_within(&l, &v, ACTION_AUTO_RESOLVE, &draft, reason), ACTION_AUTO_RESOLVE);
        assert_false(draft);
        assert_string_equal(reason, "as it was");
        v.confidence = 0.79;
        assert_int_equal(decide_within(&l, &v, ACTION_AUTO_RESOLVE, &draft, reason), ACTION_ESCALATE);
        assert_false(draft);
        assert_non_null(strstr(reason, "at most 2 % wrong answers in billing need 80 %"));

        l = (struct limit){0};
        assert_int_equal(decide_within(&l, &v, ACTION_AUTO_RESOLVE, &draft, reason), ACTION_AUTO_RESOLVE);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_policy),
                        cmocka_unit_test(test_policy_without_any_passage),
                        cmocka_unit_test(test_a_long_title_is_cut_between_characters),
                        cmocka_unit_test(test_what_is_sent_unasked_must_be_nearer_than_the_floor),
                        cmocka_unit_test(test_one_sentence_alone_takes_an_answer_back),
                        cmocka_unit_test(test_a_resolution_is_taken_back_before_an_answer),
                        cmocka_unit_test(test_the_longest_sentence_fits),
                        cmocka_unit_test(test_too_little_evidence_makes_a_draft),
                        cmocka_unit_test(test_the_threshold_of_the_category_is_kept),
                        cmocka_unit_test(test_backoff_grows_and_is_bounded),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
