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
        if (mapping_read(path, &m, &e) < 0)
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
                        {"d.csv", "subject\n\xFF\n", "not UTF-8"},
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
                        cmocka_unit_test(an_intent_says_tier_and_category_and_its_name_is_learned_too),
                        cmocka_unit_test(malformed_files_are_refused_by_name),
        };
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
