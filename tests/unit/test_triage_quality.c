// Floors under what was measured with bench_triage (doc/triage.md), a little lower: int8 kernels differ by processor.
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/string.h"
#include "labelled.h"
#include "model/vectors.h"
#include "triage/triage.h"

enum { BANKING_STRIDE = 3 }; // a third of the rows is measured as well as all, in a third of the time

struct fixture {
        struct encoder *encoder; // NULL: no model here
        struct triage *semantic, *keywords;
};

static char *below_root(const char *name) {
        const char *root = getenv("SOURCE_ROOT");

        return str_printf("%s/%s", root ? root : ".", name);
}

static int set_up(void **state) {
        static struct fixture x;
        struct error e = ERROR_INIT;
        char *config _cleanup_free_ = below_root("config"),
                     *model _cleanup_free_ = below_root("models/all-MiniLM-L6-v2");

        *state = &x;
        if (encoder_open(&(struct encoder_options){.folder = model}, &x.encoder, &e) < 0)
                print_message("no model: %s\n", e.message);
        int r = triage_open(config, NULL, NULL, &x.keywords, &e);
        if (r == 0 && x.encoder)
                r = triage_open(config, x.encoder, NULL, &x.semantic, &e);
        if (r < 0)
                print_message("%s\n", e.message);
        return r;
}

static int tear_down(void **state) {
        struct fixture *x = *state;

        x->semantic = triage_free(x->semantic);
        x->keywords = triage_free(x->keywords);
        x->encoder = encoder_free(x->encoder);
        return 0;
}

static void need_model(const struct fixture *x, const char *test) {
        if (x->encoder)
                return;
        print_message("skipped: %s: the model is not here\n", test);
        skip();
}

static void read_own(struct labelled *l) {
        char *path _cleanup_free_ = below_root("tests/unit/data/triage_tickets.tsv");
        struct error e = ERROR_INIT;

        if (labelled_read_tsv(l, path, &e) < 0)
                fail_msg("%s", e.message);
        assert_in_range(l->n, 120, 10000);
}

static void read_banking(struct labelled *l, const char *test) {
        char *path _cleanup_free_ = below_root("../shared/data/banking77/test.csv");
        char *map _cleanup_free_ = below_root("../shared/data/banking77/tiers.csv");
        struct error e = ERROR_INIT;

        if (!file_exists(path)) {
                print_message("skipped: %s: ../shared/data is not here\n", test);
                skip();
        }
        if (labelled_read_csv(l, path, map, BANKING_STRIDE, &e) < 0)
                fail_msg("%s", e.message);
        assert_in_range(l->n, 1000, 1100);
}

static void classify(const struct fixture *x, bool semantic, const struct labelled_ticket *t, struct verdict *v) {
        float *vector _cleanup_free_ = NULL;

        if (semantic) {
                char *text _cleanup_free_ = labelled_text(t);
                struct error e = ERROR_INIT;
                vector = calloc(encoder_dimensions(x->encoder), sizeof(*vector));
                assert_non_null(vector);
                assert_non_null(text);
                assert_int_equal(encoder_embed(x->encoder, text, vector, &e), 0);
        }
        triage_classify(semantic ? x->semantic : x->keywords, t->subject, t->body, vector, v);
}

struct floors {
        double accuracy, macro_f1, category, missed_max, ece_max;
};

static void assert_floors(const struct fixture *x, bool semantic, const struct labelled *l, const struct floors *f) {
        struct measure m = {0};

        for (size_t i = 0; i < l->n; i++) {
                struct verdict v;
                classify(x, semantic, &l->items[i], &v);
                measure_add(&m, l->items[i].tier, l->items[i].category, &v);
        }
        print_message("           accuracy %.3f, macro-F1 %.3f, category %.3f, complex missed %.3f, ECE %.3f\n",
                      measure_accuracy(&m), measure_macro_f1(&m), measure_category_accuracy(&m),
                      measure_complex_missed(&m), measure_ece(&m));
        assert_true(measure_accuracy(&m) >= f->accuracy);
        assert_true(measure_macro_f1(&m) >= f->macro_f1);
        assert_true(measure_category_accuracy(&m) >= f->category);
        assert_true(measure_complex_missed(&m) <= f->missed_max);
        assert_true(measure_ece(&m) <= f->ece_max);
}

static void own_tickets_by_likeness(void **state) {
        struct labelled l _cleanup_labelled_ = {0};

        need_model(*state, __func__);
        read_own(&l);
        assert_floors(*state, true, &l, &(struct floors){0.88, 0.88, 0.82, 0.08, 0.1});
}

static void own_tickets_by_keywords(void **state) {
        struct labelled l _cleanup_labelled_ = {0};

        read_own(&l);
        assert_floors(*state, false, &l, &(struct floors){0.74, 0.74, 0.54, 0.18, 0.15});
}

static void banking77_by_likeness(void **state) {
        struct labelled l _cleanup_labelled_ = {0};

        need_model(*state, __func__);
        read_banking(&l, __func__);
        assert_floors(*state, true, &l, &(struct floors){0.82, 0.81, 0.65, 0.14, 0.05});
}

static void banking77_by_keywords(void **state) {
        struct labelled l _cleanup_labelled_ = {0};

        read_banking(&l, __func__);
        assert_floors(*state, false, &l, &(struct floors){0.74, 0.73, 0.59, 0.24, 0.11});
}

static void the_first_three_tickets_come_out_right_by_likeness(void **state) {
        static const struct {
                const char *subject, *body;
                enum tier tier;
                const char *category;
        } first[] = {
                        {"Password reset not working", "I clicked the reset link but it doesn't work", TIER_1,
                         "password_reset"},
                        {"Billing question", "I was charged twice this month", TIER_2, "billing"},
                        {"System crash", "The application keeps crashing with error code 500", TIER_COMPLEX,
                         "technical"},
        };

        need_model(*state, __func__);
        for (size_t i = 0; i < ARRAY_LEN(first); i++) {
                char *subject _cleanup_free_ = str_dup(first[i].subject), *body _cleanup_free_ = str_dup(first[i].body);
                struct labelled_ticket t = {.subject = subject, .body = body};
                struct verdict v, again;
                classify(*state, true, &t, &v);
                assert_int_equal(v.method, TRIAGE_ZERO_SHOT);
                assert_string_equal(tier_name(v.tier), tier_name(first[i].tier));
                assert_string_equal(v.category, first[i].category);
                assert_true(v.confidence >= 0.8);
                assert_true(str_starts(v.why, "like: "));
                double tiers = v.tiers[0] + v.tiers[1] + v.tiers[2];
                assert_true(fabs(tiers - 1) < 1e-9);
                classify(*state, true, &t, &again);
                assert_memory_equal(v.tiers, again.tiers, sizeof(v.tiers)); // the same ticket, the same verdict
                assert_memory_equal(v.categories, again.categories, sizeof(v.categories));
                assert_string_equal(v.why, again.why);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(the_first_three_tickets_come_out_right_by_likeness),
                        cmocka_unit_test(own_tickets_by_likeness),
                        cmocka_unit_test(own_tickets_by_keywords),
                        cmocka_unit_test(banking77_by_likeness),
                        cmocka_unit_test(banking77_by_keywords),
        };
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
