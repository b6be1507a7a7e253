#include "command/signals.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

struct signals {
        pthread_mutex_t lock;
        pthread_cond_t wake;
        pthread_t thread;
        bool started;
        bool ready; // they are taken: the program neither starts nor stops
        int came;   // the newest one not yet taken; 0: none
        sigset_t set;
};

// As if the signal had not been caught at all, so that whoever started us sees what ended us.
static void die_of(int sig) {
        sigset_t one;

        signal(sig, SIG_DFL);
        sigemptyset(&one);
        sigaddset(&one, sig);
        pthread_sigmask(SIG_UNBLOCK, &one, NULL);
        raise(sig);
}

// The only listener there is, for pass_on.
static pthread_t listener;

// Runs on threads that do not block the signals: a library may have started some before main, as OpenBLAS does. What
// reaches one of them by chance is for the listener; pthread_kill may be called from a handler (POSIX.1-2008, TC1).
static void pass_on(int sig) {
        int saved = errno;

        (void) pthread_kill(listener, sig);
        errno = saved;
}

static void handle(const sigset_t *set, void (*handler)(int sig)) {
        struct sigaction a = {.sa_handler = handler, .sa_flags = SA_RESTART, .sa_mask = *set};

        (void) sigaction(SIGINT, &a, NULL);
        (void) sigaction(SIGTERM, &a, NULL);
        (void) sigaction(SIGHUP, &a, NULL);
}

static void take(struct signals *s, int sig) {
        pthread_mutex_lock(&s->lock);
        if (!s->ready && sig != SIGHUP)
                die_of(sig);
        // A wish to stop is not forgotten for a wish to look at the knowledge.
        if (s->ready && (s->came == 0 || s->came == SIGHUP))
                s->came = sig;
        pthread_cond_signal(&s->wake);
        pthread_mutex_unlock(&s->lock);
}

static void *listen_for_signals(void *arg) {
        struct signals *s = arg;
        int sig;

        while (sigwait(&s->set, &sig) == 0) {
                // Not while the lock is held: who cancels us needs it later.
                pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
                take(s, sig);
                pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
        }
        return NULL;
}

int signals_open(struct signals **ret, struct error *e) {
        struct signals *s _cleanup_(signals_close_p) = calloc(1, sizeof(*s));

        if (!s)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory to start");
        pthread_mutex_init(&s->lock, NULL);
        pthread_cond_init(&s->wake, NULL);
        sigemptyset(&s->set);
        sigaddset(&s->set, SIGINT);
        sigaddset(&s->set, SIGTERM);
        sigaddset(&s->set, SIGHUP);
        pthread_sigmask(SIG_BLOCK, &s->set, NULL);
        if (pthread_create(&s->thread, NULL, listen_for_signals, s) != 0)
                return error_set(e, -EAGAIN, ERROR_INTERNAL, "no thread to be had; is there a limit on processes?");
        s->started = true;
        listener = s->thread;
        handle(&s->set, pass_on);
        *ret = TAKE_PTR(s);
        return 0;
}

struct signals *signals_close(struct signals *s) {
        if (!s)
                return NULL;
        if (s->started) {
                handle(&s->set, SIG_DFL);
                pthread_cancel(s->thread);
                pthread_join(s->thread, NULL);
        }
        pthread_cond_destroy(&s->wake);
        pthread_mutex_destroy(&s->lock);
        free(s);
        return NULL;
}

void signals_ready(struct signals *s) {
        pthread_mutex_lock(&s->lock);
        s->ready = true;
        pthread_mutex_unlock(&s->lock);
}

int signals_wait(struct signals *s) {
        int sig;

        pthread_mutex_lock(&s->lock);
        while (s->came == 0)
                pthread_cond_wait(&s->wake, &s->lock);
        sig = s->came;
        s->came = 0;
        s->ready = sig == SIGHUP;
        pthread_mutex_unlock(&s->lock);
        return sig;
}
