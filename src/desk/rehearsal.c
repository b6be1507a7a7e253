#include "desk/rehearsal.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/parallel.h"
#include "base/pool.h"
#include "base/string.h"
#include "base/wait.h"
#include "desk/decide.h"
#include "desk/rehearsal_state.h"
#include "desk/think.h"
#include "triage/own.h"
#include "triage/samples.h"

enum {
        THREADS_MAX = 64,
        LOOK_MS = 200,     // between looks at how far it is, and at whether to stop
        ANSWERS_ALIKE = 3, // what an agent answered is in an article when it is among so many nearest
};

void rehearsal_clear(struct rehearsal *r) {
        for (size_t i = 0; r->items && i < r->past->n; i++) {
                free(r->items[i].document);
                free(r->items[i].title);
        }
        free(r->items);
        *r = (struct rehearsal){0};
}

bool rehearsal_automatic(const struct rehearsed *x) {
        return x->done && !x->failed && !x->draft && x->action != ACTION_ESCALATE;
}

// ---- one ticket

// Is the article that was found the one that the label names, or one of those nearest to what an agent answered? What
// agents wrote that is like no article tells nothing.
static void compare_answers(struct desk *d, const struct past_ticket *t, struct rehearsed *x) {
        struct findings f _cleanup_findings_ = {0};
        struct error e = ERROR_INIT;

        if (!x->title)
                return;
        if (*t->article) {
                x->answer_known = true;
                x->answered_elsewhere = !str_eq(t->article, x->document) && !str_ieq(t->article, x->title);
                return;
        }
        if (str_empty(t->answer))
                return;
        float *vector _cleanup_free_ = think_vector(d, t->answer);
        if (knowledge_search(d->knowledge, t->answer, vector, ANSWERS_ALIKE, &f, &e) < 0 || !f.found)
                return;
        x->answer_known = x->answered_elsewhere = true;
        for (size_t i = 0; i < f.n; i++)
                if (f.items[i].above && str_eq(f.items[i].document, x->document) && str_eq(f.items[i].title, x->title))
                        x->answered_elsewhere = false;
}

static void rehearse_one(struct desk *d, const struct past_ticket *t, struct rehearsed *x) {
        struct ticket_input in = {.subject = t->subject, .description = t->description};
        struct outcome o _cleanup_outcome_ = {0};
        struct error e = ERROR_INIT;

        x->failed = desk_classify(d, &in, &o, &e) < 0;
        if (!x->failed) {
                x->tier = o.verdict.tier;
                x->category = triage_category_index(d->triage, o.verdict.category);
                x->confidence = o.verdict.confidence;
                x->category_confidence = o.verdict.category_confidence;
                x->method = o.verdict.method;
                x->action = o.action;
                x->draft = o.draft;
                x->found = decide_answers(&o.findings);
                if (o.findings.n > 0) {
                        x->score = o.findings.items[0].score;
                        x->document = TAKE_PTR(o.findings.items[0].document);
                        x->title = TAKE_PTR(o.findings.items[0].title);
                }
                compare_answers(d, t, x);
        }
        x->done = true;
}

// ---- all of them

struct run {
        struct rehearsal *r;
        const struct rehearsal_options *o;
        struct rehearsal_state *state; // NULL: none
        atomic_size_t next, done;
        pthread_mutex_t lock;
        pthread_cond_t moved;
        unsigned working; // under lock
};

static bool stopped(const struct run *run) {
        return run->o->stop && atomic_load(run->o->stop);
}

static void work(void *arg) {
        struct run *run = arg;
        struct rehearsal *r = run->r;
        size_t i;

        while (!stopped(run) && (i = atomic_fetch_add(&run->next, 1)) < r->past->n) {
                struct rehearsed *x = &r->items[i];
                if (x->done)
                        continue;
                rehearse_one(r->desk, &r->past->items[i], x);
                if (run->state)
                        rehearsal_state_add(run->state, i, x);
                atomic_fetch_add(&run->done, 1);
        }
        pthread_mutex_lock(&run->lock);
        run->working--;
        pthread_cond_signal(&run->moved);
        pthread_mutex_unlock(&run->lock);
}

static void wait_for_end(struct run *run) {
        pthread_mutex_lock(&run->lock);
        while (run->working > 0) {
                (void) wait_until(&run->moved, &run->lock, clock_monotonic_us() + LOOK_MS * 1000);
                if (run->o->progress)
                        run->o->progress(run->o->progress_arg, atomic_load(&run->done), run->r->past->n);
        }
        pthread_mutex_unlock(&run->lock);
}

static int work_on_threads(struct run *run, struct error *e) {
        unsigned threads = run->o->threads ? run->o->threads : parallel_processors();
        struct pool *pool _cleanup_(pool_free_p) = NULL;

        threads = MIN(threads, (unsigned) THREADS_MAX);
        int r = pool_new("rehearse", threads, threads, &pool);
        if (r < 0)
                return error_set(e, r, ERROR_INTERNAL, "no threads for the rehearsal");
        for (unsigned i = 0; i < threads; i++) {
                pthread_mutex_lock(&run->lock);
                run->working++;
                pthread_mutex_unlock(&run->lock);
                if (pool_submit(pool, work, run) < 0) { // does not happen: the queue has room for all
                        pthread_mutex_lock(&run->lock);
                        run->working--;
                        pthread_mutex_unlock(&run->lock);
                }
        }
        wait_for_end(run);
        return 0;
}

static void identify(struct rehearsal *r) {
        char hex[DIGEST_HEX_SIZE] = "";
        struct knowledge_state k;

        knowledge_state(r->desk->knowledge, &k);
        char *all _cleanup_free_ = str_printf("%s %s %s %s", r->past->digest, r->desk->rules, k.version,
                                              r->desk->encoder ? encoder_version(r->desk->encoder) : "-");
        if (all)
                (void) digest_sha256_hex(all, strlen(all), hex);
        str_copy(r->identity, sizeof(r->identity), hex);
}

// What it was learned from, a classifier gets right.
static int mark_learned(struct rehearsal *r, struct error *e) {
        struct own_lessons lessons _cleanup_own_lessons_ = {0};
        struct store *s = desk_store(r->desk);
        char key[SAMPLE_KEY_SIZE];
        int k = s ? own_lessons_in_use(s, &lessons, e) : 0;

        for (size_t i = 0; k == 0 && lessons.n > 0 && i < r->past->n; i++) {
                const struct past_ticket *t = &r->past->items[i];
                if (r->items[i].method != TRIAGE_CLASSIFIER)
                        continue;
                if ((k = sample_key(t->subject, t->description, key)) < 0)
                        return error_set(e, k, ERROR_OUT_OF_MEMORY, "not enough memory for the rehearsal");
                r->items[i].learned = own_lessons_have(&lessons, key);
                r->learned += r->items[i].learned;
        }
        return k;
}

int rehearsal_run(struct desk *d, const struct past *p, const struct rehearsal_options *o, struct rehearsal *ret,
                  struct error *e) {
        struct rehearsal r _cleanup_rehearsal_ = {.desk = d, .past = p};
        struct run run = {.r = &r, .o = o};
        int64_t started = clock_monotonic_us();
        int k = 0;

        r.items = calloc(MAX(p->n, (size_t) 1), sizeof(*r.items));
        if (!r.items)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the rehearsal");
        identify(&r);
        if (o->state && (k = rehearsal_state_open(o->state, &r, &run.state, e)) < 0)
                return k;
        atomic_init(&run.next, 0);
        atomic_init(&run.done, r.resumed);
        (void) pthread_mutex_init(&run.lock, NULL);
        wait_init(&run.moved);
        k = work_on_threads(&run, e);
        (void) pthread_cond_destroy(&run.moved);
        (void) pthread_mutex_destroy(&run.lock);
        bool complete = atomic_load(&run.done) == p->n;
        rehearsal_state_close(run.state);
        if (k < 0)
                return k;
        if (!complete)
                return error_set(e, -EINTR, ERROR_INTERNAL, "stopped after %zu of %zu ticket%s%s",
                                 atomic_load(&run.done), p->n, str_s((int64_t) p->n),
                                 o->state ? "; the same command goes on from there" : "");
        if ((k = mark_learned(&r, e)) < 0)
                return k;
        r.seconds = (double) (clock_monotonic_us() - started) / 1e6;
        *ret = r;
        r = (struct rehearsal){0};
        return 0;
}
