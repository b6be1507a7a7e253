// Forgetting, down to the bytes of the file; and what time takes.
#include "store_fixture.h"

#include "base/buffer.h"
#include "base/file.h"
#include "store/blot.h"
#include "store/erase.h"
#include "store/vfs.h"

enum { TICKETS = 400, TEXT_MAX = 1 << 16, FILE_MAX = 1 << 28 };

static unsigned drawn = 1;

// The same row of numbers in each run.
static unsigned draw(unsigned n) {
        drawn = drawn * 1103515245 + 12345;
        return (drawn >> 16) % n;
}

// Bytes of the database and its log together.
static char *all_bytes(const struct place *p, size_t *ret_n) {
        static const char *const ends[] = {"", "-wal"};
        struct buffer b = BUFFER_INIT(FILE_MAX);

        for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
                char *path _cleanup_free_ = str_printf("%s%s", p->path, ends[i]), *text _cleanup_free_ = NULL;
                size_t n;
                if (file_read(path, FILE_MAX, &text, &n, NULL) == 0)
                        buffer_add(&b, text, n);
        }
        *ret_n = b.len;
        return buffer_take(&b);
}

static char *mark(int id) {
        return str_printf("xylograph%06dz", id);
}

static char *marks(int id, unsigned times) {
        struct buffer b = BUFFER_INIT(TEXT_MAX);

        for (unsigned i = 0; i < times; i++)
                buffer_addf(&b, "xylograph%06dz ", id);
        return buffer_take(&b);
}

static void decide(struct place *p, const struct accepted *a, int id) {
        char *subject _cleanup_free_ = marks(id, 1 + draw(8)), *text _cleanup_free_ = marks(id, 1 + draw(900));
        char *requester _cleanup_free_ = str_printf("%s@example.com", id % 3 ? "somebody" : "Ada");
        char *detail _cleanup_free_ =
                        str_printf("{\"tier\":\"tier_1\",\"confidence\":0.5,\"yes\":true,\"why\":\"%s\"}", subject);
        char tier[] = "tier_1", action[] = "answer";
        struct ticket t = {.subject = subject,
                           .requester = requester,
                           .description = text,
                           .response = text,
                           .sources = text,
                           .reason = subject,
                           .tier = tier,
                           .action = action};
        struct step step = {.kind = "reply", .payload = text};
        struct audit_row row = {.step = "decided", .detail = detail};
        struct job_change c = {.job_id = a->job_id,
                               .ticket_id = a->ticket_id,
                               .from = JOB_RUNNING,
                               .to = id % 5 ? JOB_RECORDED : JOB_DELIVERING,
                               .run_after_ms = INT64_MAX,
                               .ticket = &t,
                               .audit = &row,
                               .n_audit = 1,
                               .steps = &step,
                               .n_steps = id % 5 ? 0 : 1};

        assert_int_equal(store_job_change(p->s, &c, NULL), 0);
}

// Events come and decisions are written in another order, so that pages are split and put in order again and again.
static void fill(struct place *p) {
        struct accepted a[TICKETS];
        bool done[TICKETS] = {false};

        for (int i = 0; i < TICKETS; i++) {
                char *text _cleanup_free_ = marks(i, 1 + draw(300));
                char *body _cleanup_free_ = str_printf("{\"requester\":\"%s\",\"text\":\"%s\"}",
                                                       i % 3 ? "x" : "ada@example.com", text);
                struct event ev = {.ticket_id = i + 1,
                                   .kind = "created",
                                   .body = body,
                                   .subject = text,
                                   .description = text,
                                   .claim = true,
                                   .lease_ms = LEASE_MS};
                a[i] = accept_event(p->s, &ev);
                int k = (int) draw((unsigned) i + 1);
                if (!done[k])
                        decide(p, &a[k], k);
                done[k] = true;
        }
        for (int i = 0; i < TICKETS; i++)
                if (!done[i])
                        decide(p, &a[i], i);
}

static void assert_gone(struct place *p, int of_three) {
        size_t n;
        char *bytes _cleanup_free_ = all_bytes(p, &n);

        for (int i = 0; i < TICKETS; i++) {
                char *word _cleanup_free_ = mark(i);
                bool there = memmem(bytes, n, word, strlen(word)) != NULL;
                if (there != (i % 3 != of_three))
                        fail_msg("%s %s", word, there ? "is still there" : "is gone");
        }
}

static void not_a_byte_of_an_erased_ticket_is_left(void **state) {
        struct place *p = *state;
        struct erasure q = {.requester = "ADA@example.com", .by = "test"};
        struct erased done;

        fill(p);
        assert_int_equal(store_erase(p->s, &q, &done, &p->e), 0);
        assert_int_equal(done.tickets, (TICKETS + 2) / 3);
        assert_int_equal(done.jobs, (TICKETS + 14) / 15);
        assert_gone(p, 0);
        assert_sound(p->path);
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM audit WHERE step = 'decided' AND detail = "
                                          "'{\"tier\":\"tier_1\",\"confidence\":0.5,\"yes\":true}'"),
                         (TICKETS + 2) / 3);
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM erasure WHERE length(address_hash) = 64"), 1);
        place_reopen(p);
        assert_gone(p, 0);
}

static void an_address_is_found_however_it_is_written(void **state _unused_) {
        static const char *const found[] = {"ada@x.org",   "<ADA@X.org>",    "mail ada\\u0040x.org.",
                                            "ada%40x.org", "\\nada@x.org",   "mailto:ada&#64;x.org?",
                                            "(ada@x.org)", "a@b, ada@x.org", "ada@x.org-"};
        static const char *const not [] = {
                        "nada@x.org", "ada@x.organ", "ada@x.org.uk", "x.ada@x.org", "ada+b@x.org", "adaXx.org",
                        "",           "ada@"};

        for (size_t i = 0; i < ARRAY_LEN(found); i++)
                if (!blot_mentions(found[i], "ada@x.org"))
                        fail_msg("not found in %s", found[i]);
        for (size_t i = 0; i < ARRAY_LEN(not ); i++)
                if (blot_mentions(not [i], "ada@x.org"))
                        fail_msg("found in %s", not [i]);
        assert_true(blot_is_person(" Ada Lovelace\n", "ada lovelace"));
        assert_false(blot_is_person("Ada Lovelace Smith", "ada lovelace"));
        assert_false(blot_is_person("Ada", "ada lovelace"));
        assert_true(blot_is_person("Ada <ada@x.org>", "ada@x.org"));
        assert_false(blot_is_person(NULL, "ada"));
}

// ---- what is left over on a page

enum { PAGE = 4096 };

// A page of the kind `type` with 2 cells from `content` on, and a copy of an old cell in the gap before them.
static void make_page(unsigned char *page, int at, int type, int content) {
        memset(page, 'x', PAGE);
        memset(page + at, 0, 12);
        page[at] = (unsigned char) type;
        page[at + 4] = 2;
        page[at + 5] = (unsigned char) (content >> 8);
        page[at + 6] = (unsigned char) (content & 0xff);
}

// Writes it as page number `number` (from 0) of a file opened with `flags`: how many bytes of it reached the disk as
// zero that were not zero.
static int zeroed(struct place *p, const unsigned char *page, int number, int flags) {
        sqlite3_vfs *v = sqlite3_vfs_find(VFS_NAME);
        sqlite3_file *f = calloc(1, (size_t) v->szOsFile);
        char *name _cleanup_free_ = str_printf("%s.page%c%c%c", p->path, '\0', '\0', '\0');
        unsigned char back[PAGE];
        int n = 0;

        assert_int_equal(v->xOpen(v, name, f, flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL), SQLITE_OK);
        assert_int_equal(f->pMethods->xWrite(f, page, PAGE, (sqlite3_int64) number * PAGE), SQLITE_OK);
        assert_int_equal(f->pMethods->xRead(f, back, PAGE, (sqlite3_int64) number * PAGE), SQLITE_OK);
        f->pMethods->xClose(f);
        free(f);
        for (int i = 0; i < PAGE; i++) {
                n += page[i] != back[i];
                assert_true(page[i] == back[i] || back[i] == 0);
        }
        return n;
}

static void the_gap_of_a_leaf_is_written_as_zeros_and_nothing_else_is(void **state) {
        struct place *p = *state;
        unsigned char page[PAGE];

        make_page(page, 0, 0x0d, 3000);
        assert_int_equal(zeroed(p, page, 1, SQLITE_OPEN_MAIN_DB), 3000 - 12);
        assert_int_equal(zeroed(p, page, 1, SQLITE_OPEN_WAL), 0);
        assert_int_equal(zeroed(p, page, 1, SQLITE_OPEN_MAIN_JOURNAL), 0);
        make_page(page, 0, 0x0a, PAGE);
        assert_int_equal(zeroed(p, page, 7, SQLITE_OPEN_MAIN_DB), PAGE - 12);
        make_page(page, 100, 0x0d, 3000);
        assert_int_equal(zeroed(p, page, 0, SQLITE_OPEN_MAIN_DB), 3000 - 112);
        // The kinds that hold other things at these places, and one that is not in order.
        for (int type = 0; type < 0x10; type++) {
                make_page(page, 0, type, 3000);
                if (type != 0x0a && type != 0x0d)
                        assert_int_equal(zeroed(p, page, 1, SQLITE_OPEN_MAIN_DB), 0);
        }
        make_page(page, 0, 0x0d, PAGE + 1);
        assert_int_equal(zeroed(p, page, 1, SQLITE_OPEN_MAIN_DB), 0);
        make_page(page, 0, 0x0d, 11);
        assert_int_equal(zeroed(p, page, 1, SQLITE_OPEN_MAIN_DB), 0);
}

// ---- what time takes

static size_t retain_all(struct place *p, int64_t before_ms) {
        int64_t next = 0;
        size_t all = 0, n;

        do {
                assert_int_equal(store_retain(p->s, before_ms, next, 16, &n, &next, &p->e), 0);
                assert_true(n <= 16);
                all += n;
        } while (next);
        return all;
}

static void old_tickets_are_forgotten_in_small_steps(void **state) {
        struct place *p = *state;

        fill(p);
        assert_int_equal(retain_all(p, 1), 0); // none is that old
        // All came long ago, and each third has not changed since; each fifteenth waits to be delivered.
        sql_run(p->path, "UPDATE ticket SET created_ms = 1500; UPDATE ticket SET updated_ms = 2000 WHERE id % 3 = 1;"
                         "UPDATE tally SET tickets = 0, duration_ms = 0, confidence_millionths = 0;"
                         "INSERT OR REPLACE INTO tally SELECT 0, coalesce(tier, ''), coalesce(category, ''), "
                         "coalesce(method, ''), coalesce(action, ''), coalesce(mode, ''), state, count(*), "
                         "sum(duration_ms), sum(CAST(round(confidence * 1000000) AS INTEGER)) FROM ticket "
                         "GROUP BY 1, 2, 3, 4, 5, 6, 7");
        size_t n = retain_all(p, 86400000);
        assert_int_equal(n, (TICKETS + 2) / 3 - (TICKETS + 14) / 15);
        assert_int_equal(retain_all(p, 86400000), 0);
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM ticket WHERE erased_ms IS NOT NULL"), (int64_t) n);
        assert_int_equal(sql_int(p->path,
                                 "SELECT count(*) FROM audit WHERE step = 'erased' AND detail LIKE '%retention%'"),
                         (int64_t) n);
        assert_sound(p->path);
}

static void a_ticket_that_comes_back_has_words_again(void **state) {
        struct place *p = *state;
        struct erasure q = {.ticket_id = 7, .by = "test"};
        struct erased done;
        struct ticket t _cleanup_ticket_ = {0};

        accept_ticket(p->s, 7);
        assert_int_equal(store_erase(p->s, &q, &done, &p->e), 0);
        assert_int_equal(done.jobs, 1);
        assert_int_equal(sql_int(p->path, "SELECT erased_ms > 0 AND state = 'dropped' FROM ticket"), 1);
        accept_ticket(p->s, 7);
        assert_int_equal(store_ticket(p->s, 7, &t, &p->e), 1);
        assert_string_equal(t.subject, "Subject");
        assert_int_equal(t.erased_ms, 0);
        assert_sound(p->path);
}

static void the_key_of_an_emptied_event_goes_when_no_repeat_can_come(void **state) {
        struct place *p = *state;
        struct event ev = {.ticket_id = 7, .kind = "created", .body = "{\"a\":1}", .key = "k"};
        struct erasure q = {.ticket_id = 7, .by = "test"};
        struct erased done;

        accept_event(p->s, &ev);
        assert_int_equal(store_erase(p->s, &q, &done, &p->e), 0);
        assert_true(accept_event(p->s, &ev).duplicate); // Freshdesk's repeat a moment later does not bring it back
        sql_run(p->path, "UPDATE event SET received_ms = 1");
        assert_int_equal(store_tidy(p->s, &p->e), 0);
        assert_false(accept_event(p->s, &ev).duplicate);
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM event WHERE key IS NOT NULL"), 1);
}

static void free_pages_are_given_back(void **state) {
        struct place *p = *state;
        struct erasure q = {.requester = "somebody@example.com", .by = "test"};
        struct erased done;
        struct store_size before, after;

        fill(p);
        fill(p);
        assert_int_equal(store_erase(p->s, &q, &done, &p->e), 0);
        q.requester = "ada@example.com";
        assert_int_equal(store_erase(p->s, &q, &done, &p->e), 0);
        assert_int_equal(store_size(p->s, &before, &p->e), 0);
        assert_int_equal(before.log_bytes, 0);
        int more;
        while ((more = store_tidy(p->s, &p->e)) > 0)
                ;
        assert_int_equal(more, 0);
        assert_int_equal(store_empty_log(p->s, &p->e), 0);
        assert_int_equal(store_size(p->s, &after, &p->e), 0);
        assert_true(before.free_bytes > before.bytes / 2);
        assert_true(after.bytes < before.bytes / 2);
        assert_int_equal(sql_int(p->path, "SELECT (SELECT * FROM pragma_page_count) * 4096"), after.bytes);
        assert_sound(p->path);
}

static void vectors_that_no_text_has_had_for_long_go(void **state) {
        struct place *p = *state;
        float v[2] = {1, 0};
        struct vector_row rows[] = {{.hash = "a", .values = v}, {.hash = "b", .values = v}};

        assert_int_equal(store_vectors_put(p->s, "m", 2, rows, 2, &p->e), 0);
        assert_int_equal(store_vectors_prune(p->s, &p->e), 0);
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM vector"), 2);
        sql_run(p->path, "UPDATE vector SET used_day = 1");
        assert_int_equal(store_vectors_used(p->s, "m", rows, 1, &p->e), 0);
        assert_int_equal(store_vectors_prune(p->s, &p->e), 0);
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM vector WHERE hash = 'a'"), 1);
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM vector"), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, place_open, place_free)

int main(void) {
        const struct CMUnitTest tests[] = {
                        TEST(not_a_byte_of_an_erased_ticket_is_left),
                        cmocka_unit_test(an_address_is_found_however_it_is_written),
                        TEST(the_gap_of_a_leaf_is_written_as_zeros_and_nothing_else_is),
                        TEST(old_tickets_are_forgotten_in_small_steps),
                        TEST(a_ticket_that_comes_back_has_words_again),
                        TEST(the_key_of_an_emptied_event_goes_when_no_repeat_can_come),
                        TEST(free_pages_are_given_back),
                        TEST(vectors_that_no_text_has_had_for_long_go),
        };

        return cmocka_run_group_tests_name("store_erase", tests, NULL, NULL);
}
