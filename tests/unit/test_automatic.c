// Machines' mail is told from people's, by the table that is shipped; and the table is read as strictly as the others.
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/rows.h"
#include "base/string.h"
#include "desk/automatic.h"
#include "scratch.h"

static char *source_path(const char *name) {
        const char *root = getenv("SOURCE_ROOT");
        char *path = str_printf("%s/%s", root ? root : ".", name);

        assert_non_null(path);
        return path;
}

static struct automatic *shipped(void) {
        char *dir _cleanup_free_ = source_path("config");
        struct automatic *a = NULL;
        struct error e = ERROR_INIT;

        if (automatic_load(dir, &a, &e) < 0)
                fail_msg("%s", e.message);
        return a;
}

static enum automatic_verdict judge(const struct automatic *a, const struct automatic_mail *m) {
        enum automatic_verdict v = AUTOMATIC_NO;
        char why[AUTOMATIC_WHY_SIZE];

        assert_int_equal(automatic_judge(a, m, &v, why), 0);
        assert_int_equal(*why != '\0', v != AUTOMATIC_NO);
        assert_true(utf8_valid(why, strlen(why)));
        return v;
}

static enum automatic_verdict judge_text(const struct automatic *a, const char *subject, const char *text) {
        return judge(a, &(struct automatic_mail){.subject = subject, .text = text});
}

// In place: "\n" is a line break, "-" nothing.
static const char *field(char *s) {
        char *to = s;

        if (str_eq(s, "-"))
                return NULL;
        for (const char *p = s; *p; p++)
                if (p[0] == '\\' && p[1] == 'n')
                        *to++ = '\n', p++;
                else
                        *to++ = *p;
        *to = '\0';
        return s;
}

static void machines_and_people_are_told_apart(void **state) {
        struct automatic *a = shipped();
        char *path _cleanup_free_ = source_path("tests/unit/data/machine_mail.tsv");
        struct rows rows _cleanup_rows_ = {0};
        struct error e = ERROR_INIT;
        unsigned n = 0, wrong = 0;
        const char *f[4];

        (void) state;
        assert_int_equal(rows_open(path, &rows, &e), 0);
        while (rows_next(&rows, 4, f, &e) > 0) {
                size_t kind = strcspn(f[0], "_"); // "_back": it came back to an answer of ours
                struct automatic_mail m = {.address = field((char *) (uintptr_t) f[1]),
                                           .after_answer = f[0][kind] != '\0',
                                           .subject = field((char *) (uintptr_t) f[2]),
                                           .text = field((char *) (uintptr_t) f[3])};
                enum automatic_verdict v = judge(a, &m);
                bool right = str_starts(f[0], "machine") ? v == AUTOMATIC_YES
                             : str_eq(f[0], "no")        ? v == AUTOMATIC_NO
                                                         : v != AUTOMATIC_YES;
                if (!right)
                        print_error("line %d: %s, judged %d\n", rows.line, f[0], (int) v);
                wrong += !right;
                n++;
        }
        assert_int_equal(wrong, 0);
        assert_true(n >= 100);
        automatic_free(a);
}

static void senders_alone_settle_it(void **state) {
        static const char *const machines[] = {"MAILER-DAEMON@mx.example.com",
                                               "Postmaster@example.com",
                                               "no-reply@example.com",
                                               "no_reply+1@example.com",
                                               "shop.noreply@example.com",
                                               "DoNotReply@example.com",
                                               "bounces+123-abc@em.example.com",
                                               "x@bounces.example.com",
                                               "newsletter@example.com",
                                               "notifications@example.com",
                                               "feedbackloop@isp.example.com",
                                               "autoreply@example.com",
                                               "nicht-antworten@example.de",
                                               "ne-pas-repondre@example.fr",
                                               "calendar-notification@google.com"};
        static const char *const people[] = {"robin@example.com",
                                             "reply@example.com",
                                             "jo.post@example.com",
                                             "info@noreply.example",
                                             "daemon.jones@example.com",
                                             "support@example.com",
                                             "abuse@example.com",
                                             "",
                                             "@",
                                             "no"};
        struct automatic *a = shipped();

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(machines); i++)
                if (judge(a, &(struct automatic_mail){.address = machines[i], .text = "Hello there, a word"}) !=
                    AUTOMATIC_YES)
                        fail_msg("%s", machines[i]);
        for (size_t i = 0; i < ARRAY_LEN(people); i++)
                if (judge(a, &(struct automatic_mail){.address = people[i], .text = "How do I log in?"}) !=
                    AUTOMATIC_NO)
                        fail_msg("%s", people[i]);
        assert_int_equal(judge(a, &(struct automatic_mail){.name = "Mail Delivery Subsystem", .subject = "x"}),
                         AUTOMATIC_YES);
        automatic_free(a);
}

static void who_speaks_first_decides(void **state) {
        static const char bounce[] =
                        "This message was created automatically by mail delivery software. 550 user unknown";
        char quoted[512];
        struct automatic *a = shipped();

        (void) state;
        assert_int_equal(judge_text(a, NULL, bounce), AUTOMATIC_YES);
        snprintf(quoted, sizeof(quoted), "%s\n\nHow do I cancel my order?", bounce);
        assert_int_equal(judge_text(a, NULL, quoted), AUTOMATIC_YES);
        snprintf(quoted, sizeof(quoted), "What is this?\n\n%s", bounce);
        assert_int_equal(judge_text(a, NULL, quoted), AUTOMATIC_DOUBTFUL);
        snprintf(quoted, sizeof(quoted), "https://example.com/?a=b %s", bounce);
        assert_int_equal(judge_text(a, NULL, quoted), AUTOMATIC_YES);
        automatic_free(a);
}

static void an_answer_to_a_machine_is_a_persons(void **state) {
        static const char text[] = "Thanks Anna, then I will wait for you.";
        struct automatic *a = shipped();

        (void) state;
        assert_int_equal(judge_text(a, "Automatic reply: Invoice", text), AUTOMATIC_YES);
        assert_int_equal(judge_text(a, "Re: Automatic reply: Invoice", text), AUTOMATIC_NO);
        assert_int_equal(judge_text(a, "AW: [list] Automatic reply: Invoice", text), AUTOMATIC_NO);
        automatic_free(a);
}

static void what_comes_back_to_our_answer_needs_less(void **state) {
        struct automatic_mail m = {.text = "I am out of the office."};
        struct automatic *a = shipped();

        (void) state;
        assert_int_equal(judge(a, &m), AUTOMATIC_NO);
        m.after_answer = true;
        assert_int_equal(judge(a, &m), AUTOMATIC_YES);
        automatic_free(a);
}

static void any_bytes_and_any_length_are_judged(void **state) {
        enum { LONG = 2 * 1024 * 1024 };
        char *text _cleanup_free_ = malloc(LONG + 1);
        struct automatic *a = shipped();

        (void) state;
        assert_non_null(text);
        for (size_t i = 0; i < LONG; i++)
                text[i] = (char) (i % 255 + 1);
        text[LONG] = '\0';
        assert_int_equal(judge(a,
                               &(struct automatic_mail){.address = text, .name = text, .subject = text, .text = text}),
                         AUTOMATIC_NO);
        memset(text, '?', LONG);
        assert_int_equal(judge_text(a, text, text), AUTOMATIC_NO);
        for (size_t i = 0; i + 4 < LONG; i += 4)
                memcpy(text + i, "re: ", 4);
        assert_int_equal(judge_text(a, text, text), AUTOMATIC_NO);
        assert_int_equal(judge(a, &(struct automatic_mail){0}), AUTOMATIC_NO);
        automatic_free(a);
}

static void a_broken_line_is_named(void **state) {
        static const struct {
                const char *text, *says;
        } cases[] = {
                        {"# ok\nweather\ttext\t1\train\n", "line 2: \"weather\" is not a kind"},
                        {"bounce\tfoot\t1\tfailed\n", "\"foot\" is not a place"},
                        {"bounce\ttext\tmuch\tfailed\n", "the weight \"much\""},
                        {"bounce\ttext\t0\tfailed\n", "the weight \"0\""},
                        {"bounce\ttext\t1\n", "3 fields where 4 are due"},
                        {"bounce\ttext\t1\t...\n", "is not 1 to"},
                        {"bounce\tsubject\t1\ta .. b\n", "write in_subject"},
                        {"bounce\ttext\t1\ta b c d e f g h i j\n", "is not 1 to"},
        };
        char *dir = scratch_new();

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                free(scratch_write(dir, "automatic.tsv", cases[i].text, strlen(cases[i].text)));
                struct automatic *a = NULL;
                struct error e = ERROR_INIT;

                assert_int_equal(automatic_load(dir, &a, &e), -EINVAL);
                assert_non_null(strstr(e.message, "automatic.tsv, line"));
                if (!strstr(e.message, cases[i].says))
                        fail_msg("%s: %s", cases[i].says, e.message);
        }
        scratch_free(dir);
}

static void a_team_may_bring_its_own_lines(void **state) {
        static const char lines[] = "notice\taddress\t3\tdoor-bell@*\nnotice\tin_subject\t4\tding .. dong\n";
        char *dir = scratch_new();
        free(scratch_write(dir, "automatic.tsv", lines, strlen(lines)));
        struct automatic *a = NULL;
        enum automatic_verdict v;
        char why[AUTOMATIC_WHY_SIZE];

        (void) state;
        assert_int_equal(automatic_load(dir, &a, NULL), 0);
        assert_int_equal(judge(a, &(struct automatic_mail){.address = "DoorBell@home.example"}), AUTOMATIC_YES);
        assert_int_equal(judge_text(a, "A Ding and a dong", "text"), AUTOMATIC_YES);
        assert_int_equal(judge_text(a, "Out of office", ""), AUTOMATIC_NO);
        assert_int_equal(automatic_judge(a, &(struct automatic_mail){.subject = "ding dong"}, &v, why), 0);
        assert_string_equal(why, "an automatic message: \"ding .. dong\"");
        automatic_free(a);
        scratch_free(dir);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(machines_and_people_are_told_apart),
                        cmocka_unit_test(senders_alone_settle_it),
                        cmocka_unit_test(who_speaks_first_decides),
                        cmocka_unit_test(an_answer_to_a_machine_is_a_persons),
                        cmocka_unit_test(what_comes_back_to_our_answer_needs_less),
                        cmocka_unit_test(any_bytes_and_any_length_are_judged),
                        cmocka_unit_test(a_broken_line_is_named),
                        cmocka_unit_test(a_team_may_bring_its_own_lines),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
