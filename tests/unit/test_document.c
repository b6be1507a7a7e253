// Documents of every layout into titles and answers.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/string.h"
#include "knowledge/document.h"

enum { SHOWN_MAX = 1 << 20 };

static struct document *parse(enum document_format format, const char *bytes) {
        struct document *d = NULL;
        assert_int_equal(document_parse("folder/some_name.txt", format, bytes, strlen(bytes), &d), 0);
        return d;
}

// "[context > title] answer" for each article, one per line; "|" for line breaks within an answer.
static char *show(const struct document *d) {
        struct buffer out _cleanup_buffer_ = BUFFER_INIT(SHOWN_MAX);
        for (size_t i = 0; i < d->n_articles; i++) {
                const struct article *a = &d->articles[i];
                buffer_addf(&out, "[%s%s%s] ", a->context, a->context[0] ? " > " : "", a->title);
                for (size_t k = a->start; k < a->end; k++)
                        buffer_add_char(&out, d->page.text[k] == '\n' ? '|' : d->page.text[k]);
                buffer_add_char(&out, '\n');
        }
        return buffer_take(&out);
}

struct layout {
        const char *document, *shown;
};

static void check(enum document_format format, const struct layout *layouts, size_t n) {
        for (size_t i = 0; i < n; i++) {
                struct document *d _cleanup_(document_unref_p) = parse(format, layouts[i].document);
                char *shown _cleanup_free_ = show(d);
                assert_string_equal(shown, layouts[i].shown);
        }
}

static void labelled_questions_become_articles(void **state) {
        static const struct layout layouts[] = {
                        {"Q: How?\nA: So.\nQ: Why?\nA: Because.\n", "[How?] So.\n[Why?] Because.\n"},
                        {"Q: How?\n\nA: So.\n\nAnd so.\n\nQ: Why?\n\nA: Because.",
                         "[How?] So.||And so.\n[Why?] Because.\n"},
                        {"Q1. How?\nA1. So.\n\nQ2. Why?\nA2. Because.", "[How?] So.\n[Why?] Because.\n"},
                        {"**Q:** How?\n**A:** So.\n\n**Q: Why?**\nA: Because.", "[How?] So.\n[Why?] Because.\n"},
                        {"Question: How?\nAnswer: So.\nQuestion 2: Why?\nAnswer 2: Because.",
                         "[How?] So.\n[Why?] Because.\n"},
                        {"Q:\nHow?\nA:\nSo.\n", "[How?] So.\n"},
                        {"Q: How does\nthis work?\nA: So\nand so.", "[How does this work?] So|and so.\n"},
                        {"Q: How?\n\nSo.\n\nQ: Why?\n\nBecause.", "[How?] So.\n[Why?] Because.\n"},
                        {"Q: How?\nSo.\n\nQ: Why?\nBecause.", "[How?] So.\n[Why?] Because.\n"},
                        {"1. Q: How?\nA: So.\n2. Q: Why?\nA: Because.", "[How?] So.\n[Why?] Because.\n"},
                        {"Frage: Wie?\nAntwort: So.\n\nFrage: Warum?\nAntwort: Darum.",
                         "[Wie?] So.\n[Warum?] Darum.\n"},
                        {"F: Wie?\nA: So.", "[Wie?] So.\n"},
                        {"Pregunta: Como?\nRespuesta: Asi.", "[Como?] Asi.\n"},
                        {"\xE9\x97\xAE\xEF\xBC\x9A\xE6\x80\x8E\xE4\xB9\x88\xEF\xBC\x9F\n\xE7\xAD\x94\xEF\xBC\x9A\xE8"
                         "\xBF\x99\xE6\xA0\xB7\xE3\x80\x82",
                         "[\xE6\x80\x8E\xE4\xB9\x88\xEF\xBC\x9F] \xE8\xBF\x99\xE6\xA0\xB7\xE3\x80\x82\n"},
                        {"Problem: It is slow.\nSolution: Restart it.\n\nProblem: It is loud.\nSolution: Mute it.",
                         "[It is slow.] Restart it.\n[It is loud.] Mute it.\n"},
                        {"Q: How?\nA: So.\nA: Or so.", "[How?] So.|A: Or so.\n"},
                        {"Copy it to the drives,\nA: or B: and wait.\n\nThen go on.",
                         "[Some name] Copy it to the drives,|A: or B: and wait.||Then go on.\n"},
                        {"The title\n\nQ: How?\nA: So.", "[The title > How?] So.\n"},
                        {"# Paying\n\nQ: How?\nA: So.\n\n## Late\n\nBecause.\n\nQ: Why?\nA: No.",
                         "[Paying > How?] So.\n[Paying > Late] Because.\n[Paying > Why?] No.\n"},
        };
        (void) state;
        check(FORMAT_TEXT, layouts, ARRAY_LEN(layouts));
}

static void headings_become_articles(void **state) {
        static const struct layout layouts[] = {
                        {"# How?\n\nSo.\n\n# Why?\nBecause.", "[How?] So.\n[Why?] Because.\n"},
                        {"Guide\n=====\n\nHow it works\n------------\nSo.\n\nWhy\n---\n\nBecause.",
                         "[Guide > How it works] So.\n[Guide > Why] Because.\n"},
                        {"PASSWORD RESET\n\nSo.\n\nTWO FACTORS\nBecause.\n",
                         "[PASSWORD RESET] So.\n[PASSWORD RESET > TWO FACTORS] Because.\n"},
                        {"Guide\n\n1. First part\n\nSo.\n\n2. Second part\n\nBecause.\n",
                         "[Guide > First part] So.\n[Guide > Second part] Because.\n"},
                        {"Guide\n\n1. Open it\n\n2. Close it\n\nDone.", "[Guide] 1. Open it||2. Close it||Done.\n"},
                        {"Guide\n\n1. Open it.\n2. Close it.\n\nDone.", "[Guide] 1. Open it.|2. Close it.||Done.\n"},
                        {"**How**\n\nSo.\n\n**Why**\n\nBecause.", "[How] So.\n[Why] Because.\n"},
                        {"# Crash\n## Cause\nHeat.\n## Solution\nCool it.", "[Crash] Heat.|## Solution|Cool it.\n"},
                        {"Guide\n\nText --- with a rule:\n\n---\n\nMore.",
                         "[Guide] Text --- with a rule:||---||More.\n"},
                        {"# Code\n\n```\n# no heading\n```\n", "[Code] ```|# no heading|```\n"},
                        {"** **\n======\nx", "[* *] x\n"},
                        {"# Only a heading\n", "[Only a heading] Only a heading\n"},
        };
        (void) state;
        check(FORMAT_TEXT, layouts, ARRAY_LEN(layouts));
}

static void a_text_without_marks_is_one_article(void **state) {
        static const struct layout layouts[] = {
                        {"Strikethrough with Markdown\nUse ~~tildes~~.\nOr a tag.\n",
                         "[Strikethrough with Markdown] Use ~~tildes~~.|Or a tag.\n"},
                        {"Strikethrough with Markdown\n\nUse ~~tildes~~.\n\nOr a tag.\n",
                         "[Strikethrough with Markdown] Use ~~tildes~~.||Or a tag.\n"},
                        {"How do I do it?\nLike this.\nOr like that.", "[How do I do it?] Like this.|Or like that.\n"},
                        {"How do I do it?\n\nLike this.\n\nHave you tried?\n\nOr like that.\n\nOr so.\n\nOr so.\n\nOr "
                         "so.\n\nOr so.\n\nEnd.",
                         "[How do I do it?] Like this.||Have you tried?||Or like that.||Or so.||Or so.||Or so.||Or "
                         "so.||End.\n"},
                        {"This is a text that goes on\nand on, without a title.",
                         "[Some name] This is a text that goes on|and on, without a title.\n"},
                        {"Just one sentence.", "[Some name] Just one sentence.\n"},
        };
        (void) state;
        check(FORMAT_TEXT, layouts, ARRAY_LEN(layouts));
}

static void questions_without_labels_are_headings_where_they_are_regular(void **state) {
        static const struct layout layouts[] = {
                        {"How do I pay?\nBy card.\n\nWhen do I pay?\nMonthly.\n\nWhere?\nHere.",
                         "[How do I pay?] By card.\n[When do I pay?] Monthly.\n[Where?] Here.\n"},
                        {"Paying\n\nIt does not pay. Why?\nNo card.\n\nHow do I pay?\nBy card.",
                         "[Paying > It does not pay. Why?] No card.\n[Paying > How do I pay?] By card.\n"},
                        {"Paying\n\nHow do I pay?\n\nBy card.\n\nOr not.\n\nWhen do I pay?\n\nMonthly.",
                         "[Paying > How do I pay?] By card.||Or not.\n[Paying > When do I pay?] Monthly.\n"},
        };
        (void) state;
        check(FORMAT_TEXT, layouts, ARRAY_LEN(layouts));
}

static void markdown_becomes_plain_text(void **state) {
        static const struct layout layouts[] = {
                        {"# Guide\n\nIntro *with* `code` and **bold**.\n\n## Steps\n\n1. Open\n2. Close\n   - "
                         "inner\n\n## How?\n\nSo.",
                         "[Guide] Intro with code and bold.||Steps||1. Open|2. Close|  - inner\n[Guide > How?] So.\n"},
                        {"---\ntitle: \"Named here\"\n---\n\nText.", "[Named here] Text.\n"},
                        {"**How?**\n\nSo.\n\n**Why?**\n\nBecause.", "[How?] So.\n[Why?] Because.\n"},
                        {"## Q: How?\n\nA: So.\n\n## Q: Why?\n\nBecause.", "[How?] So.\n[Why?] Because.\n"},
                        {"See [the page](https://example.com/x) or <https://example.com/y> or [here](#there) &amp; "
                         "![picture](p.png)end.",
                         "[Some name] See the page (https://example.com/x) or https://example.com/y or here & end.\n"},
                        {"| A | B |\n|---|---|\n| 1 | 2 |\n", "[Some name] A | B|1 | 2\n"},
                        {"```\n  code\n    more\n```\n", "[Some name]   code|    more\n"},
                        {"<div>Raw <b>markup</b></div>\n\nText<!-- gone -->.", "[Some name] Raw markup||Text.\n"},
                        {"- one\n- two\n\n  more of two\n- three", "[Some name] - one|- two|  more of two|- three\n"},
        };
        (void) state;
        check(FORMAT_MARKDOWN, layouts, ARRAY_LEN(layouts));
}

static void html_becomes_articles(void **state) {
        static const struct layout layouts[] = {
                        {"<title>Help</title><h1>How?</h1><p>So.</p><p># really</p><h1>Why?</h1><p>Because.</p>",
                         "[How?] So.||# really\n[Why?] Because.\n"},
                        {"<p><b>Q:</b> How?</p><p><b>A:</b> So.</p>", "[How?] So.\n"},
                        {"<dl><dt>Seat</dt><dd>A person.</dd><dt>Team</dt><dd>Many.</dd></dl>",
                         "[Seat] A person.\n[Team] Many.\n"},
                        {"<p>Only text</p>", "[Some name] Only text\n"},
        };
        (void) state;
        check(FORMAT_HTML, layouts, ARRAY_LEN(layouts));
}

static void an_answer_is_shown_word_for_word(void **state) {
        static const char text[] = "Q: How?\nA: First,  two spaces.\n\n    code();\n\nQ: Why?\nA: x";
        struct document *d _cleanup_(document_unref_p) = parse(FORMAT_TEXT, text);
        (void) state;
        for (size_t i = 0; i < d->n_passages; i++) {
                char *shown _cleanup_free_ = str_ndup(d->page.text + d->passages[i].start,
                                                      d->passages[i].end - d->passages[i].start);
                assert_non_null(strstr(text, shown));
        }
        assert_int_equal(d->n_passages, 2);
}

static void long_articles_are_cut_at_paragraphs_and_sentences(void **state) {
        struct buffer text _cleanup_buffer_ = BUFFER_INIT(SHOWN_MAX);
        (void) state;
        buffer_add_str(&text, "# Long\n\n");
        for (int i = 0; i < 100; i++)
                buffer_addf(&text, "This is sentence %d of a long one.%s", i, i % 10 == 9 ? "\n\n" : " ");
        for (int i = 0; i < 300; i++)
                buffer_addf(&text, "Sentence %d without paragraphs. ", i);
        struct document *d _cleanup_(document_unref_p) = parse(FORMAT_TEXT, buffer_str(&text));
        assert_int_equal(d->n_articles, 1);
        assert_true(d->n_passages > 10);
        size_t covered = d->articles[0].start;
        for (size_t i = 0; i < d->n_passages; i++) {
                const struct passage *p = &d->passages[i];
                assert_true(p->start <= p->from && p->from < p->to && p->to <= p->end);
                assert_true(p->to - p->from <= 980 && p->end - p->start <= 1600);
                assert_int_equal(d->page.text[p->to - 1], '.'); // ends with a sentence
                // nothing but white space between two windows
                assert_int_equal(strspn(d->page.text + covered, " \n"), p->from - covered);
                covered = p->to;
        }
        assert_int_equal(covered, d->articles[0].end);
}

static void what_is_no_text_says_so(void **state) {
        static const struct {
                const char *bytes;
                size_t n;
                const char *note;
                bool searched;
        } files[] = {
                        {"\x7F"
                         "ELF\x01\x00\x00\x00",
                         8, "is not text", false},
                        {"\xFF\xFEH\x00i\x00", 6, "UTF-16", false},
                        {" \n\t\n", 4, "has no text", false},
                        {"Caf\xE9 is open.", 13, "not UTF-8 in 1 place", true},
                        {"\xEF\xBB\xBFWell.\r\n", 10, NULL, true},
        };
        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(files); i++) {
                struct document *d _cleanup_(document_unref_p) = NULL;
                assert_int_equal(document_parse("x.txt", FORMAT_TEXT, files[i].bytes, files[i].n, &d), 0);
                assert_int_equal(d->n_passages > 0, files[i].searched);
                if (files[i].note)
                        assert_non_null(strstr(d->note, files[i].note));
                else
                        assert_null(d->note);
        }
}

static void hostile_documents_take_time_in_proportion(void **state) {
        static const char *const repeated[] = {"Q:\n",
                                               "A:",
                                               "a:\n\n",
                                               "# \n",
                                               "#\n",
                                               "A\n-\n",
                                               "1. A\n\n",
                                               "**a**\n\n",
                                               "What?\n\n",
                                               "\n",
                                               " ",
                                               "- ",
                                               "[a](",
                                               "![",
                                               "<",
                                               "*",
                                               "_a",
                                               "`",
                                               "|",
                                               "AAAA\n\n",
                                               "> ",
                                               "\t",
                                               "[a]: /b\n\n[a]",
                                               "<!--",
                                               "&",
                                               "a\n=\n"};
        static const enum document_format formats[] = {FORMAT_TEXT, FORMAT_MARKDOWN, FORMAT_HTML};
        enum { SIZE = 200000 };
        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(repeated) * ARRAY_LEN(formats); i++) {
                const char *unit = repeated[i / ARRAY_LEN(formats)];
                size_t k = strlen(unit), n = SIZE / k * k;
                char *bytes _cleanup_free_ = malloc(n);
                struct document *d _cleanup_(document_unref_p) = NULL;
                assert_non_null(bytes);
                for (size_t at = 0; at < n; at += k)
                        memcpy(bytes + at, unit, k);
                assert_int_equal(document_parse("x", formats[i % ARRAY_LEN(formats)], bytes, n, &d), 0);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(labelled_questions_become_articles),
                        cmocka_unit_test(headings_become_articles),
                        cmocka_unit_test(a_text_without_marks_is_one_article),
                        cmocka_unit_test(questions_without_labels_are_headings_where_they_are_regular),
                        cmocka_unit_test(markdown_becomes_plain_text),
                        cmocka_unit_test(html_becomes_articles),
                        cmocka_unit_test(an_answer_is_shown_word_for_word),
                        cmocka_unit_test(long_articles_are_cut_at_paragraphs_and_sentences),
                        cmocka_unit_test(what_is_no_text_says_so),
                        cmocka_unit_test(hostile_documents_take_time_in_proportion),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
