// Signals: the table that is shipped on tickets of every kind, and what is wrong with a table.
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "scratch.h"
#include "triage/shout.h"
#include "triage/signal_table.h"

static char *below_root(const char *name) {
        const char *root = getenv("SOURCE_ROOT");

        return str_printf("%s/%s", root ? root : ".", name);
}

static struct signal_table *load(const char *dir) {
        struct signal_table *t = NULL;
        struct error e = ERROR_INIT;

        if (signal_table_load(dir, &t, &e) < 0)
                fail_msg("%s", e.message);
        return t;
}

static struct signal_table *shipped(void) {
        char *dir _cleanup_free_ = below_root("config");

        return load(dir);
}

static const struct signal *find(const struct signals_found *f, const char *name) {
        for (size_t i = 0; i < f->n; i++)
                if (str_eq(f->items[i].name, name))
                        return &f->items[i];
        return NULL;
}

struct counts {
        size_t wanted, seen, wanted_person, person;
};

// What is found beside the labels is wrong, whatever it is.
static void judge(const struct signal_table *t, char *labels, const char *text, struct counts *c) {
        struct signals_found f;
        char *plus = strchr(labels, '+'), *rest = NULL;
        bool person = false;
        size_t hits = 0;

        if (plus)
                *plus = '\0';
        assert_int_equal(signals_find(t, "", text, &f), 0);
        for (size_t i = 0; i < f.n; i++)
                person = person || f.items[i].effect == SIGNAL_PERSON;
        for (char *name = strtok_r(labels, ", ", &rest); name; name = strtok_r(NULL, ", ", &rest)) {
                if (str_eq(name, "-"))
                        continue;
                c->wanted++;
                hits += find(&f, name) != NULL;
        }
        c->seen += hits;
        c->wanted_person += plus != NULL;
        c->person += plus && person;
        if (f.n > hits)
                fail_msg("\"%s\" has the signal %s (%s)", text, f.items[0].name, f.items[0].words);
}

static void tickets_show_what_a_person_sees_in_them(void **state _unused_) {
        char *path _cleanup_free_ = below_root("tests/unit/data/signal_tickets.tsv"), *line _cleanup_free_ = NULL;
        struct signal_table *t = shipped();
        struct counts c = {0};
        size_t cap = 0;
        FILE *f = fopen(path, "re");

        assert_non_null(f);
        while (getline(&line, &cap, f) > 0) {
                char *text = strchr(line, '\t');
                if (*line == '#' || !text)
                        continue;
                line[strcspn(line, "\n")] = *text++ = '\0';
                judge(t, line, text, &c);
        }
        fclose(f);
        signal_table_free(t);
        assert_true(c.wanted > 50);
        if (c.seen * 100 < c.wanted * 80 || c.person * 100 < c.wanted_person * 80)
                fail_msg("%zu of %zu signals, %zu of %zu persons", c.seen, c.wanted, c.person, c.wanted_person);
}

static bool wants_person(const struct signal_table *t, const char *text) {
        struct signals_found f;

        assert_int_equal(signals_find(t, "", text, &f), 0);
        const struct signal *s = find(&f, "safety");
        return s && s->effect == SIGNAL_PERSON;
}

// Whatever else the ticket asks. One that is missed is answered by an article.
static void who_is_in_danger_gets_a_person(void **state _unused_) {
        static const char *const texts[] = {
                        "How do I cancel my subscription? I do not want to live any more and wont need it.",
                        "I don't want to live anymore.",
                        "please close my account, i dont wanna be alive much longer",
                        "How do I delete everything? I want to die.",
                        "my daughter wants to die and she found this on your site",
                        "Since the refund was refused I am thinking about ending my life",
                        "I've been having suicidal thoughts, can I pause the plan?",
                        "What happens to my data if I take my own life?",
                        "My brother killed himself last month, how do I close his account?",
                        "I am going to end it all tonight, so please stop the invoices.",
                        "I'd be better off dead, keep the money",
                        "life is not worth living since you closed my shop",
                        "A user in our group writes that she cuts herself",
                        "my ex says he will find me, he tried to kill me before, how do I hide my address?",
                        "One of your members sent me a death threat",
                        "i will kill you if the money is not there tomorrow",
                        "How do I change my delivery address? I was raped by your driver.",
                        "Where is the emergency contact? My father is not breathing",
                        "she is unconscious after your tablets, what do I do",
                        "he took an overdose",
        };
        struct signal_table *t = shipped();

        for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                if (!wants_person(t, texts[i]))
                        fail_msg("\"%s\" goes to no person", texts[i]);
        signal_table_free(t);
}

static void figures_of_speech_are_no_danger(void **state _unused_) {
        static const char *const texts[] = {
                        "This is killing me, how do I export the list?",
                        "There is a dead link on your pricing page.",
                        "How do I kill the process when it hangs?",
                        "kill -9 does not stop the worker",
                        "The app keeps dying on my phone and the battery is dead",
                        "My boss is going to kill me if the report is late",
                        "The deadline is killing us",
                        "I'm dying to try the new version",
                        "I wanted to die of embarrassment when the wrong invoice went out",
                        "Is Suicide Squad on your channel?",
                        "Without a backup it would be commercial suicide",
                        "We nearly had a heart attack when we saw the bill",
                        "You shot yourselves in the foot with that update, I shot myself in the foot too",
                        "We don't want to live in that flat after March, how do we end the lease?",
                        "I do not want to live here any more, how do I give notice?",
                        "The live stream is dead, do I have to kill it and start again?",
                        "Can I mute a killer feature? The sound kills my ears",
                        "How long does the trial live? I don't want to live without it",
                        "dead or alive, which edition of the game is on sale?",
                        "My kids would kill for that toy",
                        "Do you ship poison ivy cream?",
                        "How do I hang up a call? The line went dead",
                        "end of life of the old plan: when does it end?",
                        "the printer died last week",
                        "a bleeding edge build and a cut off date",
                        "I hurt for money, is there a discount?",
        };
        struct signal_table *t = shipped();

        for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                if (wants_person(t, texts[i]))
                        fail_msg("\"%s\" goes to a person", texts[i]);
        signal_table_free(t);
}

static void put(const char *dir, const char *text) {
        free(scratch_write(dir, "signals.tsv", text, strlen(text)));
}

static void expect(const char *table, const char *subject, const char *text, const char *expected) {
        char *dir = scratch_new(), *got _cleanup_free_ = str_dup("");
        struct signals_found f;

        put(dir, table);
        struct signal_table *t = load(dir);
        assert_int_equal(signals_find(t, subject, text, &f), 0);
        for (size_t i = 0; i < f.n; i++) {
                char *more = str_printf("%s%s %s [%s];", got, f.items[i].name, signal_effect_name(f.items[i].effect),
                                        f.items[i].words);
                free(got);
                got = more;
        }
        assert_string_equal(got, expected);
        signal_table_free(t);
        scratch_free(dir);
}

static void weights_add_up_and_the_strongest_effect_comes_first(void **state _unused_) {
        static const char table[] =
                        "mood\tshow\t0.5\tsad\nmood\tshow\t0.5\tblue\nlaw\tperson\t0.4\tlawyer\n"
                        "law\tpriority\t0.6\tcourt\nlaw\tshow\t-1\ttennis court\nvip\tperson\t1\tgold .. member\n";

        expect(table, "", "I am sad", "");
        expect(table, "sad", "and blue", "mood show [sad, blue];");
        expect(table, "", "sad sad sad", "");
        expect(table, "", "the lawyer and the court", "law priority [court, lawyer];");
        expect(table, "", "the lawyer on the tennis court", "");
        expect(table, "", "sad and blue as a gold level member", "vip person [gold .. member];mood show [sad, blue];");
}

static void how_it_is_written_counts(void **state _unused_) {
        static const char table[] = "loud\tshow\t1\t{capitals}\nbang\tshow\t1\t{!!!}\nask\tshow\t1\t{???}\n";

        expect(table, "", "WHERE IS MY ORDER", "loud show [{capitals}];");
        expect(table, "", "Hello, WHY DOES NOBODY EVER ANSWER me", "loud show [{capitals}];");
        expect(table, "", "The API and the SDK over HTTP and TLS in EU", "");
        expect(table, "", "USA EU UK DE FR", "");
        expect(table, "URGENT PLEASE READ", "My order is late.", "");
        expect(table, "URGENT PLEASE READ", "", "loud show [{capitals}];");
        expect(table, "", "what?? no!!", "");
        expect(table, "Help!!!", "what?!?", "bang show [{!!!}];");
        expect(table, "", "really???", "ask show [{???}];");
        expect(table, "", "GDZIE JEST MOJA PACZKA", "loud show [{capitals}];");
        expect(table, "", "我的订单在哪里", "");
        assert_int_equal(shout_parse("{capitals}"), SHOUT_CAPITALS);
        assert_int_equal(shout_parse("capitals"), -1);
}

static void a_bad_table_is_refused_with_its_line(void **state _unused_) {
        static const struct {
                const char *table, *message;
        } cases[] = {
                        {"# x\nlaw\tperson\t1\n", "line 2"},
                        {"La w\tperson\t1\tcourt\n", "is no name for a signal"},
                        {"law\tpolice\t1\tcourt\n", "is not an effect"},
                        {"law\tperson\theavy\tcourt\n", "is not a number"},
                        {"law\tperson\t99\tcourt\n", "is not a number"},
                        {"law\tperson\t1\t..\n", "is not 1 to 8 words"},
                        {"law\tperson\t1\t{loud}\n", "is not a way of writing"},
                        {"a\tshow\t1\tx\nb\tshow\t1\tx\nc\tshow\t1\tx\nd\tshow\t1\tx\ne\tshow\t1\tx\nf\tshow\t1\tx\n"
                         "g\tshow\t1\tx\nh\tshow\t1\tx\ni\tshow\t1\tx\nj\tshow\t1\tx\nk\tshow\t1\tx\nl\tshow\t1\tx\n"
                         "m\tshow\t1\tx\nn\tshow\t1\tx\no\tshow\t1\tx\np\tshow\t1\tx\nq\tshow\t1\tx\n",
                         "at most 16 signals"},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                char *dir = scratch_new();
                struct signal_table *t = NULL;
                struct error e = ERROR_INIT;
                put(dir, cases[i].table);
                assert_int_equal(signal_table_load(dir, &t, &e), -EINVAL);
                assert_null(t);
                if (!strstr(e.message, cases[i].message) || !strstr(e.message, "signals.tsv, line "))
                        fail_msg("%s", e.message);
                scratch_free(dir);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(tickets_show_what_a_person_sees_in_them),
                        cmocka_unit_test(who_is_in_danger_gets_a_person),
                        cmocka_unit_test(figures_of_speech_are_no_danger),
                        cmocka_unit_test(weights_add_up_and_the_strongest_effect_comes_first),
                        cmocka_unit_test(how_it_is_written_counts),
                        cmocka_unit_test(a_bad_table_is_refused_with_its_line),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
