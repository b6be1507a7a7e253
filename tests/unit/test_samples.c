// Labelled tickets from files: CSV, lines of JSON, a mapping, and a desk's intents.
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/string.h"
#include "triage/intents.h"
#include "triage/samples.h"

static const struct labels labels = {.names = {"billing", "technical"}, .n = 2};
static const struct intents none = {0};
static char folder[] = "/tmp/firstline-samples-XXXXXX";

static int set_up(void **state _unused_) {
        return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state _unused_) {
        return rmdir(folder);
}

static int read_with(const char *name, const char *text, const struct mapping *m, const struct intents *intents,
                     struct samples *ret, struct error *e) {
        char *path _cleanup_free_ = file_join(folder, name);

        assert_int_equal(file_write(path, text, strlen(text), false, e), 0);
        int r = samples_read(ret, path, m, &labels, intents, NULL, e);
        (void) unlink(path);
        return r;
}

static struct mapping *map(const char *text) {
        char *path _cleanup_free_ = file_join(folder, "map.tsv");
        struct mapping *m = NULL;
        struct error e = ERROR_INIT;

        assert_int_equal(file_write(path, text, strlen(text), false, &e), 0);
        if (mapping_read(path, &labels, &none, &m, &e) < 0)
                fail_msg("%s", e.message);
        (void) unlink(path);
        return m;
}

static void csv_with_quotes_other_columns_and_what_cannot_be_used(void **state _unused_) {
        struct samples s _cleanup_samples_ = {0};
        struct error e = ERROR_INIT;
        static const char text[] = "\xEF\xBB\xBFid,Subject,description,tier,category\r\n"
                                   "1,\"Charged, \"\"twice\"\"\",\"Please\nhelp\",tier_2,billing\r\n"
                                   "2,,,tier_1,billing\r\n"
                                   "\r\n"
                                   "3,crash,,complex,nonsense\n"
                                   "4,crash,,tier_7,technical\n"
                                   "5,crash,it crashes,complex,technical,and,more,fields";

        assert_int_equal(read_with("a.csv", text, NULL, &none, &s, &e), 0);
        assert_int_equal(s.n, 2);
        assert_string_equal(s.items[0].subject, "Charged, \"twice\"");
        assert_string_equal(s.items[0].body, "Please\nhelp");
        assert_int_equal(s.items[0].tier, TIER_2);
        assert_string_equal(s.items[1].category, "technical");
        assert_int_equal(s.skipped, 3);
        assert_string_equal(s.why, "line 4: there is no text");
}

static void a_mapping_names_columns_and_values(void **state _unused_) {
        struct samples s _cleanup_samples_ = {0};
        struct error e = ERROR_INIT;
        struct mapping *m _cleanup_(mapping_free_p) =
                        map("# what our export calls it\ncolumn\tText\tdescription\ncolumn\tType\tcategory\n"
                            "tier\tIncident\tcomplex\ncategory\tIncident\ttechnical\ntier\tInvoice\ttier_2\n"
                            "category\tInvoice\tbilling\n");

        assert_int_equal(read_with("b.csv", "text;type\nit fails;Incident\nwhere is it;Invoice\n?;Else\n", m, &none, &s,
                                   &e),
                         0);
        assert_int_equal(s.n, 2);
        assert_int_equal(s.items[0].tier, TIER_COMPLEX);
        assert_string_equal(s.items[0].category, "technical");
        assert_int_equal(s.items[1].tier, TIER_2);
        assert_int_equal(s.skipped, 1);
}

static void what_is_wrong_with_a_mapping_is_told_with_its_line(void **state _unused_) {
        struct intent items[] = {{.name = "card_declined", .tier = TIER_COMPLEX, .category = 1}};
        const struct intents intents = {.items = items, .n = 1, .cap = 1};
        static const struct {
                const char *text, *words;
        } bad[] = {
                        {"tier\tfoo\ttier_9\n", "map.tsv, line 1: \"tier_9\" is not a tier"},
                        {"\ncategory\tfoo\tunicorn\n", "map.tsv, line 2: there is no category \"unicorn\""},
                        {"intent\tfoo\tno_such\n", "there is no intent \"no_such\""},
                        {"column\tx\tbanana\n", "\"banana\" is not a column: subject,"},
                        {"row\tx\tsubject\n", "\"row\" is not column, tier,"},
                        {"tier\tQuestion\ttier_1\ntier\tquestion\ttier_2\n",
                         "line 2: tier \"question\" is \"tier_2\" here and \"tier_1\" in line 1"},
        };
        char *path _cleanup_free_ = file_join(folder, "map.tsv");

        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                struct mapping *m = NULL;
                struct error e = ERROR_INIT;
                assert_int_equal(file_write(path, bad[i].text, strlen(bad[i].text), false, &e), 0);
                assert_int_equal(mapping_read(path, &labels, &intents, &m, &e), -EINVAL);
                if (!strstr(e.message, bad[i].words))
                        fail_msg("\"%s\" does not say \"%s\"", e.message, bad[i].words);
        }
        (void) unlink(path);
        struct mapping *m _cleanup_(mapping_free_p) = map("column\tKind\tcategory\ncolumn\tKind\tcategory\n");
        struct samples s _cleanup_samples_ = {0};
        struct error e = ERROR_INIT;
        assert_int_equal(read_with("k.csv", "text,type\nhelp,billing\n", m, &none, &s, &e), -EINVAL);
        assert_non_null(strstr(e.message, "k.csv has no column \"Kind\", which the mapping names in line 1"));
}

static void a_row_that_cannot_be_used_says_why(void **state _unused_) {
        struct intent items[] = {{.name = "card_declined", .tier = TIER_COMPLEX, .category = 1}};
        const struct intents known = {.items = items, .n = 1, .cap = 1};
        const struct {
                const char *text, *why;
                const struct intents *intents;
        } rows[] = {
                        {"text,intent\nhelp,lost\n", "line 2: there is no intents.tsv in CONFIG_DIR", &none},
                        {"text,label\nhelp,lost\n", "line 2: the intent \"lost\" is not in the table", &known},
                        {"body,tier,category\nhelp,gold,billing\n", "line 2: \"gold\" is not a tier", &none},
                        {"text,tier\nhelp,tier_1\n", "line 2: there is no category", &none},
                        {"text,tier,category\nhelp,tier_1,moon\n", "line 2: the category \"moon\" is not in", &none},
                        {"text,category\nhelp,billing\n", "line 2: there is no tier, and \"billing\" is neither",
                         &none},
                        {"text\nhelp\n", "line 2: there is no tier and no intent", &none},
        };

        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                struct samples s _cleanup_samples_ = {0};
                struct error e = ERROR_INIT;
                assert_int_equal(read_with("w.csv", rows[i].text, NULL, rows[i].intents, &s, &e), 0);
                assert_int_equal(s.n, 0);
                assert_int_equal(s.skipped, 1);
                if (!strstr(s.why, rows[i].why))
                        fail_msg("\"%s\" does not say \"%s\"", s.why, rows[i].why);
        }
}

static void a_category_that_is_an_intent_counts_as_one_where_no_tier_is_said(void **state _unused_) {
        struct intent items[] = {{.name = "billing", .tier = TIER_COMPLEX, .category = 1}};
        const struct intents intents = {.items = items, .n = 1, .cap = 1};
        struct samples s _cleanup_samples_ = {0};
        struct error e = ERROR_INIT;

        assert_int_equal(read_with("i.csv", "text,tier,category\na,,billing\nb,tier_1,billing\n", NULL, &intents, &s,
                                   &e),
                         0);
        assert_int_equal(s.n, 2);
        assert_int_equal(s.items[0].tier, TIER_COMPLEX);
        assert_string_equal(s.items[0].intent, "billing");
        assert_int_equal(s.items[1].tier, TIER_1);
        assert_string_equal(s.items[1].intent, "");
}

static void a_table_of_intents_may_have_names_for_its_columns(void **state _unused_) {
        static const char *const good[] = {
                        "# ours\nlost\tcomplex\ttechnical\nfound\ttier_1\tbilling\n",
                        "set,intent,tier,category\nx,found,tier_1,billing\n,,,\nx,lost,complex,technical\n",
                        "label\ttier\tcategory\nlost\tcomplex\ttechnical\nfound\ttier_1\tbilling\n",
                        ("{\"intent\":\"lost\",\"tier\":\"complex\",\"category\":\"technical\"}\n"
                         "{\"intent\":\"found\",\"tier\":\"tier_1\",\"category\":\"billing\"}"),
        };
        static const struct {
                const char *text, *words;
        } bad[] = {
                        {"intent,tier,category\nlost,tier_9,billing\n", "t.csv, line 2: \"tier_9\" is not a tier"},
                        {"intent,tier,category\nlost,tier_1,moon\n", "t.csv, line 2: there is no category \"moon\""},
                        {"intent,tier,category\na,tier_1,billing\na,tier_1,billing\n",
                         "t.csv, line 3: intent \"a\" is there already"},
                        {"intent,tier,category\n,tier_1,billing\n", "t.csv, line 2: the intent is empty"},
                        {"lost\ttier_1\tbilling\nlost\ttier_1\tbilling\n", "t.csv, line 2: intent \"lost\" is there"},
                        {"a,b\nc,d\n", "no column \"intent\""},
        };
        char *path _cleanup_free_ = file_join(folder, "t.csv");

        for (size_t i = 0; i < ARRAY_LEN(good); i++) {
                struct intents x _cleanup_intents_ = {0};
                struct error e = ERROR_INIT;
                assert_int_equal(file_write(path, good[i], strlen(good[i]), false, &e), 0);
                if (intents_read(path, &labels, &x, &e) < 0)
                        fail_msg("%s", e.message);
                assert_int_equal(x.n, 2);
                assert_int_equal(intents_find(&x, "lost")->tier, TIER_COMPLEX);
                assert_int_equal(intents_find(&x, "found")->category, 0);
        }
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                struct intents x _cleanup_intents_ = {0};
                struct error e = ERROR_INIT;
                assert_int_equal(file_write(path, bad[i].text, strlen(bad[i].text), false, &e), 0);
                assert_int_equal(intents_read(path, &labels, &x, &e), -EINVAL);
                if (!strstr(e.message, bad[i].words))
                        fail_msg("\"%s\" does not say \"%s\"", e.message, bad[i].words);
        }
        (void) unlink(path);
}

static void an_intent_says_tier_and_category_and_its_name_is_learned_too(void **state _unused_) {
        struct samples s _cleanup_samples_ = {0};
        struct error e = ERROR_INIT;
        struct intent items[] = {{.name = "card_declined", .tier = TIER_COMPLEX, .category = 1},
                                 {.name = "unused", .tier = TIER_1, .category = 0}};
        struct intents intents = {.items = items, .n = 2, .cap = 2};

        assert_int_equal(read_with("c.jsonl",
                                   "{\"description\": \"why was it declined\", \"intent\": \"card_declined\"}\n\n"
                                   "{\"description\": \"x\", \"intent\": \"unheard of\"}\n",
                                   NULL, &intents, &s, &e),
                         0);
        assert_int_equal(s.n, 1);
        assert_int_equal(s.skipped, 1);
        assert_int_equal(s.items[0].tier, TIER_COMPLEX);
        assert_string_equal(s.items[0].category, "technical");
        assert_int_equal(samples_add_names(&s, &labels, &intents), 0);
        assert_int_equal(s.n, 2);
        assert_true(s.items[1].aid && !s.items[0].aid);
        assert_string_equal(s.items[1].body, "card declined");
}

static void malformed_files_are_refused_by_name(void **state _unused_) {
        static const struct {
                const char *name, *text, *words;
        } bad[] = {
                        {"d.jsonl", "{\"description\": \"x\"}\n{\"description\": ", "line 2"},
                        {"d.jsonl", "[1]", "not an object"},
                        {"d.csv", "a,b\n1,2\n", "no column"},
                        {"d.csv", "", "no column"},
                        {"d.csv", "subject\nok\n\xFF\n", "d.csv, line 3: not UTF-8 text; save the file as UTF-8"},
                        {"d.csv", "\xFF\xFEs\n", "d.csv, line 1: not UTF-8 text"},
        };

        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                struct samples s _cleanup_samples_ = {0};
                struct error e = ERROR_INIT;
                assert_int_equal(read_with(bad[i].name, bad[i].text, NULL, &none, &s, &e), -EINVAL);
                if (!strstr(e.message, bad[i].words) || !strstr(e.message, bad[i].name))
                        fail_msg("\"%s\" does not say \"%s\"", e.message, bad[i].words);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(csv_with_quotes_other_columns_and_what_cannot_be_used),
                        cmocka_unit_test(a_mapping_names_columns_and_values),
                        cmocka_unit_test(what_is_wrong_with_a_mapping_is_told_with_its_line),
                        cmocka_unit_test(a_row_that_cannot_be_used_says_why),
                        cmocka_unit_test(a_category_that_is_an_intent_counts_as_one_where_no_tier_is_said),
                        cmocka_unit_test(a_table_of_intents_may_have_names_for_its_columns),
                        cmocka_unit_test(an_intent_says_tier_and_category_and_its_name_is_learned_too),
                        cmocka_unit_test(malformed_files_are_refused_by_name),
        };
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
