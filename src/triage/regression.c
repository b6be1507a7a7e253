#include "triage/regression.h"

#include <errno.h>
#include <linear.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum {
        THREADS_MAX = 16,
        MANY_ROWS = 4000, // from which on the last digits cost minutes and change no decision: doc/quality.md
};
static const double CONSTANT_NEVER = -10; // of a class that has no rows: one in twenty thousand
static const double PRECISION = 0.01;     // liblinear's own
static const double PRECISION_MANY = 0.1;

struct regression {
        size_t n, d;
        struct feature_node *nodes; // n rows of d values, the constant and the end
        struct feature_node **rows;
};

struct regression *regression_free(struct regression *g) {
        if (!g)
                return NULL;
        free(g->nodes);
        free(g->rows);
        free(g);
        return NULL;
}

int regression_new(const float *const *rows, size_t n, size_t d, struct regression **ret) {
        struct regression *g _cleanup_(regression_free_p) = calloc(1, sizeof(*g));

        if (!g)
                return -ENOMEM;
        g->n = n;
        g->d = d;
        g->nodes = calloc(n * (d + 2), sizeof(*g->nodes));
        g->rows = calloc(n, sizeof(*g->rows));
        if (!g->nodes || !g->rows)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++) {
                struct feature_node *at = g->rows[i] = g->nodes + i * (d + 2);
                for (size_t k = 0; k < d; k++)
                        at[k] = (struct feature_node){.index = (int) k + 1, .value = (double) rows[i][k]};
                at[d] = (struct feature_node){.index = (int) d + 1, .value = 1};
                at[d + 1] = (struct feature_node){.index = -1};
        }
        *ret = TAKE_PTR(g);
        return 0;
}

struct task {
        const struct regression *g;
        const uint32_t *class_of;
        size_t classes;
        double cost, balance;
        float *weights;
        atomic_size_t next;
        atomic_int result;
};

static void quiet(const char *text _unused_) {
}

static int learn_class(const struct task *t, size_t k) {
        const struct regression *g = t->g;
        float *w = t->weights + k * (g->d + 1);
        double *y _cleanup_free_ = calloc(g->n, sizeof(*y));
        size_t rows = 0;

        if (!y)
                return -ENOMEM;
        for (size_t i = 0; i < g->n; i++) {
                y[i] = t->class_of[i] == k ? 1 : -1;
                rows += t->class_of[i] == k;
        }
        memset(w, 0, (g->d + 1) * sizeof(*w));
        if (rows == 0 || rows == g->n) {
                w[g->d] = (float) (rows == 0 ? CONSTANT_NEVER : -CONSTANT_NEVER);
                return 0;
        }
        int labels[] = {1, -1};
        double rare = pow((double) (g->n - rows) / (double) rows, t->balance), weights[] = {rare, 1};
        struct problem p = {.l = (int) g->n, .n = (int) g->d + 1, .y = y, .x = g->rows, .bias = 1};
        struct parameter o = {.solver_type = L2R_LR,
                              .eps = g->n < MANY_ROWS ? PRECISION : PRECISION_MANY,
                              .C = t->cost,
                              .nr_weight = 2,
                              .weight_label = labels,
                              .weight = weights};
        struct model *m = train(&p, &o);
        if (!m)
                return -ENOMEM;
        // It scores for the class that it met first.
        double sign = m->label[0] == 1 ? 1 : -1;
        for (size_t i = 0; i <= g->d; i++)
                w[i] = (float) (sign * m->w[i]);
        // What it was given stays ours.
        free(m->w);
        free(m->label);
        free(m);
        return 0;
}

static void *work(void *arg) {
        struct task *t = arg;

        for (size_t k; (k = atomic_fetch_add(&t->next, 1)) < t->classes && atomic_load(&t->result) == 0;) {
                int r = learn_class(t, k);
                if (r < 0)
                        atomic_store(&t->result, r);
        }
        return NULL;
}

int regression_learn(const struct regression *g, const uint32_t *class_of, size_t classes, double cost, double balance,
                     unsigned threads, float *weights) {
        struct task t = {.g = g,
                         .class_of = class_of,
                         .classes = classes,
                         .cost = cost,
                         .balance = balance,
                         .weights = weights};
        pthread_t others[THREADS_MAX];
        unsigned n = 0;

        if (threads == 0)
                threads = (unsigned) MAX(sysconf(_SC_NPROCESSORS_ONLN), 1L);
        set_print_string_function(quiet);
        while (n + 1 < MIN(MIN(threads, (unsigned) THREADS_MAX), classes) &&
               pthread_create(&others[n], NULL, work, &t) == 0)
                n++;
        (void) work(&t);
        for (unsigned i = 0; i < n; i++)
                pthread_join(others[i], NULL);
        return atomic_load(&t.result);
}
