// Reply templates: what they show, what they refuse, and that a variable never becomes markup.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/memory.h"
#include "text/template.h"

enum { RENDERED_MAX = 1 << 16 };

static const char *const names[] = {"name", "text", "list", "title", "inner", NULL};

static char *render(const char *text, const char *values) {
        struct template *t _cleanup_(template_free_p) = NULL;
        json_t *v _cleanup_json_ = NULL;
        struct error e = ERROR_INIT;
        char *out = NULL;

        assert_int_equal(template_parse(text, strlen(text), names, &t, &e), 0);
        assert_int_equal(json_parse(values, strlen(values), &v, &e), 0);
        assert_int_equal(template_render(t, v, RENDERED_MAX, &out), 0);
        return out;
}

static void shows_what_it_says(void **state) {
        static const struct {
                const char *text, *values, *out;
        } examples[] = {
                        {"", "{}", ""},
                        {"plain { text } }}", "{}", "plain { text } }}"},
                        {"Hi {{name}}, {{ name }}!", "{\"name\":\"Jo\"}", "Hi Jo, Jo!"},
                        {"[{{name}}]", "{}", "[]"},
                        {"[{{name}}]", "{\"name\":null}", "[]"},
                        {"{{text}}", "{\"text\":\"a\\nb\\n\\nc\"}", "a<br>\nb<br>\n<br>\nc"},
                        {"{{#name}}Hi {{name}}{{/name}}{{^name}}Hi{{/name}}", "{\"name\":\"Jo\"}", "Hi Jo"},
                        {"{{#name}}Hi {{name}}{{/name}}{{^name}}Hi{{/name}}", "{\"name\":\"\"}", "Hi"},
                        {"{{#list}}<{{title}}>{{/list}}{{^list}}none{{/list}}",
                         "{\"list\":[{\"title\":\"a\"},{\"title\":\"b\"}]}", "<a><b>"},
                        {"{{#list}}<{{title}}>{{/list}}{{^list}}none{{/list}}", "{\"list\":[]}", "none"},
                        {"{{#list}}{{name}}{{title}}{{/list}}",
                         "{\"name\":\"x\",\"list\":[{\"title\":\"a\"},{\"name\":\"y\"}]}", "xay"},
                        {"{{#list}}{{#inner}}{{title}};{{/inner}}{{/list}}",
                         "{\"list\":[{\"inner\":[{\"title\":\"1\"},{\"title\":\"2\"}]},{}]}", "1;2;"},
                        {"a{{! a remark with {{ in it }}b", "{}", "ab"},
                        {"a\n{{#list}}\n<{{title}}>\n{{/list}}\nb\n",
                         "{\"list\":[{\"title\":\"1\"},{\"title\":\"2\"}]}", "a\n<1>\n<2>\nb\n"},
        };
        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
                char *out _cleanup_free_ = render(examples[i].text, examples[i].values);
                assert_string_equal(out, examples[i].out);
        }
}

static void a_variable_cannot_become_markup(void **state) {
        char *out _cleanup_free_ = render("<a title=\"{{name}}\">{{name}}</a>",
                                          "{\"name\":\"\\\"><script>'&{{text}}\",\"text\":\"no\"}");
        (void) state;
        assert_string_equal(out, "<a "
                                 "title=\"&quot;&gt;&lt;script&gt;&#39;&amp;{{text}}\">&quot;&gt;&lt;script&gt;&#39;&"
                                 "amp;{{text}}</a>");
}

static void refuses_naming_the_line(void **state) {
        static const struct {
                const char *text, *says;
        } examples[] = {
                        {"a\n{{other}}", "line 2: there is no variable \"other\""},
                        {"a\n\n{{name", "line 3: {{ without }}"},
                        {"{{#list}}x", "{{#list}} is never closed"},
                        {"{{/list}}", "closes nothing"},
                        {"{{#list}}{{/name}}", "{{/name}} where {{/list}} is due"},
                        {"{{}}", "a name is missing"},
                        {"{{&name}}", "no variable \"&name\""},
                        {"{{{name}}}", "no variable \"{name\""},
                        {"{{>name}}", "no variable"},
                        {"{{#list}}{{#list}}{{#list}}{{#list}}{{#list}}{{#list}}{{#list}}{{#list}}{{#list}}",
                         "more than 8 sections"},
                        {"\xFF", "not UTF-8"},
        };
        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
                struct template *t = NULL;
                struct error e = ERROR_INIT;
                assert_int_equal(template_parse(examples[i].text, strlen(examples[i].text), names, &t, &e), -EINVAL);
                assert_null(t);
                assert_int_equal(e.code, ERROR_FILE_INVALID);
                assert_non_null(strstr(e.message, examples[i].says));
        }
}

static void a_page_has_its_limits(void **state) {
        struct template *t _cleanup_(template_free_p) = NULL;
        json_t *v _cleanup_json_ = json_object(), *list = json_array();
        struct error e = ERROR_INIT;
        char *out = NULL;
        // Six lists within each other, of 50 items each and without a byte of output: 50^6 steps if nothing stopped it.
        static const char text[] = "{{#list}}{{#list}}{{#list}}{{#list}}{{#list}}{{#list}}"
                                   "{{/list}}{{/list}}{{/list}}{{/list}}{{/list}}{{/list}}";
        (void) state;
        for (int i = 0; i < 50; i++)
                assert_int_equal(json_array_append_new(list, json_object()), 0);
        assert_int_equal(json_object_set_new(v, "list", list), 0);
        assert_int_equal(template_parse(text, strlen(text), names, &t, &e), 0);
        assert_int_equal(template_render(t, v, RENDERED_MAX, &out), -EMSGSIZE);
        assert_null(out);
        t = template_free(t);
        assert_int_equal(template_parse("0123456789", 10, names, &t, &e), 0);
        assert_int_equal(template_render(t, v, 9, &out), -EMSGSIZE);
        assert_int_equal(template_render(t, v, 10, &out), 0);
        free(out);
}

static void loads_a_file_and_names_it_when_it_is_wrong(void **state) {
        char path[] = "/tmp/template-test-XXXXXX";
        struct template *t _cleanup_(template_free_p) = NULL;
        struct error e = ERROR_INIT;
        int fd = mkstemp(path);
        (void) state;
        assert_true(fd >= 0);
        assert_int_equal(write(fd, "{{x}}", 5), 5);
        close(fd);
        assert_int_equal(template_load(path, names, &t, &e), -EINVAL);
        assert_non_null(strstr(e.message, path));
        unlink(path);
        assert_int_equal(template_load(path, names, &t, &e), -ENOENT);
        assert_null(t);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(shows_what_it_says),
                        cmocka_unit_test(a_variable_cannot_become_markup),
                        cmocka_unit_test(refuses_naming_the_line),
                        cmocka_unit_test(a_page_has_its_limits),
                        cmocka_unit_test(loads_a_file_and_names_it_when_it_is_wrong),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
