// HTML to plain text and to Markdown headings, and text back into HTML.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/string.h"
#include "text/html.h"
#include "text/html_element.h"
#include "text/html_entity_table.h"

enum { TEXT_MAX = 1 << 20 };

struct example {
        const char *html, *text;
};

static void check(const struct example *examples, size_t n) {
        for (size_t i = 0; i < n; i++) {
                char *text _cleanup_free_ = html_to_text(examples[i].html, strlen(examples[i].html), TEXT_MAX);
                assert_string_equal(text, examples[i].text);
        }
}

static void shows_lines_where_a_reader_sees_them(void **state) {
        static const struct example examples[] = {
                        {"", ""},
                        {"plain", "plain"},
                        {"  two \n\t words  ", "two words"},
                        {"<div>Hello,</div><div>it is broken</div>", "Hello,\nit is broken"},
                        {"<p>One</p><p>Two</p>", "One\n\nTwo"},
                        {"one<br>two<br/><br />three<br><br><br><br>four", "one\ntwo\n\nthree\n\nfour"},
                        {"<div>Hi<br></div><div><br></div><div>there</div>", "Hi\n\nthere"},
                        {"<p>a</p>\n\n<p>&nbsp;</p><p>&#160;</p>\n<p>b</p>", "a\n\nb"},
                        {"<ul><li>one</li><li><p>two</p></li><li></li></ul>after", "- one\n- two\n\nafter"},
                        {"<ol><li>first<li>second<ul><li>inner</ul><li>third</ol>",
                         "1. first\n2. second\n  - inner\n3. third"},
                        {"<ol start=\"4\"><li>four<li>five</ol>", "4. four\n5. five"},
                        {"<table><tr><td>Invoice</td><td>7</td></tr><tr><td>Total<td>9.00</table>",
                         "Invoice | 7\nTotal | 9.00"},
                        {"<table><tr><td></td><td><div>a</div><div>b</div></td></tr></table>", "a\nb"},
                        {"<h1>Title</h1>text", "Title\n\ntext"},
                        {"x<pre>  a\n    b\n\nc</pre>y", "x\n\n  a\n    b\n\nc\n\ny"},
                        {"<b>bo</b>ld<i> and </i>thin", "bold and thin"},
                        {"<a href=\"https://example.com/x\">the link</a>", "the link"},
                        {"a<hr>b", "a\n\nb"},
        };
        (void) state;
        check(examples, ARRAY_LEN(examples));
}

static void resolves_references(void **state) {
        static const struct example examples[] = {
                        {"Tom &amp; Jerry &lt;b&gt; &quot;x&quot; &#39;y&#39; &apos;", "Tom & Jerry <b> \"x\" 'y' '"},
                        {"&euro;5 &#8364;5 &#x20AC;5 &#128;5", "€5 €5 €5 €5"},
                        {"caf&eacute &copy 2020 &uuml;ber&hellip;", "café © 2020 über…"},
                        {"a&nbsp;&nbsp;b&#xa0;c", "a b c"},
                        {"AT&T R&D & &; &# &#x; &unknown; ?a=1&check=2",
                         "AT&T R&D & &; &# &#x; &unknown; ?a=1&check=2"},
                        {"&#0;&#xD800;&#x110000;&#99999999999999999999;",
                         "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
                        {"&amp;lt;script&amp;gt;", "&lt;script&gt;"},
        };
        (void) state;
        check(examples, ARRAY_LEN(examples));
}

static void drops_what_nobody_sees(void **state) {
        static const struct example examples[] = {
                        {"<head><title>T</title><style>p{}</style></head><body>x</body>", "x"},
                        {"a<script>if (a<b) document.write('</p>')</script>b<SCRIPT>x</SCRIPT >c", "abc"},
                        {"a<!-- hidden <b> -->b<!--[if mso]>no<![endif]-->c<![if !mso]>yes<![endif]>", "abcyes"},
                        {"a<div style=\"color:red; DISPLAY : none !important\">no<div>no</div></div>b", "ab"},
                        {"<span style='font-size:0px'>no</span><span hidden>no</span><span "
                         "style=\"opacity:0\">no</span>yes",
                         "yes"},
                        {"<span style='visibility:hidden'>no</span><i style='mso-hide:all'>no</i>yes", "yes"},
                        {"<span style='opacity:0.5;font-size:10px;display:block'>yes</span>", "yes"},
                        {"<div><span style=\"display:none\">preview</div>shown", "shown"},
                        {"<p hidden>no<p>yes", "yes"},
                        {"<ul><li hidden>no<li>yes</ul>", "- yes"},
                        {"<div hidden><span>no</i></b>no</span>no</div>yes", "yes"},
                        {"<template>no</template><noscript>no</noscript><svg><text>no</text></svg>yes", "yes"},
                        {"<img src=x alt=\"Logo\">Hello", "Hello"},
                        {"<p><img src=x alt=\"Reset &amp; go\"></p><p>Hello <img alt=\"no\"></p>",
                         "Reset & go\n\nHello"},
                        {"so\302\255ft ze\342\200\213ro \357\273\277bom \342\200\256bidi\007\033",
                         "soft zero bom bidi"},
                        {"\xE2\x80\x8C \xE2\x80\x8C&nbsp;&zwnj;&nbsp;x", "x"},
                        {"\xD9\x85\xDB\x8C\xE2\x80\x8C\xD8\xAE", "\xD9\x85\xDB\x8C\xE2\x80\x8C\xD8\xAE"},
        };
        (void) state;
        check(examples, ARRAY_LEN(examples));
}

static void keeps_what_only_looks_like_markup(void **state) {
        static const struct example examples[] = {
                        {"if x < y and y > z", "if x < y and y > z"},
                        {"if x <y", "if x <y"},
                        {"I <3 it", "I <3 it"},
                        {"a <b", "a <b"},
                        {"<a href=\"never closed>text</a> more", "text more"},
                        {"<", "<"},
                        {"</", "</"},
                        {"x</>y", "xy"},
                        {"<p ===x=y='>z", "z"},
        };
        (void) state;
        check(examples, ARRAY_LEN(examples));
}

static void marks_quoted_mail_only(void **state) {
        static const struct example examples[] = {
                        {"new<blockquote type=\"cite\"><div>old</div><p>older</p></blockquote>newer",
                         "new\n\n> old\n>\n> older\n\nnewer"},
                        {"<blockquote class=\"gmail_quote\">old</blockquote>", "> old"},
                        {"<blockquote style=\"margin:0 0 0 40px\">indented</blockquote>", "indented"},
        };
        (void) state;
        check(examples, ARRAY_LEN(examples));
}

static void repairs_broken_bytes(void **state) {
        static const char html[] = "a\xFF\x00"
                                   "b<p>\xC3";
        char *text _cleanup_free_ = html_to_text(html, sizeof(html) - 1, TEXT_MAX);
        (void) state;
        assert_non_null(text);
        assert_true(utf8_valid(text, strlen(text)));
        assert_non_null(strchr(text, 'b'));
}

static void never_gives_more_than_asked(void **state) {
        (void) state;
        for (size_t max = 0; max < 12; max++) {
                char *text _cleanup_free_ = html_to_text("<p>aé€</p><p>b</p>", 20, max);
                assert_non_null(text);
                assert_true(strlen(text) <= max);
                assert_true(utf8_valid(text, strlen(text)));
        }
}

// Each of these took a common parser library seconds to hours; here the test's time limit is far away.
static void hostile_pages_take_time_in_proportion(void **state) {
        static const struct {
                const char *before, *repeated;
                size_t count;
        } pages[] = {
                        {"", "<div>", 100000},
                        {"", "<b>", 100000},
                        {"", "<blockquote type=cite>", 100000},
                        {"", "</i>", 250000},
                        {"", "<ul><li>", 100000},
                        {"<p ", "a b=c ", 200000},
                        {"", "<a href=\"", 100000},
                        {"", "<a b='", 100000},
                        {"", "<!--", 250000},
                        {"", "<!-", 250000},
                        {"", "<", 1000000},
                        {"", "&", 1000000},
                        {"", "&#", 500000},
                        {"", "<script>", 100000},
                        {"", "<title>", 100000},
                        {"", "<table><tr><td>", 60000},
                        {"", "<p style=';:;:'", 60000},
                        {"", "<div hidden>", 80000},
                        {"", "<img alt=x>", 80000},
                        {"", "<h1>", 100000},
                        {"", "&amp", 200000},
                        {"", "<p hidden><b>", 80000},
                        {"<b><b><b><b>", "</p></div>", 100000},
        };
        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
                size_t unit = strlen(pages[i].repeated), start = strlen(pages[i].before),
                       n = start + unit * pages[i].count;
                char *html _cleanup_free_ = malloc(n + 1), *text _cleanup_free_ = NULL, *title _cleanup_free_ = NULL,
                           *markdown _cleanup_free_ = NULL;
                assert_non_null(html);
                memcpy(html, pages[i].before, start);
                for (size_t k = 0; k < pages[i].count; k++)
                        memcpy(html + start + k * unit, pages[i].repeated, unit);
                html[n] = '\0';
                text = html_to_text(html, n, TEXT_MAX);
                assert_non_null(text);
                markdown = html_to_markdown(html, n, TEXT_MAX, &title);
                assert_non_null(markdown);
        }
}

static void text_within_deep_nesting_is_kept(void **state) {
        enum { DEPTH = 100000 };
        char *html _cleanup_free_ = malloc(DEPTH * 11 + 8), *text _cleanup_free_ = NULL;
        size_t n = 0;
        (void) state;
        assert_non_null(html);
        for (size_t i = 0; i < DEPTH; i++, n += 5)
                memcpy(html + n, "<div>", 5);
        memcpy(html + n, "deep", 4);
        n += 4;
        for (size_t i = 0; i < DEPTH; i++, n += 6)
                memcpy(html + n, "</div>", 6);
        text = html_to_text(html, n, TEXT_MAX);
        assert_string_equal(text, "deep");
}

static void markdown_has_headings_and_title(void **state) {
        static const struct {
                const char *html, *markdown, *title;
        } examples[] = {
                        {"<title> Help &amp; more </title><h1>Reset<br>it</h1><p>Do this.</p><h2>Then</h2>that",
                         "# Reset it\n\nDo this.\n\n## Then\n\nthat", "Help & more"},
                        {"<h2>Only <b>heading</b></h2>text", "## Only heading\n\ntext", "Only heading"},
                        {"<p># of seats</p><ul><li># x</li></ul>", "\\# of seats\n\n- # x", NULL},
                        {"<details><summary>How?</summary>So.</details>", "###### How?\n\nSo.", "How?"},
                        {"<dl><dt>Seat<dd>One person.</dl>", "###### Seat\n\nOne person.", "Seat"},
                        {"<h1></h1><h1>Real</h1>x", "# Real\n\nx", "Real"},
                        {"<title></title>", "", NULL},
        };
        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
                char *title _cleanup_free_ = NULL;
                char *text _cleanup_free_ =
                                html_to_markdown(examples[i].html, strlen(examples[i].html), TEXT_MAX, &title);
                assert_string_equal(text, examples[i].markdown);
                if (examples[i].title)
                        assert_string_equal(title, examples[i].title);
                else
                        assert_null(title);
        }
}

static void tables_are_sorted(void **state) {
        static const char *const entities[] = {
#define NAME(name, codepoint) name,
                        HTML_ENTITY_TABLE(NAME)
#undef NAME
        };
        static const char *const some[] = {"address", "br", "h1", "p", "script", "wbr"};
        (void) state;
        for (size_t i = 1; i < ARRAY_LEN(entities); i++)
                assert_true(strcmp(entities[i - 1], entities[i]) < 0);
        for (size_t i = 0; i < ARRAY_LEN(some); i++)
                assert_string_equal(html_element_find(some[i])->name, some[i]);
}

static void escaped_text_cannot_become_markup(void **state) {
        struct buffer out _cleanup_buffer_ = BUFFER_INIT(TEXT_MAX);
        static const char text[] = "<script>alert(\"1\")</script> & 'x'\x01\x1B\tend\nline";
        (void) state;
        html_escape(&out, text, strlen(text));
        assert_string_equal(buffer_str(&out),
                            "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;\tend\nline");
        // and comes back as it was, but for white space and control characters
        char *back _cleanup_free_ = html_to_text(buffer_str(&out), out.len, TEXT_MAX);
        assert_string_equal(back, "<script>alert(\"1\")</script> & 'x' end line");
}

static void paragraphs_and_lines_become_html(void **state) {
        static const struct example examples[] = {
                        {"<p>a<br>\nb</p>\n<p>c &lt;</p>", "a\nb\n\n\nc <\n"},
                        {"<p>one</p>", "\n\none"},
                        {"", ""},
                        {"", "\n\n"},
        };
        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
                struct buffer out _cleanup_buffer_ = BUFFER_INIT(TEXT_MAX);
                html_from_text(&out, examples[i].text, strlen(examples[i].text));
                assert_string_equal(buffer_str(&out), examples[i].html);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(shows_lines_where_a_reader_sees_them),
                        cmocka_unit_test(resolves_references),
                        cmocka_unit_test(drops_what_nobody_sees),
                        cmocka_unit_test(keeps_what_only_looks_like_markup),
                        cmocka_unit_test(marks_quoted_mail_only),
                        cmocka_unit_test(repairs_broken_bytes),
                        cmocka_unit_test(never_gives_more_than_asked),
                        cmocka_unit_test(hostile_pages_take_time_in_proportion),
                        cmocka_unit_test(text_within_deep_nesting_is_kept),
                        cmocka_unit_test(markdown_has_headings_and_title),
                        cmocka_unit_test(tables_are_sorted),
                        cmocka_unit_test(escaped_text_cannot_become_markup),
                        cmocka_unit_test(paragraphs_and_lines_become_html),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
