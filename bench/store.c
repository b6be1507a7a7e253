// How many events a second can be made durable? Two threads keep a number of accepts outstanding, as a server's threads
// do.
//
//     bench_store [events] [outstanding] [path]
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/string.h"
#include "store/inside.h"

enum { FEEDERS = 2, BODY_SIZE = 700, DESCRIPTION_SIZE = 400 }; // as Freshdesk's webhooks are in ../shared/data

struct feeder {
        struct store *s;
        int64_t first, n;
        sem_t room;
        pthread_t thread;
        int64_t failed;
};

static void done(void *arg, int r, const struct accepted *a _unused_, const struct error *e _unused_) {
        struct feeder *f = arg;

        f->failed += r < 0;
        sem_post(&f->room);
}

static void *feed(void *arg) {
        struct feeder *f = arg;
        char key[65], body[BODY_SIZE + 1], description[DESCRIPTION_SIZE + 1];

        memset(body, 'b', BODY_SIZE);
        body[BODY_SIZE] = '\0';
        memset(description, 'd', DESCRIPTION_SIZE);
        description[DESCRIPTION_SIZE] = '\0';
        for (int64_t i = f->first; i < f->first + f->n; i++) {
                snprintf(key, sizeof(key), "%016llx%048d", (unsigned long long) i * 0x9E3779B97F4A7C15u, 0);
                struct event ev = {.ticket_id = i,
                                   .key = key,
                                   .kind = "created",
                                   .body = body,
                                   .subject = "Password reset not working",
                                   .description = description,
                                   .requester = "someone@example.com"};
                sem_wait(&f->room);
                if (store_accept(f->s, &ev, done, f) < 0) {
                        f->failed++;
                        sem_post(&f->room);
                }
        }
        return NULL;
}

int main(int argc, char **argv) {
        int64_t events = 100000, outstanding = 64;
        const char *path = argc > 3 ? argv[3] : "bench-store.db";
        struct error e = ERROR_INIT;
        struct store *s _cleanup_(store_close_p) = NULL;
        struct feeder feeders[FEEDERS] = {0};
        char *url _cleanup_free_ = str_printf("sqlite:%s", path);

        if ((argc > 1 && str_to_int64(argv[1], 1, 100000000, &events) < 0) ||
            (argc > 2 && str_to_int64(argv[2], FEEDERS, 4096, &outstanding) < 0) || !url ||
            store_open(url, &s, &e) < 0) {
                fprintf(stderr, "bench_store [events] [outstanding] [path]: %s\n", e.message);
                return 1;
        }
        int64_t start = clock_monotonic_us();
        for (int i = 0; i < FEEDERS; i++) {
                feeders[i] = (struct feeder){.s = s, .first = 1 + i * (events / FEEDERS), .n = events / FEEDERS};
                sem_init(&feeders[i].room, 0, (unsigned) outstanding / FEEDERS);
                pthread_create(&feeders[i].thread, NULL, feed, &feeders[i]);
        }
        int64_t failed = 0;
        for (int i = 0; i < FEEDERS; i++) {
                pthread_join(feeders[i].thread, NULL);
                for (int64_t k = 0; k < outstanding / FEEDERS; k++)
                        sem_wait(&feeders[i].room);
                failed += feeders[i].failed;
        }
        double seconds = (double) (clock_monotonic_us() - start) / 1e6;
        uint64_t groups, changes;
        struct timespec cpu;
        writer_counts(s->writer, &groups, &changes);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
        printf("%.0f durable accepts/s, %.1f per group, %.1f us of processor each, %lld failed\n",
               (double) changes / seconds, (double) changes / (double) groups,
               ((double) cpu.tv_sec * 1e6 + (double) cpu.tv_nsec / 1e3) / (double) changes, (long long) failed);
        return failed != 0;
}
