// Terms, how alike tickets are by them, and by them and vectors together.
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "triage/landmarks.h"

static struct terms of(const char *text) {
        struct terms t;

        assert_int_equal(terms_of("", text, &t), 0);
        return t;
}

// ---- terms

static void words_and_neighbours_are_terms(void **state _unused_) {
        struct terms t _cleanup_terms_ = of("Refund, please! REFUND please"), same _cleanup_terms_ = {0};
        unsigned times[5] = {0};

        // refund and please twice, "refund please" twice, "please refund" once
        assert_int_equal(t.n, 4);
        for (size_t i = 0; i < t.n; i++) {
                assert_true(i == 0 || t.items[i].hash > t.items[i - 1].hash);
                assert_in_range(t.items[i].times, 1, 2);
                times[t.items[i].times]++;
        }
        assert_true(times[2] == 3 && times[1] == 1);
        assert_int_equal(terms_of("refund please", "refund please", &same), 0);
        assert_int_equal(same.n, 3); // no pair spans subject and body
}

static void a_text_without_words_has_no_terms(void **state _unused_) {
        static const char *const none[] = {"", " ", "!?", "\xff\xfe"};

        for (size_t i = 0; i < ARRAY_LEN(none); i++) {
                struct terms t _cleanup_terms_ = of(none[i]);
                assert_int_equal(t.n, 0);
        }
}

static void numbers_are_known_by_their_length_alone(void **state _unused_) {
        struct terms a _cleanup_terms_ = of("order 4711"), b _cleanup_terms_ = of("order 9032"),
                       c _cleanup_terms_ = of("order 471");

        assert_true(a.n == 3 && b.n == 3 && c.n == 3);
        assert_memory_equal(a.items, b.items, a.n * sizeof(*a.items));
        assert_memory_not_equal(a.items, c.items, a.n * sizeof(*a.items));
        // Arabic-Indic, Persian, Devanagari
        static const char *const others[] = {"order ٤٧١١", "order ۴۷۱۱", "order ४७११"};
        for (size_t i = 0; i < ARRAY_LEN(others); i++) {
                struct terms o _cleanup_terms_ = of(others[i]);
                assert_int_equal(o.n, 3);
                assert_memory_equal(o.items, a.items, a.n * sizeof(*a.items));
        }
}

static void a_long_text_has_as_many_terms_as_are_read(void **state _unused_) {
        enum { WORDS = 5000, WORD = 6 };
        char *text _cleanup_free_ = malloc(WORDS * WORD + 1), *often _cleanup_free_ = malloc(WORDS * 2 + 1);

        for (size_t i = 0; i < WORDS; i++) {
                snprintf(text + i * WORD, WORD + 1, "w%c%c%c%c ", (char) ('a' + i / 17576), (char) ('a' + i / 676 % 26),
                         (char) ('a' + i / 26 % 26), (char) ('a' + i % 26));
                memcpy(often + i * 2, "x ", 3);
        }
        struct terms t _cleanup_terms_ = of(text), x _cleanup_terms_ = of(often);
        assert_int_equal(t.n, TERMS_MAX);
        assert_int_equal(x.n, 2); // the word, and twice the word
        assert_int_equal(x.items[0].times, UINT8_MAX);
}

static void what_only_one_ticket_says_is_not_kept(void **state _unused_) {
        struct terms all[] = {of("my name is ann"), of("my name is bob"), of("zzz"), of("")};

        assert_int_equal(terms_keep_shared(all, ARRAY_LEN(all)), 0);
        struct terms left _cleanup_terms_ = of("my name is");
        assert_int_equal(all[0].n, left.n);
        assert_memory_equal(all[0].items, left.items, left.n * sizeof(*left.items));
        assert_memory_equal(all[1].items, left.items, left.n * sizeof(*left.items));
        assert_true(all[2].n == 0 && all[3].n == 0);
        for (size_t i = 0; i < ARRAY_LEN(all); i++)
                terms_clear(&all[i]);
}

// ---- likeness

static void likeness_is_that_of_the_formula(void **state _unused_) {
        struct terms all[] = {of("pay pay"), of("pay"), of("crash")};
        struct term_index *x _cleanup_(term_index_free_p) = NULL;
        double like[3];

        assert_int_equal(term_index_new(all, ARRAY_LEN(all), &x), 0);
        struct terms asked _cleanup_terms_ = of("pay crash");
        term_index_liken(x, &asked, like);
        // "pay" is in two tickets of three, "pay pay" and "crash" in one; "pay crash" in none, and does not count.
        double two = 1 + log(4.0 / 3), one = 1 + log(4.0 / 2), pay = (1 + log(2)) * two;
        double asked_length = sqrt(two * two + one * one);
        assert_true(fabs(like[0] - two * pay / sqrt(pay * pay + one * one) / asked_length) < 1e-6);
        assert_true(fabs(like[1] - two / asked_length) < 1e-6);
        assert_true(fabs(like[2] - one / asked_length) < 1e-6);
        term_index_liken(x, &all[0], like);
        assert_true(fabs(like[0] - 1) < 1e-6 && like[2] == 0);
        for (size_t i = 0; i < ARRAY_LEN(all); i++)
                terms_clear(&all[i]);
}

static void what_nobody_said_is_like_nothing(void **state _unused_) {
        struct terms all[2] = {{0}, {0}}, asked _cleanup_terms_ = of("hello there");
        struct term_index *x _cleanup_(term_index_free_p) = NULL;
        double like[2] = {7, 7};

        assert_int_equal(term_index_new(all, ARRAY_LEN(all), &x), 0);
        term_index_liken(x, &asked, like);
        assert_true(like[0] == 0 && like[1] == 0);
}

static void vectors_and_terms_are_heard_by_their_parts(void **state _unused_) {
        static const int8_t vectors[2][2] = {{127, 0}, {0, 127}};
        static const float asked[] = {1, 0};
        struct landmarks *l _cleanup_(landmarks_free_p) = landmarks_new(2, 2);
        double by_both[2], by_vector[2];

        assert_non_null(l);
        for (size_t i = 0; i < 2; i++)
                landmarks_set(l, i, vectors[i]);
        l->terms[0] = of("crash");
        l->terms[1] = of("pay");
        l->terms_part = 0.25;
        assert_int_equal(landmarks_ready(l), 0);
        struct terms pay _cleanup_terms_ = of("pay");
        landmarks_liken(l, (struct likened){.vector = asked, .terms = &pay}, by_both);
        landmarks_liken(l, (struct likened){.vector = asked}, by_vector);
        assert_true(fabs(by_vector[0] - 0.75) < 1e-6 && fabs(by_vector[1] - 0.75 * exp(-2)) < 1e-6);
        assert_true(fabs(by_both[0] - 0.75) < 1e-6 && fabs(by_both[1] - 0.75 * exp(-2) - 0.25) < 1e-6);
        landmarks_liken_own(l, 1, by_both);
        assert_true(fabs(by_both[1] - 1) < 1e-6);
        static const float broken[][2] = {{NAN, 0}, {0, INFINITY}};
        for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
                landmarks_liken(l, (struct likened){.vector = broken[i], .terms = &pay}, by_both);
                assert_true(isnan(by_both[0]) && isnan(by_both[1]));
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(words_and_neighbours_are_terms),
                        cmocka_unit_test(a_text_without_words_has_no_terms),
                        cmocka_unit_test(numbers_are_known_by_their_length_alone),
                        cmocka_unit_test(a_long_text_has_as_many_terms_as_are_read),
                        cmocka_unit_test(what_only_one_ticket_says_is_not_kept),
                        cmocka_unit_test(likeness_is_that_of_the_formula),
                        cmocka_unit_test(what_nobody_said_is_like_nothing),
                        cmocka_unit_test(vectors_and_terms_are_heard_by_their_parts),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
