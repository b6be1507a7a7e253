// kill -9 in the middle of writing: what was called back as stored is there afterwards, and the file is sound.
#include "store_fixture.h"

#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum {
        ROUNDS = 12,
        OUTSTANDING = 32,
        TICKETS_MAX = 100000,
};

// Shared with the child, so that it survives it.
struct board {
        atomic_int stored;
        atomic_bool ticket[TICKETS_MAX]; // called back as stored
};

struct child {
        struct board *board;
        sem_t room;
};

struct errand {
        struct child *c;
        int ticket;
};

static void stored(void *arg, int r, const struct accepted *a _unused_, const struct error *e _unused_) {
        struct errand *x = arg;

        if (r == 0) {
                atomic_store(&x->c->board->ticket[x->ticket], true);
                atomic_fetch_add(&x->c->board->stored, 1);
        }
        sem_post(&x->c->room);
        free(x);
}

static void accept_for_ever(const char *url, struct board *board, int first) {
        struct child c = {.board = board};
        struct store *s = NULL;

        sem_init(&c.room, 0, OUTSTANDING);
        if (store_open(url, &s, NULL) < 0)
                _exit(1);
        for (int i = first; i < TICKETS_MAX; i++) {
                struct event ev = {.ticket_id = i, .kind = "created", .body = "{}", .subject = "Subject"};
                struct errand *x = malloc(sizeof(*x));
                if (!x)
                        _exit(2);
                *x = (struct errand){&c, i};
                sem_wait(&c.room);
                if (store_accept(s, &ev, stored, x) < 0)
                        _exit(3);
        }
        _exit(4);
}

// Ends the child once it has stored some more, at a moment that differs from round to round.
static void kill_after(pid_t pid, struct board *board, int more) {
        int until = atomic_load(&board->stored) + more, status;

        while (atomic_load(&board->stored) < until && waitpid(pid, &status, WNOHANG) == 0)
                sched_yield();
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
}

static void what_was_called_back_survives_kill_9(void **state) {
        struct place *p = *state;
        struct board *board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        struct ticket_filter f = {.limit = 1};

        assert_true(board != MAP_FAILED);
        for (int round = 0; round < ROUNDS; round++) {
                struct ticket *newest = NULL;
                size_t n = 0;
                place_reopen(p);
                assert_int_equal(store_tickets(p->s, &f, &newest, &n, NULL), 0);
                int first = n ? (int) newest[0].id + 1 : 1;
                if (n)
                        ticket_clear(&newest[0]);
                free(newest);
                p->s = store_close(p->s);

                pid_t pid = fork();
                assert_true(pid >= 0);
                if (pid == 0)
                        accept_for_ever(p->url, board, first);
                kill_after(pid, board, 20 + round * 37);
                assert_sound(p->path);
        }
        place_reopen(p);
        int called_back = 0;
        for (int i = 0; i < TICKETS_MAX; i++) {
                struct ticket t _cleanup_ticket_ = {0};
                if (!atomic_load(&board->ticket[i]))
                        continue;
                called_back++;
                assert_int_equal(store_ticket(p->s, i, &t, NULL), 1);
                assert_string_equal(t.subject, "Subject");
        }
        assert_int_equal(called_back, atomic_load(&board->stored));
        assert_true(called_back > ROUNDS * 20);
        // All or nothing: each event has its job, its ticket and its audit row.
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM event LEFT JOIN job USING(id) LEFT JOIN ticket ON "
                                          "ticket.job_id = event.id LEFT JOIN audit ON audit.job_id = event.id WHERE "
                                          "job.id IS NULL OR ticket.seq IS NULL OR audit.id IS NULL"),
                         0);
        munmap(board, sizeof(*board));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, place_open, place_free)

int main(void) {
        const struct CMUnitTest tests[] = {
                        TEST(what_was_called_back_survives_kill_9),
        };

        return cmocka_run_group_tests_name("store_crash", tests, NULL, NULL);
}
