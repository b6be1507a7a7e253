// Systems of equations, likeness, and what is learned of both.
#include "unit.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "triage/cholesky.h"
#include "triage/kernel.h"
#include "triage/ridge.h"

enum { D = 5, ROWS = 150, CLASSES = 3 };

static double chance(uint32_t *state) {
        *state = *state * 1664525U + 1013904223U;
        return (double) (*state >> 8) / (1 << 24) - 0.5;
}

// ---- systems of equations

// m * m' with something on the diagonal, and the right side for a solution that is known.
static void one_system(size_t n, unsigned threads) {
        double *m _cleanup_free_ = calloc(n * n, sizeof(*m)), *a _cleanup_free_ = calloc(n * n, sizeof(*a));
        double *x _cleanup_free_ = calloc(n * 2, sizeof(*x)), *b _cleanup_free_ = calloc(n * 2, sizeof(*b));
        uint32_t state = 7;

        for (size_t i = 0; i < n * n; i++)
                m[i] = chance(&state);
        for (size_t i = 0; i < n * 2; i++)
                x[i] = chance(&state);
        for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < n; j++) {
                        double sum = i == j ? 1 : 0;
                        for (size_t k = 0; k < n; k++)
                                sum += m[i * n + k] * m[j * n + k];
                        a[i * n + j] = j <= i ? sum : NAN; // the upper half is never read
                        b[i * 2] += sum * x[j * 2];
                        b[i * 2 + 1] += sum * x[j * 2 + 1];
                }
        assert_int_equal(cholesky_factor(a, n, threads), 0);
        cholesky_solve(a, n, b, 2);
        for (size_t i = 0; i < n * 2; i++)
                if (fabs(b[i] - x[i]) > 1e-8)
                        fail_msg("n %zu: %g instead of %g", n, b[i], x[i]);
}

static void systems_are_solved_whatever_their_size(void **state _unused_) {
        static const size_t sizes[] = {1, 2, 3, 4, 5, 63, 64, 65, 66, 67, 128, 131, 197};

        for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
                one_system(sizes[i], 1);
                one_system(sizes[i], 3);
        }
}

static void what_is_not_positive_definite_is_refused(void **state _unused_) {
        double negative[] = {1, 0, 2, 1}, nothing[] = {0}, hole[] = {1, 0, NAN, 1};

        assert_int_equal(cholesky_factor(negative, 2, 1), -EDOM);
        assert_int_equal(cholesky_factor(nothing, 1, 1), -EDOM);
        assert_int_equal(cholesky_factor(hole, 2, 1), -EDOM);
}

// ---- likeness

static void a_vector_in_bytes_is_nearly_the_same(void **state _unused_) {
        static const float v[D] = {0.5F, -0.1F, 0.7F, 0.01F, -0.5F}, other[D] = {0.1F, 0.9F, 0.3F, 0, 0.2F};
        int8_t q[D];
        int16_t a[D], b[D];
        double vv = 0, oo = 0, vo = 0;

        for (size_t i = 0; i < D; i++) {
                vv += (double) v[i] * (double) v[i];
                oo += (double) other[i] * (double) other[i];
                vo += (double) v[i] * (double) other[i];
        }
        assert_true(kernel_quantise(v, D, q));
        assert_int_equal(q[2], 127);
        double length_a = kernel_widen(q, D, a);
        assert_true(kernel_quantise(other, D, q));
        double length_b = kernel_widen(q, D, b);
        assert_true(fabs(kernel(a, length_a, a, length_a, D) - 1) < 1e-9);
        assert_true(fabs(kernel(a, length_a, b, length_b, D) - exp(2 * (vo / sqrt(vv * oo) - 1))) < 2e-3);
}

// Blocks and what is left of them, and the largest values there can be.
static void all_dimensions_count(void **state _unused_) {
        static const size_t sizes[] = {1, 63, 64, 65, 384, 1000, KERNEL_DIMENSIONS_MAX};
        static int8_t q[KERNEL_DIMENSIONS_MAX];
        static int16_t v[KERNEL_DIMENSIONS_MAX];

        memset(q, -127, sizeof(q));
        for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
                assert_true(fabs(kernel_widen(q, sizes[i], v) - 127 * sqrt((double) sizes[i])) < 1e-6);
}

static void a_vector_of_nothing_stays_nothing(void **state _unused_) {
        static const float none[D] = {0};
        int8_t q[D];
        int16_t v[D];

        assert_true(kernel_quantise(none, D, q));
        assert_true(kernel_widen(q, D, v) == 0);
        assert_true(fabs(kernel(v, 0, v, 0, D) - exp(-2)) < 1e-9);
}

// ---- learning

struct rows {
        float values[ROWS * D];
        struct likened items[ROWS];
        double weights[ROWS];
        uint32_t class_of[ROWS];
};

// Which class a point is of depends on the product of two of its values: no plane tells them apart.
static void make(struct rows *r, uint32_t seed) {
        for (size_t i = 0; i < ROWS; i++) {
                float *v = r->values + i * D;
                double sum = 0;
                for (size_t k = 0; k < D; k++) {
                        v[k] = (float) chance(&seed) * (k < 2 ? 3 : 1);
                        sum += (double) v[k] * (double) v[k];
                }
                for (size_t k = 0; k < D; k++)
                        v[k] = (float) (v[k] / sqrt(sum));
                r->items[i] = (struct likened){.vector = v};
                r->weights[i] = 1;
                r->class_of[i] = v[0] * v[1] > 0 ? 0 : v[2] > 0 ? 1 : 2;
        }
}

static struct landmarks *some_of(const struct likened *items, size_t n, size_t wanted, size_t d) {
        struct landmarks *l = landmarks_new(MIN(n, wanted), d);
        int8_t quantised[D];

        assert_non_null(l);
        for (size_t i = 0; i < l->n; i++) {
                assert_true(kernel_quantise(items[i * n / l->n].vector, d, quantised));
                landmarks_set(l, i, quantised);
        }
        assert_int_equal(landmarks_ready(l), 0);
        return l;
}

static void score(const struct landmarks *l, const float *weights, const float *constants, struct likened x,
                  double ret[CLASSES]) {
        double like[ROWS];

        landmarks_liken(l, x, like);
        for (size_t k = 0; k < CLASSES; k++)
                ret[k] = (double) constants[k];
        for (size_t i = 0; i < l->n; i++)
                for (size_t k = 0; k < CLASSES; k++)
                        ret[k] += like[i] * (double) weights[i * CLASSES + k];
}

static double right_on(const struct rows *r, const struct landmarks *l, const float *weights, const float *constants) {
        size_t right = 0;

        for (size_t i = 0; i < ROWS; i++) {
                double s[CLASSES];
                score(l, weights, constants, r->items[i], s);
                size_t best = s[1] > s[0] ? 1 : 0;
                best = s[2] > s[best] ? 2 : best;
                right += best == r->class_of[i];
        }
        return (double) right / ROWS;
}

static double learned(size_t landmarks, unsigned threads, float *weights, float *constants) {
        static struct rows seen, fresh;
        struct ridge *g _cleanup_(ridge_free_p) = NULL;

        make(&seen, 3);
        make(&fresh, 99);
        struct landmarks *l _cleanup_(landmarks_free_p) = some_of(seen.items, ROWS, landmarks, D);
        struct ridge_rows rows = {.landmarks = l, .items = seen.items, .weights = seen.weights, .n = ROWS};
        assert_int_equal(ridge_new(&rows, threads, &g), 0);
        assert_int_equal(ridge_learn(g, seen.class_of, CLASSES, weights, constants), 0);
        return right_on(&fresh, l, weights, constants);
}

static void what_no_plane_tells_apart_is_learned(void **state _unused_) {
        float weights[ROWS * CLASSES], constants[CLASSES];

        assert_true(learned(ROWS, 1, weights, constants) > 0.8);
}

static void fewer_landmarks_than_rows_do_nearly_as_well(void **state _unused_) {
        float weights[ROWS * CLASSES], constants[CLASSES];
        double all = learned(ROWS + 10, 1, weights, constants), some = learned(70, 1, weights, constants);

        assert_true(some > all - 0.08 && some > 0.75);
}

static void no_thread_changes_the_result(void **state _unused_) {
        static const size_t landmarks[] = {ROWS, 70};

        for (size_t i = 0; i < ARRAY_LEN(landmarks); i++) {
                float a[ROWS * CLASSES] = {0}, b[ROWS * CLASSES] = {0}, constants[CLASSES], others[CLASSES];
                (void) learned(landmarks[i], 1, a, constants);
                (void) learned(landmarks[i], 4, b, others);
                assert_memory_equal(a, b, sizeof(a));
                assert_memory_equal(constants, others, sizeof(constants));
        }
}

// Of a row alone: (1 + ridge / weight) * x = 1 - constant, whose constant is 1 as all rows are of its class.
static void weights_and_constants_are_those_of_the_formula(void **state _unused_) {
        static const float one[] = {1, 0}, other[] = {0, 1};
        static const struct likened items[] = {{.vector = one}, {.vector = other}};
        static const double counts[] = {1, 3};
        static const uint32_t class_of[] = {0, 1};
        struct ridge *g _cleanup_(ridge_free_p) = NULL;
        struct landmarks *l _cleanup_(landmarks_free_p) = some_of(items, 2, 2, 2);
        struct ridge_rows rows = {.landmarks = l, .items = items, .weights = counts, .n = 2};
        float weights[4], constants[2];
        double like = exp(-2), a = 1 + 0.1, b = 1 + 0.1 / 3, det = a * b - like * like;

        assert_int_equal(ridge_new(&rows, 1, &g), 0);
        assert_int_equal(ridge_learn(g, class_of, 2, weights, constants), 0);
        assert_true(fabs((double) constants[0] - 0.25) < 1e-6 && fabs((double) constants[1] - 0.75) < 1e-6);
        // The first class wants .75 of the first row and -.25 of the second.
        assert_true(fabs((double) weights[0] - (b * 0.75 + like * 0.25) / det) < 1e-5);
        assert_true(fabs((double) weights[2] - (-a * 0.25 - like * 0.75) / det) < 1e-5);
        assert_true(fabs((double) weights[0] + (double) weights[1]) < 1e-6);
}

static void what_is_not_finite_is_refused(void **state _unused_) {
        static struct rows r;
        struct ridge *g = NULL;

        make(&r, 5);
        r.weights[3] = NAN;
        static const size_t landmarks[] = {ROWS, 20};
        for (size_t i = 0; i < ARRAY_LEN(landmarks); i++) {
                struct landmarks *l _cleanup_(landmarks_free_p) = some_of(r.items, ROWS, landmarks[i], D);
                struct ridge_rows rows = {.landmarks = l, .items = r.items, .weights = r.weights, .n = ROWS};
                assert_int_equal(ridge_new(&rows, 1, &g), -EDOM);
        }
        assert_null(g);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(systems_are_solved_whatever_their_size),
                        cmocka_unit_test(what_is_not_positive_definite_is_refused),
                        cmocka_unit_test(a_vector_in_bytes_is_nearly_the_same),
                        cmocka_unit_test(all_dimensions_count),
                        cmocka_unit_test(a_vector_of_nothing_stays_nothing),
                        cmocka_unit_test(what_no_plane_tells_apart_is_learned),
                        cmocka_unit_test(fewer_landmarks_than_rows_do_nearly_as_well),
                        cmocka_unit_test(no_thread_changes_the_result),
                        cmocka_unit_test(weights_and_constants_are_those_of_the_formula),
                        cmocka_unit_test(what_is_not_finite_is_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
