// The walls of the house: which folder of src/ may include which, as the table in ARCHITECTURE.md says.
#include <errno.h>
#include <fnmatch.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/string.h"
#include "unit.h"

enum { ROOMS_MAX = 32, ROOM_NAME_MAX = 32, SOURCE_MAX = 1 << 20 };

struct room {
        char name[ROOM_NAME_MAX];
        char may_use[256]; // "everything below", "nothing" or names with commas between them
};
static struct room rooms[ROOMS_MAX]; // from the top of the house down
static size_t n_rooms;

// A library that is wrapped in one place is included only there.
static const struct {
        const char *header; // pattern
        const char *folder;
} wrapped[] = {
                {"microhttpd.h", "net"}, {"gnutls/*", "net"},       {"curl/*", "net"},
                {"sqlite3*.h", "store"}, {"onnxruntime*", "model"}, {"openssl/*", "base"},
                {"libxml/*", "text"},    {"md4c*.h", "knowledge"},  {"linear.h", "triage"},
};

static char *source_root(void) {
        const char *root = getenv("SOURCE_ROOT");

        return str_dup(root ? root : ".");
}

static void copy_cell(char *to, size_t cap, const char *from, size_t n) {
        char *cell _cleanup_free_ = str_ndup(from, n);

        assert_non_null(cell);
        assert_true(str_copy(to, cap, str_trim(cell)));
}

// Rows like "| `net/` | an HTTP server | text, base |".
static int read_table(void **state _unused_) {
        char *root _cleanup_free_ = source_root();
        char *path _cleanup_free_ = file_join(root, "ARCHITECTURE.md");
        char *text _cleanup_free_ = NULL;
        size_t n;

        if (file_read(path, SOURCE_MAX, &text, &n, NULL) < 0)
                return -1;
        for (char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
                const char *name = line + 3, *end, *last;
                size_t len = strcspn(line, "\n");

                if (!str_starts(line, "| `") || n_rooms == ROOMS_MAX)
                        continue;
                end = strstr(name, "/` |");
                if (!end || end > line + len || line[len - 1] != '|')
                        continue;
                copy_cell(rooms[n_rooms].name, ROOM_NAME_MAX, name, (size_t) (end - name));
                for (last = line + len - 2; *last != '|';)
                        last--;
                copy_cell(rooms[n_rooms].may_use, sizeof(rooms[0].may_use), last + 1,
                          (size_t) (line + len - 1 - last - 1));
                n_rooms++;
        }
        return n_rooms > 0 ? 0 : -1;
}

static size_t room_find(const char *name, size_t n) {
        for (size_t i = 0; i < n_rooms; i++)
                if (strlen(rooms[i].name) == n && memcmp(rooms[i].name, name, n) == 0)
                        return i;
        return n_rooms;
}

static bool room_may_use(size_t from, size_t to) {
        const char *list = rooms[from].may_use;

        if (from == to)
                return true;
        if (str_eq(list, "everything below"))
                return to > from;
        for (const char *s = list; *s; s += strcspn(s, ","), s += strspn(s, ", "))
                if (strcspn(s, ",") == strlen(rooms[to].name) && str_starts(s, rooms[to].name))
                        return true;
        return false;
}

// Adds what is wrong with one #include to the complaints.
static void check_include(struct buffer *complaints, const char *file, size_t room, const char *name, size_t n,
                          bool quoted) {
        char *header _cleanup_free_ = str_ndup(name, n);
        size_t folder = strcspn(header, "/");

        if (!quoted) {
                for (size_t i = 0; i < ARRAY_LEN(wrapped); i++)
                        if (fnmatch(wrapped[i].header, header, 0) == 0 && !str_eq(wrapped[i].folder, rooms[room].name))
                                buffer_addf(complaints, "%s: <%s> belongs to %s/\n", file, header, wrapped[i].folder);
                return;
        }
        if (!header[folder])
                buffer_addf(complaints, "%s: \"%s\" is without its folder\n", file, header);
        else if (room_find(header, folder) == n_rooms)
                buffer_addf(complaints, "%s: \"%s\" is in a folder that ARCHITECTURE.md does not have\n", file, header);
        else if (!room_may_use(room, room_find(header, folder)))
                buffer_addf(complaints, "%s: \"%s\", but %s/ may use: %s\n", file, header, rooms[room].name,
                            rooms[room].may_use);
}

static void check_file(struct buffer *complaints, const char *path, const char *name) {
        char *text _cleanup_free_ = NULL;
        size_t room = room_find(name, strcspn(name, "/")), n;

        assert_int_equal(file_read(path, SOURCE_MAX, &text, &n, NULL), 0);
        if (room == n_rooms) {
                buffer_addf(complaints, "%s: ARCHITECTURE.md has no such folder\n", name);
                return;
        }
        for (const char *s = text; *s; s += strcspn(s, "\n"), s += *s == '\n') {
                const char *at = s + strspn(s, " \t");

                if (*at != '#')
                        continue;
                at++;
                at += strspn(at, " \t");
                if (!str_starts(at, "include"))
                        continue;
                at += strlen("include");
                at += strspn(at, " \t");
                if (*at == '"' || *at == '<')
                        check_include(complaints, name, room, at + 1, strcspn(at + 1, "\">\n"), *at == '"');
        }
}

static void test_includes_keep_to_the_table(void **state _unused_) {
        struct buffer complaints _cleanup_buffer_ = BUFFER_INIT(1 << 16);
        char *root _cleanup_free_ = source_root();
        char *src _cleanup_free_ = file_join(root, "src");
        char *paths[] = {src, NULL};
        FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
        unsigned files = 0;
        FTSENT *f;

        assert_non_null(walk);
        while ((f = fts_read(walk))) {
                if (f->fts_info != FTS_F || (!str_ends(f->fts_name, ".c") && !str_ends(f->fts_name, ".h")))
                        continue;
                check_file(&complaints, f->fts_path, f->fts_path + strlen(src) + 1);
                files++;
        }
        fts_close(walk);
        assert_true(files > 50);
        if (complaints.len > 0)
                fail_msg("%s", buffer_str(&complaints));
}

static void test_every_room_exists(void **state _unused_) {
        char *root _cleanup_free_ = source_root();

        for (size_t i = 0; i < n_rooms; i++) {
                char *path _cleanup_free_ = str_printf("%s/src/%s", root, rooms[i].name);

                if (!file_is_dir(path))
                        fail_msg("ARCHITECTURE.md lists %s/, which is not there", rooms[i].name);
        }
}

// The table itself: base stands on nothing, and the three rooms side by side do not know each other.
static void test_table_says_what_was_meant(void **state _unused_) {
        static const char *const order[] = {"command", "api",   "desk", "triage", "knowledge", "freshdesk",
                                            "model",   "store", "net",  "text",   "base"};

        assert_int_equal(n_rooms, ARRAY_LEN(order));
        for (size_t i = 0; i < ARRAY_LEN(order); i++) {
                assert_string_equal(rooms[i].name, order[i]);
                for (size_t j = 0; j < ARRAY_LEN(order); j++) {
                        bool aside = i >= 3 && i <= 5 && j >= 3 && j <= 5;

                        assert_int_equal(room_may_use(i, j), i == j || (i < j && !aside));
                }
        }
}

static void test_wrong_includes_are_noticed(void **state _unused_) {
        static const struct {
                const char *room, *header;
                bool quoted, wrong;
        } cases[] = {
                        {"base", "text/html.h", true, true},    {"triage", "knowledge/knowledge.h", true, true},
                        {"store", "base/error.h", true, false}, {"api", "command/command.h", true, true},
                        {"api", "api/route.h", true, false},    {"api", "route.h", true, true},
                        {"api", "nowhere/route.h", true, true}, {"api", "microhttpd.h", false, true},
                        {"net", "microhttpd.h", false, false},  {"desk", "stdio.h", false, false},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct buffer complaints _cleanup_buffer_ = BUFFER_INIT(1000);

                check_include(&complaints, "x.c", room_find(cases[i].room, strlen(cases[i].room)), cases[i].header,
                              strlen(cases[i].header), cases[i].quoted);
                assert_int_equal(complaints.len > 0, cases[i].wrong);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_includes_keep_to_the_table),
                        cmocka_unit_test(test_every_room_exists),
                        cmocka_unit_test(test_table_says_what_was_meant),
                        cmocka_unit_test(test_wrong_includes_are_noticed),
        };

        return cmocka_run_group_tests(tests, read_table, NULL);
}
