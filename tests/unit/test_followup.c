// What a customer's message asks for beside an answer, by the table that is shipped.
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "desk/followup.h"
#include "scratch.h"

static struct followups *shipped(void) {
        const char *root = getenv("SOURCE_ROOT");
        char *dir _cleanup_free_ = str_printf("%s/config", root ? root : ".");
        struct followups *f = NULL;
        struct error e = ERROR_INIT;

        assert_non_null(dir);
        if (followups_load(dir, &f, &e) < 0)
                fail_msg("%s", e.message);
        return f;
}

static const struct {
        enum followup is;
        const char *text;
} cases[] = {
                {FOLLOWUP_PERSON, "Can I talk to a human please?"},
                {FOLLOWUP_PERSON, "I want to speak to a real person"},
                {FOLLOWUP_PERSON, "Thanks, but connect me with an agent"},
                {FOLLOWUP_PERSON, "Ich möchte mit einem Mitarbeiter sprechen"},
                {FOLLOWUP_PERSON, "Je veux parler à un humain"},
                {FOLLOWUP_PERSON, "Quiero hablar con una persona"},
                {FOLLOWUP_PERSON, "Quero falar com um atendente"},
                {FOLLOWUP_PERSON, "Vorrei parlare con un operatore"},
                {FOLLOWUP_PERSON, "Ik wil met een medewerker praten"},
                {FOLLOWUP_PERSON, "Позовите оператора"},
                {FOLLOWUP_PERSON, "请转人工"},
                {FOLLOWUP_UNHELPFUL, "That did not help."},
                {FOLLOWUP_UNHELPFUL, "Thanks, but it still doesn't work"},
                {FOLLOWUP_UNHELPFUL, "I already tried that"},
                {FOLLOWUP_UNHELPFUL, "Das hat mir nicht geholfen"},
                {FOLLOWUP_UNHELPFUL, "Cela ne fonctionne pas"},
                {FOLLOWUP_UNHELPFUL, "No funciona"},
                {FOLLOWUP_UNHELPFUL, "Non funziona"},
                {FOLLOWUP_UNHELPFUL, "Het werkt niet"},
                {FOLLOWUP_UNHELPFUL, "To nie działa"},
                {FOLLOWUP_UNHELPFUL, "Не работает"},
                {FOLLOWUP_THANKS, "Thanks!"},
                {FOLLOWUP_THANKS, "Thank you very much for your quick help, Robin"},
                {FOLLOWUP_THANKS, "Great, that worked. Have a nice day!"},
                {FOLLOWUP_THANKS, "Vielen Dank für die schnelle Antwort!"},
                {FOLLOWUP_THANKS, "Merci beaucoup"},
                {FOLLOWUP_THANKS, "Muchas gracias, perfecto"},
                {FOLLOWUP_THANKS, "Спасибо большое"},
                {FOLLOWUP_THANKS, "谢谢"},
                {FOLLOWUP_THANKS, "ありがとうございます"},
                {FOLLOWUP_QUESTION, "Thanks. And how do I cancel my subscription"},
                {FOLLOWUP_QUESTION, "Thanks, when?"},
                {FOLLOWUP_QUESTION, "How do I change the contact person of my account?"},
                {FOLLOWUP_QUESTION, "How do I add an agent to my team?"},
                {FOLLOWUP_QUESTION, "Where are my invoices"},
                {FOLLOWUP_QUESTION, ""},
                {FOLLOWUP_QUESTION, "?!"},
};

static void meanings_are_told(void **state) {
        struct followups *f = shipped();

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                enum followup is = FOLLOWUP_QUESTION;
                assert_int_equal(followup_of(f, cases[i].text, &is), 0);
                if (is != cases[i].is)
                        fail_msg("%s: %d", cases[i].text, (int) is);
        }
        followups_free(f);
}

static void a_word_or_two_are_short(void **state) {
        static const struct {
                const char *text;
                bool is_short;
        } texts[] = {{"yes", true}, {"Yes, please!", true}, {"", true}, {"How do I cancel", false}};

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
                bool is_short = !texts[i].is_short;
                assert_int_equal(followup_is_short(texts[i].text, &is_short), 0);
                assert_int_equal(is_short, texts[i].is_short);
        }
}

static void a_broken_line_is_named(void **state) {
        static const char *const texts[][2] = {{"# ok\nlove\tdear\n", "line 2: \"love\" is not a meaning"},
                                               {"thanks\n", "1 field where 2 are due"},
                                               {"thanks\t...\n", "is not 1 to"}};
        char *dir = scratch_new();

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
                struct followups *f = NULL;
                struct error e = ERROR_INIT;

                free(scratch_write(dir, "followups.tsv", texts[i][0], strlen(texts[i][0])));
                assert_int_equal(followups_load(dir, &f, &e), -EINVAL);
                assert_non_null(strstr(e.message, "followups.tsv, line"));
                if (!strstr(e.message, texts[i][1]))
                        fail_msg("%s: %s", texts[i][1], e.message);
        }
        scratch_free(dir);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(meanings_are_told),
                        cmocka_unit_test(a_word_or_two_are_short),
                        cmocka_unit_test(a_broken_line_is_named),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
