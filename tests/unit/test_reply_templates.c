// The reply templates that come with the program, as a customer and an agent get to see them.
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/string.h"
#include "text/html.h"
#include "text/template.h"

enum { RENDERED_MAX = 64 * 1024 };

static const char *const names[] = {"requester", "subject",    "team",     "passages",   "title",    "text",
                                    "document",  "score",      "sources",  "tier",       "category", "action",
                                    "reason",    "confidence", "method",   "note_title", "reply",    "summary",
                                    "retrieval", "ticket_id",  "language", "signals",    "signal",   "words",
                                    "effect",    NULL};
static const char *const for_customers[] = {"auto_resolve.html", "answer.html", "acknowledge.html"};
static const char *const for_agents[] = {"escalate_note.html", "draft_note.html"};

#define HOSTILE "<script>alert(1)</script>\"'&{{team}}"

static json_t *values(const char *requester, const char *subject, const char *passage) {
        json_t *found = json_pack("[{s:s, s:s, s:s, s:s}]", "title", "How do I reset it?", "text", passage, "document",
                                  "password_reset.txt", "score", "0.62");
        json_t *v = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "requester", requester,
                              "subject", subject, "team", "Support Team", "tier", "tier_1", "category",
                              "password_reset", "confidence", "83 %", "method", "zero_shot", "reason", "sure enough",
                              "action", "auto_resolve", "note_title", "Firstline", "summary", "It does not work.",
                              "retrieval", "semantic");

        assert_non_null(found);
        assert_non_null(v);
        assert_int_equal(json_object_set(v, "passages", found), 0);
        assert_int_equal(json_object_set(v, "sources", found), 0);
        assert_int_equal(json_object_set_new(v, "signals",
                                             json_pack("[{s:s, s:s, s:s}]", "signal", "legal", "words", "small claims",
                                                       "effect", "person")),
                         0);
        assert_int_equal(json_object_set_new(v, "language", json_string("German")), 0);
        assert_int_equal(json_object_set_new(v, "reply", json_pack("[{s:s}]", "text", passage)), 0);
        json_decref(found);
        return v;
}

static char *render(const char *name, json_t *v) {
        const char *root = getenv("SOURCE_ROOT");
        char *path _cleanup_free_ = str_printf("%s/config/templates/%s", root ? root : ".", name), *html = NULL;
        struct template *t = NULL;
        struct error e = ERROR_INIT;

        if (template_load(path, names, &t, &e) < 0)
                fail_msg("%s", e.message);
        assert_int_equal(template_render(t, v, RENDERED_MAX, &html), 0);
        template_free(t);
        return html;
}

static char *render_text(const char *name, json_t *v) {
        char *html _cleanup_free_ = render(name, v);
        char *text = html_to_text(html, strlen(html), RENDERED_MAX);

        assert_non_null(text);
        return text;
}

static void an_answer_reads_well_as_plain_text(void **state) {
        json_t *v _cleanup_json_ = values("Dana", "Reset", "First this.\n\nThen that.");
        char *text _cleanup_free_ = render_text("auto_resolve.html", v);

        (void) state;
        assert_string_equal(text, "Hello Dana,\n\n"
                                  "Thank you for writing to us about \"Reset\". This is what our help pages say:\n\n"
                                  "How do I reset it?\n\n"
                                  "First this.\n\nThen that.\n\n"
                                  "Source: How do I reset it? (password_reset.txt)\n\n"
                                  "If this answers your question, there is nothing more to do. If it does not, just "
                                  "reply and say "
                                  "so: that opens your request again, and a person from our team will take it from "
                                  "there.\n\n"
                                  "Kind regards\nSupport Team");
}

static void nobody_and_nothing_are_spoken_to_properly(void **state) {
        json_t *v _cleanup_json_ = values("", "", "x");

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(for_customers); i++) {
                char *text _cleanup_free_ = render_text(for_customers[i], v);
                assert_true(str_starts(text, "Hello,\n"));
                assert_null(strstr(text, "about"));
                assert_null(strstr(text, "\"\""));
        }
}

static void no_value_becomes_markup(void **state) {
        json_t *v _cleanup_json_ = values(HOSTILE, HOSTILE, HOSTILE);

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(for_customers) + ARRAY_LEN(for_agents); i++) {
                bool agent = i >= ARRAY_LEN(for_customers);
                const char *name = agent ? for_agents[i - ARRAY_LEN(for_customers)] : for_customers[i];
                char *html _cleanup_free_ = render(name, v), *text _cleanup_free_ = render_text(name, v);
                assert_null(strstr(html, "<script"));
                assert_non_null(strstr(text, HOSTILE));
        }
}

static void customers_do_not_see_what_is_the_desks(void **state) {
        static const char *const inside[] = {"tier_1",   "zero_shot",    "83 %",         "0.62",
                                             "semantic", "auto_resolve", "small claims", "German"};
        json_t *v _cleanup_json_ = values("Dana", "Reset", "First this.");

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(for_customers); i++)
                for (size_t k = 0; k < ARRAY_LEN(inside); k++) {
                        char *html _cleanup_free_ = render(for_customers[i], v);
                        if (strstr(html, inside[k]))
                                fail_msg("%s says \"%s\"", for_customers[i], inside[k]);
                }
}

static void agents_see_why_it_is_theirs(void **state) {
        json_t *v _cleanup_json_ = values("Dana", "Reset", "First this.");
        char *note _cleanup_free_ = render_text("escalate_note.html", v);
        char *draft _cleanup_free_ = render_text("draft_note.html", v);

        (void) state;
        assert_non_null(strstr(note, "sure enough"));
        assert_non_null(strstr(note, "tier_1, 83 % sure, by zero_shot"));
        assert_non_null(strstr(note, "It does not work."));
        assert_non_null(strstr(note, "Language: German"));
        assert_non_null(strstr(note, "Signal: legal (small claims)"));
        assert_non_null(strstr(draft, "Signal: legal (small claims)"));
        assert_non_null(strstr(note, "How do I reset it? (likeness 0.62, password_reset.txt)"));
        assert_non_null(strstr(draft, "not sent to the customer"));
        assert_non_null(strstr(draft, "auto_resolve"));
        assert_non_null(strstr(draft, "First this."));

        char *empty _cleanup_free_ = NULL;
        assert_int_equal(json_object_set_new(v, "passages", json_array()), 0);
        empty = render_text("escalate_note.html", v);
        assert_non_null(strstr(empty, "The knowledge base has nothing on this."));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(an_answer_reads_well_as_plain_text),
                        cmocka_unit_test(nobody_and_nothing_are_spoken_to_properly),
                        cmocka_unit_test(no_value_becomes_markup),
                        cmocka_unit_test(customers_do_not_see_what_is_the_desks),
                        cmocka_unit_test(agents_see_why_it_is_theirs),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
