#include "base/settings_file.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/file.h"
#include "base/string.h"

enum {
        ENV_FILE_MAX = 65536, // a page of settings is 4 kB; anything this long is another file
        ENV_LINE_MAX = 8192,  // a path of 4095 bytes, each escaped
        ENV_NAME_MAX = 64,
};

static bool blank(char c) {
        return c == ' ' || c == '\t';
}

static bool name_char(char c, bool first) {
        return (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9');
}

// After a value nothing may follow but a comment.
static bool line_ends(const char *s) {
        const char *start = s;

        while (blank(*s))
                s++;
        return *s == '\0' || (*s == '#' && s > start);
}

// In place: s starts at the opening quote. Returns what is wrong with it, or NULL with the value in *ret.
static const char *unquote(char *s, char **ret) {
        char quote = *s++;
        char *to = s, *value = s;

        for (; *s != quote; s++) {
                char c = *s;

                if (c == '\0')
                        return "the quote is not closed";
                if (quote == '"' && c == '\\') {
                        c = *++s;
                        if (c == 'n')
                                c = '\n';
                        else if (c != '"' && c != '\\')
                                return "in double quotes only \\n, \\\" and \\\\ are known";
                }
                *to++ = c;
        }
        if (!line_ends(s + 1))
                return "something follows the closing quote";
        *to = '\0';
        *ret = value;
        return NULL;
}

static const char *parse_value(char *s, char **ret) {
        while (blank(*s))
                s++;
        if (*s == '"' || *s == '\'')
                return unquote(s, ret);
        // A # inside a word belongs to it: keys contain such.
        for (char *p = s; *p; p++)
                if (*p == '#' && (p == s || blank(p[-1]))) {
                        *p = '\0';
                        break;
                }
        *ret = str_trim(s);
        return NULL;
}

// Returns what is wrong with the line, or NULL; *ret_name is NULL when it sets nothing.
static const char *parse_line(char *s, char **ret_name, char **ret_value) {
        char *name, *end;

        *ret_name = NULL;
        s = str_trim(s);
        if (*s == '\0' || *s == '#')
                return NULL;
        if (str_starts(s, "export") && blank(s[6]))
                for (s += 6; blank(*s);)
                        s++;
        name = s;
        while (name_char(*s, s == name))
                s++;
        end = s;
        while (blank(*s))
                s++;
        if (end == name || *s != '=')
                return "expected NAME=VALUE, the name in capital letters, digits and _";
        if (end - name > ENV_NAME_MAX)
                return "the name is too long";
        *end = '\0';
        *ret_name = name;
        return parse_value(s + 1, ret_value);
}

int settings_file_read(const char *path,
                       int (*fn)(void *arg, unsigned line, const char *name, const char *value, struct error *e),
                       void *arg, struct error *e) {
        char *data _cleanup_free_ = NULL;
        char *s, *next;
        unsigned line = 1;
        size_t n;
        int r;

        r = file_read(path, ENV_FILE_MAX, &data, &n, e);
        if (r == -ENOENT)
                return 0;
        if (r < 0)
                return r;
        s = data + (str_starts(data, "\xef\xbb\xbf") ? 3 : 0); // some editors put a mark in front
        for (; s < data + n; s = next, line++) {
                char *name = NULL, *value = NULL;
                const char *wrong = NULL;
                size_t len = strcspn(s, "\n");

                next = s + len + 1;
                if (s + len < data + n && s[len] == '\0')
                        wrong = "contains a NUL byte";
                else if (len > ENV_LINE_MAX)
                        wrong = "is too long";
                else if (!utf8_valid(s, len))
                        wrong = "is not UTF-8";
                s[len] = '\0';
                if (!wrong)
                        wrong = parse_line(s, &name, &value);
                if (wrong)
                        return error_set(e, -EINVAL, ERROR_SETTING_INVALID, "%s: line %u: %s", path, line, wrong);
                r = name ? fn(arg, line, name, value, e) : 0;
                if (r < 0)
                        return error_prefix(e, r, "%s: line %u", path, line);
        }
        return 0;
}
