// How well the right article is found, with the real model: floors under what was measured (doc/retrieval.md).
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/string.h"
#include "helpcentre.h"
#include "scratch.h"
#include "unit.h"

#define FLOOR 0.35 // the default of KNOWLEDGE_FLOOR

static struct encoder *model; // NULL: not here
static char *scratch;
static struct store *vectors_store; // the layouts share most of their texts

static char *below_root(const char *path) {
        const char *root = getenv("SOURCE_ROOT");
        return str_printf("%s/%s", root ? root : ".", path);
}

static int setup(void **state _unused_) {
        char *folder _cleanup_free_ = below_root("models/all-MiniLM-L6-v2"), *url _cleanup_free_ = NULL;
        struct error e = ERROR_INIT;

        log_open(LOG_ERROR, false);
        scratch = scratch_new();
        url = str_printf("sqlite:%s/vectors.db", scratch);
        if (encoder_open(&(struct encoder_options){.folder = folder}, &model, &e) < 0)
                print_message("%s\n", e.message);
        return store_open(url, &vectors_store, NULL);
}

static int teardown(void **state _unused_) {
        encoder_free(model);
        store_close(vectors_store);
        scratch_free(scratch);
        return 0;
}

static void need_model(void) {
        if (model)
                return;
        print_message("skipped: the default model cannot be used here\n");
        skip();
}

static void need_file(const char *path) {
        char *file _cleanup_free_ = below_root(path);
        if (file_exists(file))
                return;
        print_message("skipped: %s is not here\n", path);
        free(TAKE_PTR(file)); // skipping jumps
        skip();
}

static void must(int r, const struct error *e) {
        if (r < 0)
                fail_msg("%s", e->message[0] ? e->message : strerror(-r));
}

static struct retrieval measure(const char *folder, struct encoder *m, const struct asked_list *l,
                                const float *vectors) {
        struct knowledge_options o = {.folder = folder, .floor = 0, .encoder = m, .store = m ? vectors_store : NULL};
        struct knowledge *k = NULL;
        struct error e = ERROR_INIT;
        struct retrieval r;

        must(knowledge_open(&o, &k, &e), &e);
        must(retrieval_measure(k, l, vectors, m ? encoder_dimensions(m) : 0, &r, &e), &e);
        knowledge_free(k);
        return r;
}

// Of the answerable ones, those whose right article is first and above the floor; of the others, those that find one.
static double found_share(const struct retrieval *r, double floor, bool answerable) {
        size_t n = 0;

        for (size_t i = 0; i < r->n; i++) {
                const struct grade *g = &r->grades[i];
                n += g->answerable == answerable && (g->right || !answerable) && g->score >= floor;
        }
        return (double) n / (double) (answerable ? r->answerable : r->unanswerable);
}

static void the_right_article_of_a_help_centre_comes_first_in_every_layout(void **state _unused_) {
        need_model();
        need_file("../shared/data/stackfaq/threads.jsonl");
        char *jsonl _cleanup_free_ = below_root("../shared/data/stackfaq/threads.jsonl");
        float *vectors _cleanup_free_ = NULL;
        struct error e = ERROR_INIT;

        for (int layout = 0; layout < LAYOUT_COUNT_; layout++) {
                struct asked_list l _cleanup_asked_ = {0};
                char *folder = scratch_new();
                must(helpcentre_write(jsonl, folder, (enum layout) layout, &l, &e), &e);
                if (!vectors) // the questions are the same in every layout
                        must(asked_embed(&l, model, &vectors, &e), &e);
                struct retrieval r _cleanup_retrieval_ = measure(folder, model, &l, vectors);
                double top1 = (double) r.top1 / (double) r.answerable;
                print_message("%-9s %.3f first, %.3f found\n", layout_name((enum layout) layout), top1,
                              found_share(&r, FLOOR, true));
                assert_true(r.answerable >= 600);
                assert_true(top1 >= 0.94);
                assert_true(found_share(&r, FLOOR, true) >= 0.94);
                scratch_free(folder);
        }
}

static void questions_about_other_things_find_nothing(void **state _unused_) {
        need_model();
        need_file("../shared/data/stackfaq/threads.jsonl");
        need_file("../shared/data/hint3/curekart_train.csv");
        need_file("../shared/data/clinc150/data_full.json");
        char *jsonl _cleanup_free_ = below_root("../shared/data/stackfaq/threads.jsonl");
        char *shop _cleanup_free_ = below_root("../shared/data/hint3/curekart_train.csv");
        char *assistant _cleanup_free_ = below_root("../shared/data/clinc150/data_full.json");
        float *vectors _cleanup_free_ = NULL;
        struct asked_list answerable _cleanup_asked_ = {0}, l _cleanup_asked_ = {0};
        struct error e = ERROR_INIT;
        char *folder = scratch_new();

        must(helpcentre_write(jsonl, folder, LAYOUT_PARAGRAPHS, &answerable, &e), &e);
        must(asked_read_csv(&l, shop, 3, &e), &e);
        must(asked_read_json(&l, assistant, "oos_test", 4, &e), &e);
        must(asked_embed(&l, model, &vectors, &e), &e);
        struct retrieval r _cleanup_retrieval_ = measure(folder, model, &l, vectors);
        print_message("%.3f of %zu found something\n", found_share(&r, FLOOR, false), r.unanswerable);
        assert_true(r.unanswerable >= 300);
        assert_true(found_share(&r, FLOOR, false) <= 0.06);
        scratch_free(folder);
}

static void the_example_knowledge_base_answers_its_customers(void **state _unused_) {
        need_model();
        char *folder _cleanup_free_ = below_root("knowledge"),
                     *questions _cleanup_free_ = below_root("tests/unit/data/knowledge_questions.tsv");
        float *vectors _cleanup_free_ = NULL;
        struct asked_list l _cleanup_asked_ = {0};
        struct error e = ERROR_INIT;

        must(asked_read_tsv(&l, questions, &e), &e);
        must(asked_embed(&l, model, &vectors, &e), &e);
        struct retrieval r _cleanup_retrieval_ = measure(folder, model, &l, vectors);
        print_message("%.3f found right; %.3f of the others find something\n", found_share(&r, FLOOR, true),
                      found_share(&r, FLOOR, false));
        assert_true(r.answerable >= 100 && r.unanswerable >= 40);
        assert_true((double) r.top1 / (double) r.answerable >= 0.97);
        assert_true(found_share(&r, FLOOR, true) >= 0.95);
        assert_true(found_share(&r, FLOOR, false) <= 0.1);
}

static void without_a_model_words_still_find_most(void **state _unused_) {
        char *folder _cleanup_free_ = below_root("knowledge"),
                     *questions _cleanup_free_ = below_root("tests/unit/data/knowledge_questions.tsv");
        struct asked_list l _cleanup_asked_ = {0};
        struct error e = ERROR_INIT;

        must(asked_read_tsv(&l, questions, &e), &e);
        struct retrieval r _cleanup_retrieval_ = measure(folder, NULL, &l, NULL);
        print_message("%.3f first; %zu of %zu others find something\n", (double) r.top1 / (double) r.answerable,
                      r.wrongly_found, r.unanswerable);
        assert_true((double) r.top1 / (double) r.answerable >= 0.8);
        assert_true(r.found * 5 >= r.answerable * 2);
        assert_true(r.wrongly_found * 10 <= r.unanswerable);
}

static void the_tickets_everybody_tries_first_find_their_answers(void **state _unused_) {
        static const struct {
                const char *ticket, *document, *words;
        } tickets[] = {
                        {"Password reset not working\nI clicked the reset link but it doesn't work",
                         "password_reset.txt", "only the newest one counts"},
                        {"Billing question\nI was charged twice this month", "billing_issues.txt",
                         "we refund the second charge"},
        };
        char *folder _cleanup_free_ = below_root("knowledge");
        struct error e = ERROR_INIT;

        for (int semantic = 0; semantic < (model ? 2 : 1); semantic++) {
                struct knowledge_options o = {.folder = folder, .floor = FLOOR, .encoder = semantic ? model : NULL};
                struct knowledge *k = NULL;
                must(knowledge_open(&o, &k, &e), &e);
                for (size_t i = 0; i < ARRAY_LEN(tickets); i++) {
                        float *v _cleanup_free_ = NULL;
                        struct findings f _cleanup_findings_ = {0};
                        if (semantic) {
                                v = calloc(encoder_dimensions(model), sizeof(*v));
                                must(encoder_embed(model, tickets[i].ticket, v, &e), &e);
                        }
                        must(knowledge_search(k, tickets[i].ticket, v, 3, &f, &e), &e);
                        assert_true(f.found);
                        assert_string_equal(f.items[0].document, tickets[i].document);
                        assert_non_null(strstr(f.items[0].passage, tickets[i].words));
                }
                knowledge_free(k);
        }
}

// What vectors are blind to: here each code has an article whose words fit every other code as well.
static void each_code_finds_its_own_article(void **state _unused_) {
        need_model();
        static const struct {
                const char *code, *problem, *answer;
        } articles[] = {
                        {"E-101", "Printer error E-101", "The paper tray is empty. Fill it and press OK."},
                        {"E-104", "Printer error E-104", "The toner is used up. Put in a new cartridge."},
                        {"E-207", "Printer error E-207", "The cover is open. Close it until it clicks."},
                        {"E-310", "Printer error E-310", "The printer is too hot. Let it cool down for ten minutes."},
                        {"0x80070005", "The driver cannot be installed (0x80070005)",
                         "Start the installation as administrator."},
                        {"0x80070643", "The driver cannot be installed (0x80070643)",
                         "Remove the old driver first, then start the computer anew."},
        };
        static const char *const questions[] = {"%s", "my printer says error %s", "what does %s mean?",
                                                "%s again, please help"};
        struct knowledge *k = NULL;
        struct error e = ERROR_INIT;
        char *folder = scratch_new();
        float *v _cleanup_free_ = calloc(encoder_dimensions(model), sizeof(*v));

        for (size_t i = 0; i < ARRAY_LEN(articles); i++) {
                char *text _cleanup_free_ = str_printf("Q: %s\nA: %s\n", articles[i].problem, articles[i].answer);
                char *name _cleanup_free_ = str_printf("%zu.txt", i);
                free(scratch_write(folder, name, text, strlen(text)));
        }
        must(knowledge_open(&(struct knowledge_options){.folder = folder, .floor = FLOOR, .encoder = model}, &k, &e),
             &e);
        for (size_t i = 0; i < ARRAY_LEN(articles) * ARRAY_LEN(questions); i++) {
                const char *form = questions[i % ARRAY_LEN(questions)], *code = articles[i / ARRAY_LEN(questions)].code;
                const char *place = strstr(form, "%s");
                char *question _cleanup_free_ = str_printf("%.*s%s%s", (int) (place - form), form, code, place + 2);
                struct findings f _cleanup_findings_ = {0};
                must(encoder_embed(model, question, v, &e), &e);
                must(knowledge_search(k, question, v, 3, &f, &e), &e);
                assert_string_equal(f.items[0].title, articles[i / ARRAY_LEN(questions)].problem);
                assert_true(f.found);
        }
        // A code that no article has is not answered with another's as surely.
        struct findings known _cleanup_findings_ = {0}, unknown _cleanup_findings_ = {0};
        must(encoder_embed(model, "my printer says error E-101", v, &e), &e);
        must(knowledge_search(k, "my printer says error E-101", v, 3, &known, &e), &e);
        must(encoder_embed(model, "my printer says error E-999", v, &e), &e);
        must(knowledge_search(k, "my printer says error E-999", v, 3, &unknown, &e), &e);
        assert_true(unknown.items[0].score < known.items[0].score - 0.2);
        knowledge_free(k);
        scratch_free(folder);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(the_right_article_of_a_help_centre_comes_first_in_every_layout),
                        cmocka_unit_test(questions_about_other_things_find_nothing),
                        cmocka_unit_test(the_example_knowledge_base_answers_its_customers),
                        cmocka_unit_test(without_a_model_words_still_find_most),
                        cmocka_unit_test(the_tickets_everybody_tries_first_find_their_answers),
                        cmocka_unit_test(each_code_finds_its_own_article),
        };
        return cmocka_run_group_tests(tests, setup, teardown);
}
