// The one reader of files of tickets: both formats, names, lists, and which of two columns counts.
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/string.h"
#include "triage/columns.h"
#include "triage/mapping.h"

enum meaning { TEXT, TAGS, MEANINGS };

static size_t find(void *arg _unused_, const char *name) {
        return str_ieq(name, "body") || str_ieq(name, "text") ? TEXT : str_ieq(name, "tags") ? TAGS : COLUMNS_NONE;
}

// "line:text|tags;" of each row.
static int note(void *arg, size_t line, const char *const *values, struct error *e) {
        char *all = arg;
        size_t used = strlen(all);

        if (str_eq(values[TEXT], "stop"))
                return error_set(e, -ECANCELED, ERROR_INTERNAL, "stopped");
        snprintf(all + used, 1000 - used, "%zu:%s|%s;", line, values[TEXT], values[TAGS]);
        return 0;
}

static int take(const char *words, char seen[1000], struct error *e) {
        char *text _cleanup_free_ = str_dup(words);
        const struct columns c = {.path = "here",
                                  .n = MEANINGS,
                                  .find = find,
                                  .row = note,
                                  .arg = seen,
                                  .needed = 1U << TEXT,
                                  .needed_name = "text"};

        seen[0] = '\0';
        return columns_take(&c, text, e);
}

static void both_formats_are_told_by_their_first_character(void **state _unused_) {
        static const struct {
                const char *file, *rows;
        } files[] = {
                        {"text,tags\nhello,\"a,b\"\n", "2:hello|a,b;"},
                        {"\xEF\xBB\xBFText;x;Tags\r\nhello;1;a\r\n\r\nthere\r\n", "2:hello|a;4:there|;"},
                        {"text\ttags\nhello\ta\n", "2:hello|a;"},
                        {"text,tags\rhello,\"a\rb\"\r\rthere,\r", "2:hello|a\nb;5:there|;"},
                        {" Text ,\" tags\"\nhello ,a\n", "2:hello |a;"},
                        {"text,tags\n\"a \"\"b\"\"\nc\" ,5\" d\n\"e\" f,\"\"\n", "2:a \"b\"\nc |5\" d;4:e f|;"},
                        {"{\"text\":\"hello\",\"tags\":[\"a\",3,\"b\"]}\n\n{\"tags\":7}", "1:hello|a\nb;3:|7;"},
                        {"\xEF\xBB\xBF \n{\"text\":\"hello\",\"tags\":{}}\n", "2:hello|;"},
        };
        char seen[1000];

        for (size_t i = 0; i < ARRAY_LEN(files); i++) {
                struct error e = ERROR_INIT;
                if (take(files[i].file, seen, &e) < 0)
                        fail_msg("%s", e.message);
                assert_string_equal(seen, files[i].rows);
        }
}

static void of_two_columns_the_first_that_is_not_empty_counts(void **state _unused_) {
        struct error e = ERROR_INIT;
        char seen[1000];

        assert_int_equal(take("body,text\na,b\n,c\n", seen, &e), 0);
        assert_string_equal(seen, "2:a|;3:c|;");
        assert_int_equal(take("{\"text\":\"a\",\"body\":\"b\"}\n{\"text\":\"\",\"body\":\"c\"}\n{\"text\":null,"
                              "\"body\":\"d\"}",
                              seen, &e),
                         0);
        assert_string_equal(seen, "1:a|;2:c|;3:d|;");
}

static void what_is_wrong_is_named_and_a_row_may_end_it(void **state _unused_) {
        static const struct {
                const char *file, *words;
                int code;
        } bad[] = {
                        {"a,b\n1,2\n", "no column \"text\"", -EINVAL},
                        {"", "no column", -EINVAL},
                        {"{\"text\":\"a\"}\n{\"text\":", "here, line 2: column ", -EINVAL},
                        {"[1]", "not an object", -EINVAL},
                        {"text\nstop\nmore\n", "stopped", -ECANCELED},
                        {"text,tags\na,b\n\"c,d\ne,f\n", "here, line 3: a quote opens", -EINVAL},
                        {"text,tags\n\"a\nb\",\"c\n\"\"d\ne,\"f\",g\n", "here, line 3: a quote opens", -EINVAL},
                        {"text,\"tags\na,b\n", "here, line 1: a quote opens", -EINVAL},
                        {"text\n\"", "here, line 2: a quote opens", -EINVAL},
        };
        char seen[1000];

        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                struct error e = ERROR_INIT;
                assert_int_equal(take(bad[i].file, seen, &e), bad[i].code);
                if (!strstr(e.message, bad[i].words))
                        fail_msg("\"%s\" does not say \"%s\"", e.message, bad[i].words);
        }
}

static bool is_ours(void *arg _unused_, const char *word) {
        return str_eq(word, "billing");
}

static void a_cell_with_several_values_stands_for_the_one_that_is_known(void **state _unused_) {
        char folder[] = "/tmp/firstline-columns-XXXXXX", word[MAPPING_WORD_SIZE];
        static const struct labels labels = {.names = {"billing", "technical"}, .n = 2};
        static const struct intents none = {0};
        struct mapping *m _cleanup_(mapping_free_p) = NULL;
        struct error e = ERROR_INIT;
        static const char rows[] = "category\tRefund please\tbilling\ncategory\tBroken\ttechnical\n";

        assert_non_null(mkdtemp(folder));
        char *path _cleanup_free_ = file_join(folder, "map.tsv");
        assert_int_equal(file_write(path, rows, sizeof(rows) - 1, false, &e), 0);
        assert_int_equal(mapping_read(path, &labels, &none, &m, &e), 0);
        (void) unlink(path);
        (void) rmdir(folder);
        static const struct {
                const char *cell, *word;
        } cells[] = {{"broken", "technical"},
                     {"vip\nBroken", "technical"},
                     {"vip, refund please ,x", "billing"},
                     {"vip\nbilling", "billing"},
                     {"billing,Broken", "technical"},
                     {"a, b", "a, b"},
                     {"", ""},
                     {",,\n", ",,\n"}};
        for (size_t i = 0; i < ARRAY_LEN(cells); i++) {
                mapping_word(m, MAPPING_CATEGORY, cells[i].cell, is_ours, NULL, word);
                assert_string_equal(word, cells[i].word);
        }
        mapping_word(NULL, MAPPING_TIER, "vip\ntier_2", mapping_is_tier, NULL, word);
        assert_string_equal(word, "tier_2");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(both_formats_are_told_by_their_first_character),
                        cmocka_unit_test(of_two_columns_the_first_that_is_not_empty_counts),
                        cmocka_unit_test(what_is_wrong_is_named_and_a_row_may_end_it),
                        cmocka_unit_test(a_cell_with_several_values_stands_for_the_one_that_is_known),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
