#include "net/client.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "base/wait.h"
#include "net/exchange.h"

enum {
        CLIENT_CALLS_MAX = 1024,
        CLIENT_POLL_MS = 1000, // libcurl wakes earlier for its own deadlines; this only bounds what it might forget
};

struct client_call {
        struct exchange exchange;
        CURLcode code;
        bool done, cancelled;
        struct client_call *previous, *next; // while it is in a list
};

struct http_client {
        CURLM *multi; // the network thread's, except for curl_multi_wakeup
        pthread_t thread;
        bool running;

        pthread_mutex_t lock; // of what follows
        pthread_cond_t moved; // a call ended, a place is free, the last caller has left
        bool closing;
        unsigned calls_max, calls, callers;
        struct client_call *waiting; // for the network thread
        struct client_call *active;  // the network thread's alone
};

static void list_push(struct client_call **list, struct client_call *c) {
        c->previous = NULL;
        c->next = *list;
        if (c->next)
                c->next->previous = c;
        *list = c;
}

static void list_remove(struct client_call **list, struct client_call *c) {
        if (c->next)
                c->next->previous = c->previous;
        if (c->previous)
                c->previous->next = c->next;
        else
                *list = c->next;
}

// ---- the network thread

static void call_end(struct http_client *c, struct client_call *call, CURLcode code, bool cancelled) {
        pthread_mutex_lock(&c->lock);
        call->code = code;
        call->cancelled = cancelled;
        call->done = true; // the caller takes it from here
        pthread_cond_broadcast(&c->moved);
        pthread_mutex_unlock(&c->lock);
}

// Returns whether to go on.
static bool take_waiting(struct http_client *c) {
        struct client_call *taken;
        bool closing;

        pthread_mutex_lock(&c->lock);
        taken = TAKE_PTR(c->waiting);
        closing = c->closing;
        pthread_mutex_unlock(&c->lock);
        while (taken) {
                struct client_call *call = taken;

                taken = call->next;
                if (closing) {
                        call_end(c, call, CURLE_OK, true);
                } else if (curl_multi_add_handle(c->multi, call->exchange.easy) != CURLM_OK) {
                        call_end(c, call, CURLE_OUT_OF_MEMORY, false);
                } else {
                        list_push(&c->active, call);
                }
        }
        return !closing;
}

static void take_ended(struct http_client *c) {
        CURLMsg *m;
        int left;

        while ((m = curl_multi_info_read(c->multi, &left))) {
                struct client_call *call = NULL;
                CURLcode code = m->data.result;
                CURL *easy = m->easy_handle;

                if (m->msg != CURLMSG_DONE)
                        continue;
                for (call = c->active; call && call->exchange.easy != easy; call = call->next)
                        ;
                (void) curl_multi_remove_handle(c->multi, easy);
                if (!call)
                        continue;
                list_remove(&c->active, call);
                call_end(c, call, code, false);
        }
}

static void *client_run(void *arg) {
        struct http_client *c = arg;

        while (take_waiting(c)) {
                int running;

                (void) curl_multi_perform(c->multi, &running);
                take_ended(c);
                (void) curl_multi_poll(c->multi, NULL, 0, CLIENT_POLL_MS, NULL);
        }
        while (c->active) {
                struct client_call *call = c->active;

                (void) curl_multi_remove_handle(c->multi, call->exchange.easy);
                list_remove(&c->active, call);
                call_end(c, call, CURLE_OK, true);
        }
        return NULL;
}

// ---- callers

// Waits for a place among the calls in flight; the time that takes is part of the call's. *timeout_ms: what is left.
static int enter(struct http_client *c, unsigned *timeout_ms, const char *host, struct error *e) {
        int64_t now_us = clock_monotonic_us(), until_us = now_us + (int64_t) *timeout_ms * 1000;

        while (c->calls == c->calls_max && !c->closing && (now_us = clock_monotonic_us()) < until_us)
                (void) wait_until(&c->moved, &c->lock, until_us);
        if (c->closing)
                return error_set(e, -ECANCELED, ERROR_INTERNAL, "%s: not called, because the program stops", host);
        if (c->calls == c->calls_max)
                return error_set(e, -ETIMEDOUT, ERROR_TIMEOUT, "%s: not called, %u other calls take too long", host,
                                 c->calls_max);
        *timeout_ms = now_us < until_us ? (unsigned) ((until_us - now_us + 999) / 1000) : 1;
        c->calls++;
        return 0;
}

static int run_call(struct http_client *c, struct client_call *call, unsigned timeout_ms, struct error *e) {
        int r;

        pthread_mutex_lock(&c->lock);
        c->callers++;
        r = enter(c, &timeout_ms, call->exchange.host, e);
        if (r >= 0) {
                exchange_set_timeout(&call->exchange, timeout_ms);
                list_push(&c->waiting, call);
                (void) curl_multi_wakeup(c->multi);
                while (!call->done)
                        pthread_cond_wait(&c->moved, &c->lock);
                c->calls--;
        }
        c->callers--;
        pthread_cond_broadcast(&c->moved);
        pthread_mutex_unlock(&c->lock);
        return r;
}

int http_client_call(struct http_client *c, const struct http_call *call, struct http_answer *a, struct error *e) {
        struct client_call one = {0};
        int r;

        r = exchange_prepare(&one.exchange, call, a, e);
        if (r >= 0)
                r = run_call(c, &one, call->timeout_ms, e);
        if (r >= 0)
                r = one.cancelled ? exchange_cancelled(&one.exchange, e) : exchange_result(&one.exchange, one.code, e);
        exchange_clear(&one.exchange);
        return r;
}

// ---- life

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;
static CURLcode curl_ready;

static void curl_start(void) {
        curl_ready = curl_global_init(CURL_GLOBAL_DEFAULT);
}

void http_client_stop(struct http_client *c) {
        if (!c->running)
                return;
        pthread_mutex_lock(&c->lock);
        c->closing = true;
        pthread_cond_broadcast(&c->moved);
        pthread_mutex_unlock(&c->lock);
        (void) curl_multi_wakeup(c->multi);
}

struct http_client *http_client_free(struct http_client *c) {
        if (!c)
                return NULL;
        if (c->running) {
                http_client_stop(c);
                pthread_join(c->thread, NULL);
                pthread_mutex_lock(&c->lock);
                while (c->callers > 0)
                        pthread_cond_wait(&c->moved, &c->lock);
                pthread_mutex_unlock(&c->lock);
        }
        (void) curl_multi_cleanup(c->multi);
        pthread_cond_destroy(&c->moved);
        pthread_mutex_destroy(&c->lock);
        free(c);
        return NULL;
}

static int client_start(struct http_client *c, struct error *e) {
        sigset_t all, before;
        int r;

        // Signals are the main thread's business; a write to a closed connection must not become one either.
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, &before);
        r = pthread_create(&c->thread, NULL, client_run, c);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (r != 0)
                return error_set(e, -EAGAIN, ERROR_INTERNAL, "cannot start a thread for HTTP calls: %s", strerror(r));
        c->running = true;
        (void) pthread_setname_np(c->thread, "http-client");
        return 0;
}

int http_client_new(unsigned calls_max, struct http_client **ret, struct error *e) {
        struct http_client *c _cleanup_(http_client_free_p) = NULL;
        int r;

        if (calls_max == 0 || calls_max > CLIENT_CALLS_MAX)
                return error_set(e, -EINVAL, ERROR_INTERNAL, "1 to %d calls at a time", CLIENT_CALLS_MAX);
        (void) pthread_once(&curl_once, curl_start);
        if (curl_ready != CURLE_OK)
                return error_set(e, -EIO, ERROR_INTERNAL, "libcurl does not start: %s", curl_easy_strerror(curl_ready));
        c = calloc(1, sizeof(*c));
        if (!c)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory for the HTTP client");
        c->calls_max = calls_max;
        pthread_mutex_init(&c->lock, NULL);
        wait_init(&c->moved);
        c->multi = curl_multi_init();
        if (!c->multi || curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS, (long) calls_max) != CURLM_OK)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory for the HTTP client");
        r = client_start(c, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(c);
        return 0;
}
