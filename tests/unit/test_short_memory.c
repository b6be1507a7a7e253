// Each allocation of base/ fails in turn: the caller is told, and nothing leaks or crashes.
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/buffer.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/pool.h"
#include "base/settings.h"
#include "base/string.h"
#include "scratch.h"
#include "unit.h"

enum { ALLOCATIONS_MAX = 1000 }; // more than any of these makes

static int countdown; // 0: none fails
static bool failed;

static bool now_fails(void) {
        if (countdown == 0 || --countdown > 0)
                return false;
        failed = true;
        return true;
}

// The linker sends base/'s calls here (--wrap), and its own under the second name.
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

void *__wrap_malloc(size_t n) {
        return now_fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size) {
        return now_fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n) {
        return now_fails() ? NULL : __real_realloc(p, n);
}

// Runs it once with each allocation failing, until there is none left to fail. What it returns must be what it says.
static void with_each_failing(int (*fn)(void)) {
        for (int k = 1; k < ALLOCATIONS_MAX; k++) {
                int r;

                failed = false;
                countdown = k;
                r = fn();
                countdown = 0;
                if (!failed) {
                        assert_int_equal(r, 0);
                        assert_true(k > 1); // it does allocate
                        return;
                }
                assert_true(r == -ENOMEM);
        }
        fail_msg("more than %d allocations", ALLOCATIONS_MAX);
}

static int strings(void) {
        char *a _cleanup_free_ = str_dup("text"), *b _cleanup_free_ = str_printf("%0500d", 1);
        char *c _cleanup_free_ = utf8_repair("\xff text", 6, NULL), *d _cleanup_free_ = file_join("a", "b");

        return a && b && c && d ? 0 : -ENOMEM;
}

static int buffers(void) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(100000);
        char *taken _cleanup_free_ = NULL;

        for (int i = 0; i < 1000; i++)
                buffer_addf(&b, "%d ", i);
        if (buffer_result(&b) < 0)
                return buffer_result(&b);
        taken = buffer_take(&b);
        return taken ? 0 : -ENOMEM;
}

static int settings(void) {
        struct settings *s _cleanup_(settings_free_p) = NULL;
        struct error e = ERROR_INIT;
        char option[] = "--team-name=Our team";
        char *words[] = {option};
        int r;

        r = settings_load(1, words, ".env", &s, &e);
        assert_int_equal(e.code, r < 0 ? ERROR_OUT_OF_MEMORY : ERROR_NONE);
        assert_true((r == 0) == (s != NULL));
        return r;
}

static int files(void) {
        char *text _cleanup_free_ = NULL, *unmeasured _cleanup_free_ = NULL;
        struct error e = ERROR_INIT;
        size_t n;
        int r = file_write("file", "text", 4, false, &e);

        if (r == 0)
                r = file_read("file", 100, &text, &n, &e);
        if (r == 0)
                r = file_read("/proc/self/status", 1 << 20, &unmeasured, &n, &e);
        assert_int_equal(e.code, r < 0 ? ERROR_OUT_OF_MEMORY : ERROR_NONE);
        return r;
}

static int documents(void) {
        static const char text[] =
                        "{\"a key that makes room\": [1, 2, {\"b\": \"text\"}], \"c, and one more key\": 1.5}";
        static const char same[] = "{\"a key that makes room\":[1,2,{\"b\":\"text\"}],\"c, and one more key\":1.5}";
        json_t *v _cleanup_json_ = NULL;
        char *again _cleanup_free_ = NULL, *text_again _cleanup_free_ = NULL;
        struct error e = ERROR_INIT;
        int r = json_parse(text, strlen(text), &v, &e);

        if (r < 0) {
                assert_int_equal(e.code, ERROR_OUT_OF_MEMORY);
                return r;
        }
        again = json_canonical(v);
        text_again = json_text(v);
        // What is written is whole, or not there.
        assert_true(!again || strcmp(again, same) == 0);
        assert_true(!text_again || strcmp(text_again, same) == 0);
        return again && text_again ? 0 : -ENOMEM;
}

static int digests(void) {
        struct digest *d = digest_new();
        uint8_t sum[DIGEST_SIZE];

        digest_update(d, "text", 4);
        return digest_end(d, sum) < 0 ? -ENOMEM : 0;
}

static void do_nothing(void *arg _unused_) {
}

static int pools(void) {
        struct pool *p _cleanup_(pool_free_p) = NULL;
        int r = pool_new("test", 2, 10, &p);

        return r < 0 ? r : pool_submit(p, do_nothing, NULL);
}

static int exposition(void) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(1 << 20);

        metrics_write(&b);
        return buffer_result(&b);
}

static void count_line(void *arg, int64_t at_ms _unused_, enum log_level level _unused_, const char *line _unused_) {
        ++*(unsigned *) arg;
}

static void test_each_part(void **state _unused_) {
        with_each_failing(strings);
        with_each_failing(buffers);
        with_each_failing(settings);
        with_each_failing(documents);
        with_each_failing(digests);
        with_each_failing(pools);
        with_each_failing(exposition);
}

static void test_files(void **state _unused_) {
        with_each_failing(files);
}

// The log cannot fail: a line that there is no memory for is left out.
static void test_log_goes_on(void **state _unused_) {
        int null = open("/dev/null", O_WRONLY | O_CLOEXEC), kept = dup(STDERR_FILENO);
        unsigned lines = 0;

        dup2(null, STDERR_FILENO);
        for (int k = 1; k < 10; k++) {
                countdown = k;
                log_hide("secret");
                log_warning("line %d", k);
                log_recent(10, count_line, &lines);
                countdown = 0;
        }
        log_recent(100, count_line, &lines);
        dup2(kept, STDERR_FILENO);
        close(kept);
        close(null);
        assert_true(lines >= 9);
}

static char *folder, *before;

static int setup(void **state _unused_) {
        static const char env[] = "# settings\nexport PORT=1\nTEAM_NAME=\"A team\"\n";

        for (unsigned i = 0; i < SETTING_COUNT_; i++)
                unsetenv(settings_table[i].name);
        before = getcwd(NULL, 0);
        folder = scratch_new();
        free(scratch_write(folder, ".env", env, strlen(env)));
        json_set_alloc_funcs(__wrap_malloc, free);
        return chdir(folder);
}

static int teardown(void **state _unused_) {
        int r = chdir(before);

        scratch_free(folder);
        free(before);
        return r;
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_each_part),
                        cmocka_unit_test(test_files),
                        cmocka_unit_test(test_log_goes_on),
        };

        return cmocka_run_group_tests(tests, setup, teardown);
}
