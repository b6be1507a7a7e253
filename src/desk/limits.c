#include "desk/limits.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/string.h"
#include "desk/evidence.h"
#include "desk/parts.h"

enum {
        LOOK_MS = 30 * 1000,
        PROBLEM_SIZE = 160,
        NAMES_SIZE = 256, // of categories that fell back, for people
};

struct limits {
        struct desk *d;
        double max_wrong;
        pthread_mutex_t lock;       // guards what follows
        int64_t looked_ms;          // monotonic; 0: never
        char *text;                 // of the evidence that is in use
        char problem[PROBLEM_SIZE]; // why there is no evidence; "" when there is some
        char date[EVIDENCE_DATE_SIZE], method[EVIDENCE_METHOD_SIZE], learned[TRIAGE_VERSION_SIZE];
        struct risk_choice choices[CATEGORIES_MAX]; // by category
        int64_t evidence_ms;                        // when the evidence was kept
        struct watched watched[CATEGORIES_MAX];
        atomic_bool again; // look without waiting

        pthread_mutex_t names_lock; // guards what follows, and is never held for long
        size_t fallen_back;
        char names[NAMES_SIZE];
};

int limits_new(struct desk *d, struct limits **ret, struct error *e) {
        struct limits *l = calloc(1, sizeof(*l));

        if (!l)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the limits");
        l->d = d;
        l->max_wrong = settings_real(d->settings, SETTING_MAX_WRONG);
        (void) pthread_mutex_init(&l->lock, NULL);
        (void) pthread_mutex_init(&l->names_lock, NULL);
        *ret = l;
        return 0;
}

struct limits *limits_free(struct limits *l) {
        if (!l)
                return NULL;
        (void) pthread_mutex_destroy(&l->lock);
        (void) pthread_mutex_destroy(&l->names_lock);
        free(l->text);
        free(l);
        return NULL;
}

// ---- looking at the evidence, and at what became of answers since

static int problem(struct limits *l, const char *text) {
        memset(l->choices, 0, sizeof(l->choices));
        for (size_t i = 0; i < CATEGORIES_MAX; i++)
                l->choices[i].bound = 1;
        str_copy(l->problem, sizeof(l->problem), text);
        return 0;
}

static int take(struct limits *l) {
        struct evidence x _cleanup_evidence_ = {.rows = NULL};
        struct error e = ERROR_INIT;

        if (evidence_parse(l->d->triage, l->text, &x, &e) < 0)
                return problem(l, e.message);
        str_copy(l->date, sizeof(l->date), x.date);
        str_copy(l->method, sizeof(l->method), x.method);
        str_copy(l->learned, sizeof(l->learned), x.learned);
        l->evidence_ms = x.kept_ms;
        if (!str_eq(x.model, l->d->encoder ? encoder_version(l->d->encoder) : ""))
                return problem(l, "the evidence is of another model");
        l->problem[0] = '\0';
        risk_choose(x.rows, x.n, triage_categories(l->d->triage), l->max_wrong, RISK_CERTAINTY, l->choices);
        return 0;
}

static void say(const struct limits *l) {
        size_t automatic = 0;

        for (size_t i = 0; i < triage_categories(l->d->triage); i++)
                automatic += l->choices[i].automatic;
        if (*l->problem)
                log_warning("MAX_WRONG: agents get drafts, nothing is answered by itself: %s", l->problem);
        else
                log_info("MAX_WRONG: answers go out by themselves in %zu of %zu categor%s, by evidence of %s",
                         automatic, triage_categories(l->d->triage), triage_categories(l->d->triage) == 1 ? "y" : "ies",
                         l->date);
}

static void tell_names(struct limits *l) {
        char names[NAMES_SIZE] = "";
        size_t n = 0;

        for (size_t i = 0; i < triage_categories(l->d->triage); i++)
                if (l->watched[i].fallen_back) {
                        size_t used = strlen(names);
                        snprintf(names + used, sizeof(names) - used, "%s%s", n ? ", " : "",
                                 triage_category(l->d->triage, i));
                        n++;
                }
        metric_set(METRIC_FALLEN_BACK, NULL, (double) n);
        pthread_mutex_lock(&l->names_lock);
        l->fallen_back = n;
        str_copy(l->names, sizeof(l->names), names);
        pthread_mutex_unlock(&l->names_lock);
}

// What became of the answers since the evidence.
static void look_at_answers(struct limits *l, struct store *s) {
        struct watched now[CATEGORIES_MAX] = {0};
        struct error e = ERROR_INIT;

        if (!s || *l->problem) {
                memset(l->watched, 0, sizeof(l->watched));
                tell_names(l);
                return;
        }
        if (watch_count(l->d, s, l->evidence_ms, l->max_wrong, RISK_CERTAINTY, now, &e) < 0) {
                log_warning("what became of automatic answers is not known now: %s", e.message);
                return;
        }
        for (size_t i = 0; i < triage_categories(l->d->triage); i++) {
                const char *name = triage_category(l->d->triage, i);
                if (now[i].fallen_back && !l->watched[i].fallen_back)
                        log_warning("%s falls back to drafts: %zu of %zu automatic answer%s did not hold, and at most "
                                    "%g %% may not; new evidence, or `firstline risk resume %s`, ends that",
                                    name, now[i].wrong, now[i].answers, str_s((int64_t) now[i].answers),
                                    l->max_wrong * 100, name);
                if (!now[i].fallen_back && l->watched[i].fallen_back)
                        log_info("%s no longer falls back to drafts", name);
        }
        memcpy(l->watched, now, sizeof(now));
        tell_names(l);
}

static void look_at_evidence(struct limits *l, struct store *s, bool first);

// Under lock.
static void look(struct limits *l) {
        struct store *s = atomic_load(&l->d->store);
        int64_t now = clock_monotonic_ms();

        if (!atomic_exchange(&l->again, false) && l->looked_ms && now - l->looked_ms < LOOK_MS)
                return;
        bool first = l->looked_ms == 0;
        l->looked_ms = MAX(now, (int64_t) 1);
        look_at_evidence(l, s, first);
        look_at_answers(l, s);
}

static void look_at_evidence(struct limits *l, struct store *s, bool first) {
        char *text _cleanup_free_ = NULL;
        struct error e = ERROR_INIT;
        int r = s ? evidence_load(s, &text, &e) : 0;
        if (r <= 0 && !l->text) {
                (void) problem(l, "there is no evidence yet: firstline rehearse FILE --keep");
                if (first)
                        say(l);
        }
        if (r <= 0 || (l->text && str_eq(l->text, text)))
                return;
        free(l->text);
        l->text = TAKE_PTR(text);
        (void) take(l);
        say(l);
}

// ---- using it

struct limit limits_for(struct limits *l, const struct verdict *v) {
        struct limit ret = {0};

        if (l->max_wrong <= 0)
                return ret;
        size_t c = triage_category_index(l->d->triage, v->category);
        ret.on = true;
        ret.max_wrong = l->max_wrong;
        pthread_mutex_lock(&l->lock);
        look(l);
        bool other = !*l->problem && !str_eq(l->method, triage_method_name(v->method));
        if (c < CATEGORIES_MAX)
                ret.choice = l->choices[c];
        str_copy(ret.date, sizeof(ret.date), l->date);
        bool older = !*l->problem && !other && !str_eq(l->learned, v->learned);
        if (c < CATEGORIES_MAX) {
                ret.fallen_back = l->watched[c].fallen_back;
                ret.answers = l->watched[c].answers;
                ret.wrong = l->watched[c].wrong;
                ret.waiting = l->watched[c].waiting;
        }
        if (*l->problem || other || older || ret.fallen_back)
                ret.choice.automatic = false;
        if (ret.fallen_back)
                snprintf(ret.why, sizeof(ret.why),
                         "%zu of %zu automatic answer%s in %s did not hold, and at most %g %% may not", ret.wrong,
                         ret.answers, str_s((int64_t) ret.answers), v->category, l->max_wrong * 100);
        else if (*l->problem)
                str_copy(ret.why, sizeof(ret.why), l->problem);
        else if (other)
                snprintf(ret.why, sizeof(ret.why), "the evidence is of method %s", l->method);
        else if (older)
                snprintf(ret.why, sizeof(ret.why),
                         "the evidence is of another classifier: firstline rehearse FILE --keep");
        else if (!ret.choice.automatic)
                snprintf(ret.why, sizeof(ret.why),
                         "%s in %zu of %zu ticket%s tried is no evidence for at most %g %% wrong", v->category,
                         ret.choice.wrong, ret.choice.n, str_s((int64_t) ret.choice.n), l->max_wrong * 100);
        pthread_mutex_unlock(&l->lock);
        return ret;
}

static json_t *choice_json(const struct risk_choice *c) {
        return json_pack("{s:b, s:o, s:I, s:I, s:I, s:o}", "automatic", c->automatic, "threshold",
                         c->automatic ? json_rounded(c->threshold) : json_null(), "evidence", (json_int_t) c->rows,
                         "above", (json_int_t) c->n, "wrong", (json_int_t) c->wrong, "bound", json_rounded(c->bound));
}

json_t *limit_json(const struct limit *l) {
        json_t *o = l->on ? choice_json(&l->choice) : NULL;

        if (o) {
                json_object_set_new(o, "max_wrong", json_rounded(l->max_wrong));
                json_object_set_new(o, "date", *l->date ? json_string(l->date) : json_null());
                json_object_set_new(o, "fallen_back", json_boolean(l->fallen_back));
        }
        return o;
}

json_t *limit_watch_json(const struct limit *l) {
        return l->on ? json_pack("{s:I, s:I, s:I}", "answers", (json_int_t) l->answers, "wrong", (json_int_t) l->wrong,
                                 "waiting", (json_int_t) l->waiting)
                     : NULL;
}

int limits_watched(struct limits *l, const char *category, struct watched *ret, struct error *e) {
        size_t c = triage_category_index(l->d->triage, category);

        if (l->max_wrong <= 0 || c >= triage_categories(l->d->triage) || c >= CATEGORIES_MAX)
                return error_set(e, -ENOENT, ERROR_NOT_FOUND,
                                 l->max_wrong <= 0 ? "MAX_WRONG is not set: nothing falls back"
                                                   : "there is no such category");
        pthread_mutex_lock(&l->lock);
        atomic_store(&l->again, true);
        look(l);
        *ret = l->watched[c];
        pthread_mutex_unlock(&l->lock);
        return 0;
}

void limits_look_again(struct limits *l) {
        atomic_store(&l->again, true);
}

void limits_tend(struct limits *l) {
        if (l->max_wrong <= 0)
                return;
        pthread_mutex_lock(&l->lock);
        look(l);
        pthread_mutex_unlock(&l->lock);
}

size_t limits_fallen_back(struct limits *l, char *names, size_t size) {
        pthread_mutex_lock(&l->names_lock);
        size_t n = l->fallen_back;
        str_copy(names, size, l->names);
        pthread_mutex_unlock(&l->names_lock);
        return n;
}

json_t *limits_json(struct limits *l) {
        json_t *list = l->max_wrong > 0 ? json_array() : NULL;

        if (!list)
                return json_null();
        pthread_mutex_lock(&l->lock);
        look(l);
        for (size_t i = 0; i < triage_categories(l->d->triage); i++) {
                json_t *one = choice_json(&l->choices[i]);
                json_object_set_new(one, "category", json_string(triage_category(l->d->triage, i)));
                json_object_set_new(one, "watch", *l->problem ? json_null() : watch_json(&l->watched[i]));
                if (l->watched[i].fallen_back)
                        json_object_set_new(one, "automatic", json_false());
                json_array_append_new(list, one);
        }
        json_t *o = json_pack("{s:o, s:f, s:s?, s:s?, s:o}", "max_wrong", json_rounded(l->max_wrong), "certainty",
                              RISK_CERTAINTY, "evidence_date", *l->date ? l->date : NULL, "problem",
                              *l->problem ? l->problem : NULL, "categories", list);
        pthread_mutex_unlock(&l->lock);
        return o;
}
