// A ticket's sentences, each judged alone: which they are, and which one is shown. By keywords, so that what comes out
// is known beforehand.
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "scratch.h"
#include "triage/alone.h"

static int set_up(void **state) {
        char *folder = scratch_new();
        struct triage *t = NULL;
        struct error e = ERROR_INIT;

        scratch_put(folder, "categories.tsv", "general\tthe rest\n");
        scratch_put(folder, "examples.tsv", "");
        scratch_put(folder, "keywords.tsv",
                    "tier_1\tgeneral\t6\texport\ncomplex\tgeneral\t4\tleak*\n"
                    "complex\tgeneral\t1\tslow\n");
        int r = triage_open(folder, NULL, NULL, &t, &e);
        scratch_free(folder);
        *state = t;
        return r;
}

static int tear_down(void **state) {
        triage_free(*state);
        return 0;
}

static struct alone judge(void **state, const char *subject, const char *body) {
        struct alone a;

        assert_int_equal(alone_judge(*state, NULL, subject, body, &a), 0);
        assert_true(a.complex >= 0 && a.complex <= 1);
        assert_true(utf8_valid(a.text, strlen(a.text)));
        return a;
}

static void the_most_complex_sentence_is_shown(void **state) {
        struct verdict v;
        static const char body[] =
                        "How do I export my data? It is so slow these days. Yesterday it\nleaked the names of others.";
        struct alone a = judge(state, "", body);

        triage_classify(*state, "", body, NULL, &v);
        assert_int_equal(v.tier, TIER_1); // all together it is a question
        assert_int_equal(a.judged, 3);
        assert_true(a.all);
        assert_true(a.complex > 0.8);
        assert_string_equal(a.text, "Yesterday it leaked the names of others.");
}

static void wherever_it_stands_and_however_it_is_written(void **state) {
        static const struct {
                const char *subject, *body;
                size_t judged;
        } cases[] = {
                        {"", "Your site leaks the names of others. How do I export my data?", 2},
                        {"Your site leaks the names of others", "How do I export my data?", 2},
                        {"How do I export my data?", "your site leaks the names of others", 2},
                        {"", "how do i export my data? your site leaks the names of others. thanks", 2},
                        {"", "How do I export my data\nYour site leaks the names of others", 2},
                        {"", "How do I export my data?\r\n\r\n- your site leaks the names of others", 2},
                        {"Question", "Your site leaks the names of others", 1},
                        {"",
                         "How do I export my data? Thanks. Your site leaks the names of others. With kind regards, Ole "
                         "Hansen",
                         2},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct alone a = judge(state, cases[i].subject, cases[i].body);
                if (a.judged != cases[i].judged || a.complex < 0.8 || !strstr(a.text, "leaks the names"))
                        fail_msg("case %zu: %zu judged, %.2f \"%s\"", i, a.judged, a.complex, a.text);
        }
}

static void a_single_sentence_is_the_ticket_itself(void **state) {
        static const char *const bodies[] = {"", "Your site leaks the names of others",
                                             "  Your site leaks the names of others!  \n",
                                             "your site leaks, e.g. names, to www.example.com. ",
                                             ("A mail program broke this line where it was full, as they all do, "
                                              "and\nyour site leaks all the same")};

        for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
                struct alone a = judge(state, "", bodies[i]);
                assert_int_equal(a.judged, 0);
                assert_true(a.all);
                assert_string_equal(a.text, "");
        }
}

static void of_too_many_it_is_said(void **state) {
        static const char one[] = "This is a calm export sentence. ";
        char body[(ALONE_SENTENCES_MAX + 2) * sizeof(one)] = "";

        for (size_t n = 1; n <= ALONE_SENTENCES_MAX + 1; n++) {
                memcpy(body + (n - 1) * (sizeof(one) - 1), one, sizeof(one));
                struct alone a = judge(state, "", body);
                assert_int_equal(a.judged, n == 1 ? 0 : MIN(n, (size_t) ALONE_SENTENCES_MAX));
                assert_true(a.all == (n <= ALONE_SENTENCES_MAX));
        }
}

static void what_is_shown_is_one_line_and_cut_between_characters(void **state) {
        for (size_t letters = 60; letters < 120; letters++) {
                char body[1000], long_word[400];

                memset(long_word, 'a', letters);
                for (size_t i = letters; i + 3 < sizeof(long_word); i += 3)
                        memcpy(long_word + i, "\xe2\x82\xac", 4);
                snprintf(body, sizeof(body), "How do I export it? This\t\x07 leaks the\t%s", long_word);
                struct alone a = judge(state, "", body);
                assert_memory_equal(a.text, "This leaks the aaa", 18);
                assert_true(strlen(a.text) > ALONE_TEXT_SIZE - 4);
        }
}

static void hostile_text_takes_time_in_proportion(void **state) {
        static const char *const repeated[] = {".",  "a. ",   "a b c d. ", "\n",        "a\n",
                                               "? ", "- a\n", "\xFF",      "a b c d e "};
        enum { SIZE = 1 << 18 };

        for (size_t i = 0; i < ARRAY_LEN(repeated); i++) {
                size_t unit = strlen(repeated[i]);
                char *body _cleanup_free_ = malloc(SIZE + 1);
                assert_non_null(body);
                for (size_t k = 0; k < SIZE; k++)
                        body[k] = repeated[i][k % unit];
                body[SIZE] = '\0';
                struct alone a;
                assert_int_equal(alone_judge(*state, NULL, "", body, &a), 0);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(the_most_complex_sentence_is_shown),
                        cmocka_unit_test(wherever_it_stands_and_however_it_is_written),
                        cmocka_unit_test(a_single_sentence_is_the_ticket_itself),
                        cmocka_unit_test(of_too_many_it_is_said),
                        cmocka_unit_test(what_is_shown_is_one_line_and_cut_between_characters),
                        cmocka_unit_test(hostile_text_takes_time_in_proportion),
        };
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
