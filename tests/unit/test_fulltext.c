// The keyword index: words found whatever their ending, case and accents; a query is data, however hostile.
#include "unit.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "store/fulltext.h"

enum { HITS = 10 };

static int set_up(void **state) {
        static const char *const texts[][2] = {
                        {"Password reset", "Click the reset link in the email to choose a new password."},
                        {"Billing", "Invoices are sent monthly. Refunds for double charges take five days."},
                        {"R\xc3\xa9sum\xc3\xa9 upload",
                         "Uploading a r\xc3\xa9sum\xc3\xa9 fails when the file is large."},
                        {"Crashes", "When the application crashes, the log tells why the crash happened."},
                        {"Near miss", "Words AND operators, NEAR and NOT, are only words here."},
                        {"\xe6\x97\xa5\xe6\x9c\xac", "\xe3\x83\x91\xe3\x82\xb9\xe3\x83\xaf\xe3\x83\xbc\xe3\x83\x89"},
        };
        struct fulltext *f = NULL;
        struct error e = ERROR_INIT;

        if (fulltext_new(&f, &e) < 0)
                return -1;
        for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                if (fulltext_add(f, 100 + (int64_t) i, texts[i][0], texts[i][1], &e) < 0)
                        return -1;
        *state = f;
        return 0;
}

static int tear_down(void **state) {
        fulltext_free(*state);
        return 0;
}

// The id of the best, 0 when nothing is found.
static int64_t best(struct fulltext *f, const char *query) {
        struct fulltext_hit hits[HITS];
        struct error e = ERROR_INIT;
        int n = fulltext_search(f, query, hits, HITS, &e);

        if (n < 0)
                fail_msg("\"%.40s\": %s", query, e.message);
        for (int i = 1; i < n; i++)
                assert_true(hits[i].bm25 <= hits[i - 1].bm25);
        return n ? hits[0].id : 0;
}

static void words_are_found_whatever_their_form(void **state) {
        assert_int_equal(best(*state, "password"), 100);
        assert_int_equal(best(*state, "PASSWORDS resetting"), 100);
        assert_int_equal(best(*state, "refund"), 101);
        assert_int_equal(best(*state, "refunded charge"), 101);
        assert_int_equal(best(*state, "resume"), 102);
        assert_int_equal(best(*state, "R\xc3\x89SUM\xc3\x89"), 102);
        assert_int_equal(best(*state, "crashing"), 103);
        assert_int_equal(best(*state, "\xe6\x97\xa5\xe6\x9c\xac"), 105);
        assert_int_equal(best(*state, "zebra"), 0);
}

static void any_word_will_do_and_more_are_better(void **state) {
        assert_int_equal(best(*state, "zebra giraffe invoice"), 101);
        assert_int_equal(best(*state, "invoice crash application log"), 103);
}

static void a_query_is_data(void **state) {
        static const char *const queries[] = {
                        "\"",
                        "\"\"",
                        "\"password",
                        "password\"",
                        "pass\"word",
                        "'; DROP TABLE passage; --",
                        "password OR",
                        "OR password",
                        "AND",
                        "NOT password",
                        "NEAR(password reset)",
                        "NEAR(",
                        "NEAR/3",
                        "password*",
                        "*",
                        "^password",
                        "title:password",
                        "{title text}:password",
                        "-password",
                        "+password",
                        "(password",
                        ")",
                        "password AND (",
                        "\\",
                        "%",
                        "?1",
                        ":a @b $c",
                        "\n\t\r",
                        "",
                        "\xf0\x9f\x98\x80",
                        "\xcc\x81\xcc\x81\xcc\x81",
                        "a\xe2\x80\x8b b",
        };
        struct fulltext_hit hits[HITS];

        for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
                struct error e = ERROR_INIT;
                int n = fulltext_search(*state, queries[i], hits, HITS, &e);
                if (n < 0)
                        fail_msg("%s: %s", queries[i], e.message);
                double c = fulltext_coverage(*state, queries[i], 100);
                assert_true(c >= 0 && c <= 1);
        }
        assert_int_equal(best(*state, "NEAR(password reset)"), 100);
        assert_int_equal(best(*state, "title:billing"), 101); // "title" is a word like any other
        assert_int_equal(best(*state, "NOT operators"), 104);
        assert_int_equal(best(*state, "pass\"word"), 104); // two words; one of them is in a text
}

static void a_long_query_is_cut_and_no_harm_done(void **state) {
        static char query[200000];
        size_t n = 0;

        for (int i = 0; n + 16 < sizeof(query); i++)
                n += (size_t) snprintf(query + n, sizeof(query) - n, "w%d ", i);
        assert_int_equal(best(*state, query), 0);
        memcpy(query, "refund ", 7);
        assert_int_equal(best(*state, query), 101);
        memset(query, 'a', sizeof(query) - 1);
        assert_int_equal(best(*state, query), 0);
        memset(query, '"', sizeof(query) - 1);
        assert_int_equal(best(*state, query), 0);
        for (size_t i = 0; i + 1 < sizeof(query); i++)
                query[i] = "\xc3\xa9"[i % 2];
        assert_int_equal(best(*state, query), 0);
        double c = fulltext_coverage(*state, query, 100);
        assert_true(c == 0);
}

static void words_of_most_texts_do_not_decide(void **state) {
        struct fulltext *f = NULL;
        struct fulltext_hit hits[HITS];

        (void) state;
        assert_int_equal(fulltext_new(&f, NULL), 0);
        for (int i = 0; i < 9; i++)
                assert_int_equal(fulltext_add(f, i, "common", i == 4 ? "common rare" : "common", NULL), 0);
        assert_int_equal(fulltext_search(f, "common rare", hits, HITS, NULL), 1);
        assert_int_equal(hits[0].id, 4);
        assert_int_equal(fulltext_search(f, "common", hits, HITS, NULL), 9); // when there is nothing else
        assert_int_equal(fulltext_search(f, "common", hits, 3, NULL), 3);
        assert_int_equal(fulltext_search(f, "common", hits, 0, NULL), 0);
        fulltext_free(f);
}

static void coverage_is_the_share_of_the_words_by_their_weight(void **state) {
        assert_true(fulltext_coverage(*state, "password reset", 100) == 1);
        assert_true(fulltext_coverage(*state, "password reset password RESETS", 100) == 1);
        assert_true(fulltext_coverage(*state, "password reset", 101) == 0);
        double half = fulltext_coverage(*state, "password zebra", 100);
        assert_true(half > 0 && half < 0.5); // nobody has the zebra: it weighs more
        double rare = fulltext_coverage(*state, "the password", 100),
               common = fulltext_coverage(*state, "the password", 103);
        assert_true(rare > common && common > 0);
        assert_true(fulltext_coverage(*state, "", 100) == 0);
        assert_true(fulltext_coverage(*state, "password", 999) == 0);
}

static void nothing_is_added_after_the_first_search(void **state) {
        struct error e = ERROR_INIT;

        best(*state, "password");
        assert_int_equal(fulltext_add(*state, 1, "late", "late", &e), -EINVAL);
}

static void an_empty_index_answers(void **state) {
        struct fulltext *f = NULL;
        struct fulltext_hit hits[HITS];

        (void) state;
        assert_int_equal(fulltext_new(&f, NULL), 0);
        assert_int_equal(fulltext_search(f, "word", hits, HITS, NULL), 0);
        assert_true(fulltext_coverage(f, "word", 1) == 0);
        fulltext_free(f);
        assert_null(fulltext_free(NULL));
}

static void a_text_may_be_missing(void **state) {
        struct fulltext *f = NULL;

        (void) state;
        assert_int_equal(fulltext_new(&f, NULL), 0);
        assert_int_equal(fulltext_add(f, 1, NULL, "text", NULL), 0);
        assert_int_equal(fulltext_add(f, 2, "title", NULL, NULL), 0);
        assert_int_equal(best(f, "title"), 2);
        assert_int_equal(best(f, "text"), 1);
        fulltext_free(f);
}

struct race {
        struct fulltext *f;
        atomic_int wrong;
};

static void *search_often(void *arg) {
        struct race *x = arg;
        struct fulltext_hit hits[HITS];

        for (int i = 0; i < 200; i++) {
                bool first = fulltext_search(x->f, "password reset", hits, HITS, NULL) > 0 && hits[0].id == 100;
                if (!first || fulltext_coverage(x->f, "refund", 101) != 1)
                        atomic_fetch_add(&x->wrong, 1);
        }
        return NULL;
}

static void many_threads_may_search(void **state) {
        struct race x = {.f = *state};
        pthread_t threads[4];

        for (size_t i = 0; i < ARRAY_LEN(threads); i++)
                assert_int_equal(pthread_create(&threads[i], NULL, search_often, &x), 0);
        for (size_t i = 0; i < ARRAY_LEN(threads); i++)
                pthread_join(threads[i], NULL);
        assert_int_equal(x.wrong, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void) {
        const struct CMUnitTest tests[] = {
                        TEST(words_are_found_whatever_their_form),
                        TEST(any_word_will_do_and_more_are_better),
                        TEST(a_query_is_data),
                        TEST(a_long_query_is_cut_and_no_harm_done),
                        cmocka_unit_test(words_of_most_texts_do_not_decide),
                        TEST(coverage_is_the_share_of_the_words_by_their_weight),
                        TEST(nothing_is_added_after_the_first_search),
                        cmocka_unit_test(an_empty_index_answers),
                        cmocka_unit_test(a_text_may_be_missing),
                        TEST(many_threads_may_search),
        };

        return cmocka_run_group_tests_name("fulltext", tests, NULL, NULL);
}
