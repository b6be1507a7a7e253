#include "desk/limits.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/string.h"
#include "desk/parts.h"
#include "desk/rehearsal.h"

#define EVIDENCE "risk_evidence" // its name in the database

enum {
        LOOK_MS = 30 * 1000,
        PROBLEM_SIZE = 160,
        DATE_SIZE = 11, // "2026-01-31"
        MODEL_SIZE = 96,
        NAMES_SIZE = 256, // of categories that fell back, for people
};

struct limits {
        struct desk *d;
        double max_wrong;
        pthread_mutex_t lock;       // guards what follows
        int64_t looked_ms;          // monotonic; 0: never
        char *text;                 // of the evidence that is in use
        char problem[PROBLEM_SIZE]; // why there is no evidence; "" when there is some
        char date[DATE_SIZE], model[MODEL_SIZE], method[16], learned[TRIAGE_VERSION_SIZE];
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

static size_t category_of(const struct triage *t, const char *name) {
        size_t i = 0;

        while (i < triage_categories(t) && !str_eq(triage_category(t, i), name))
                i++;
        return i;
}

// ---- reading the evidence

static int problem(struct limits *l, const char *text) {
        memset(l->choices, 0, sizeof(l->choices));
        for (size_t i = 0; i < CATEGORIES_MAX; i++)
                l->choices[i].bound = 1;
        str_copy(l->problem, sizeof(l->problem), text);
        return 0;
}

// Pairs of confidence and 0 or 1 (wrong), by category.
static int take_rows(const struct limits *l, const json_t *categories, struct risk_row *rows, size_t *n) {
        const char *name;
        json_t *list, *pair;
        size_t i;

        json_object_foreach((json_t *) (uintptr_t) categories, name, list) {
                size_t category = category_of(l->d->triage, name);
                json_array_foreach(list, i, pair) {
                        const json_t *confidence = json_array_get(pair, 0), *wrong = json_array_get(pair, 1);
                        if (*n == PAST_MAX || !json_is_number(confidence) || !json_is_integer(wrong))
                                return -EINVAL;
                        rows[(*n)++] = (struct risk_row){category, json_number_value(confidence),
                                                         json_integer_value(wrong) != 0};
                }
        }
        return 0;
}

static int take(struct limits *l) {
        struct risk_row *rows _cleanup_free_ = calloc(PAST_MAX, sizeof(*rows));
        json_t *o _cleanup_json_ = NULL;
        struct error e = ERROR_INIT;
        size_t n = 0;

        if (!rows || json_parse(l->text, strlen(l->text), &o, &e) < 0)
                return problem(l, "the evidence cannot be read");
        const char *date = json_str_or_null(o, "date"), *model = json_str_or_null(o, "model"),
                   *method = json_str_or_null(o, "method"), *learned = json_str_or_null(o, "learned");
        const char *at = json_str_or_null(o, "at");
        if (!date || !method || take_rows(l, json_object_get(o, "categories"), rows, &n) < 0)
                return problem(l, "the evidence is malformed");
        str_copy(l->date, sizeof(l->date), date);
        str_copy(l->model, sizeof(l->model), model ? model : "");
        // Evidence of an earlier version says the day alone.
        if (!at || clock_parse_iso(at, &l->evidence_ms) < 0) {
                char midnight[CLOCK_ISO_SIZE];
                snprintf(midnight, sizeof(midnight), "%.10sT00:00:00Z", l->date);
                if (clock_parse_iso(midnight, &l->evidence_ms) < 0)
                        return problem(l, "the evidence is malformed");
        }
        str_copy(l->method, sizeof(l->method), method);
        str_copy(l->learned, sizeof(l->learned), learned ? learned : "");
        if (!str_eq(l->model, l->d->encoder ? encoder_version(l->d->encoder) : ""))
                return problem(l, "the evidence is of another model");
        l->problem[0] = '\0';
        risk_choose(rows, n, triage_categories(l->d->triage), l->max_wrong, RISK_CERTAINTY, l->choices);
        return 0;
}

static void say(const struct limits *l) {
        size_t automatic = 0;

        for (size_t i = 0; i < triage_categories(l->d->triage); i++)
                automatic += l->choices[i].automatic;
        if (*l->problem)
                log_warning("MAX_WRONG: agents get drafts, nothing is answered by itself: %s", l->problem);
        else
                log_info("MAX_WRONG: %zu of %zu categories are answered by themselves, by evidence of %s", automatic,
                         triage_categories(l->d->triage), l->date);
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
                        log_warning("%s falls back to drafts: of %zu automatic answers %zu did not hold, and at most "
                                    "%g %% may not; new evidence, or `firstline risk resume %s`, ends that",
                                    name, now[i].answers, now[i].wrong, l->max_wrong * 100, name);
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
        int r = s ? store_meta_get(s, EVIDENCE, &text, &e) : 0;
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
        size_t c = category_of(l->d->triage, v->category);
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
                         "of %zu automatic answers in %s %zu did not hold, and at most %g %% may not", ret.answers,
                         v->category, ret.wrong, l->max_wrong * 100);
        else if (*l->problem)
                str_copy(ret.why, sizeof(ret.why), l->problem);
        else if (other)
                snprintf(ret.why, sizeof(ret.why), "the evidence is of method %s", l->method);
        else if (older)
                snprintf(ret.why, sizeof(ret.why),
                         "the evidence is of another classifier: firstline rehearse FILE --keep");
        else if (!ret.choice.automatic)
                snprintf(ret.why, sizeof(ret.why),
                         "%s in %zu of %zu tickets tried are no evidence for at most %g %% wrong", v->category,
                         ret.choice.wrong, ret.choice.n, l->max_wrong * 100);
        pthread_mutex_unlock(&l->lock);
        return ret;
}

static json_t *rounded(double v) {
        return json_real(round(v * 1e4) / 1e4);
}

static json_t *choice_json(const struct risk_choice *c) {
        return json_pack("{s:b, s:o, s:I, s:I, s:I, s:o}", "automatic", c->automatic, "threshold",
                         c->automatic ? rounded(c->threshold) : json_null(), "evidence", (json_int_t) c->rows, "above",
                         (json_int_t) c->n, "wrong", (json_int_t) c->wrong, "bound", rounded(c->bound));
}

json_t *limit_json(const struct limit *l) {
        json_t *o = l->on ? choice_json(&l->choice) : NULL;

        if (o) {
                json_object_set_new(o, "max_wrong", rounded(l->max_wrong));
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
        size_t c = category_of(l->d->triage, category);

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
        json_t *o = json_pack("{s:o, s:f, s:s?, s:s?, s:o}", "max_wrong", rounded(l->max_wrong), "certainty",
                              RISK_CERTAINTY, "evidence_date", *l->date ? l->date : NULL, "problem",
                              *l->problem ? l->problem : NULL, "categories", list);
        pthread_mutex_unlock(&l->lock);
        return o;
}

struct risk_row *limits_rows(struct limits *l, size_t *ret_n) {
        struct store *s = atomic_load(&l->d->store);
        struct risk_row *rows _cleanup_free_ = calloc(PAST_MAX, sizeof(*rows));
        json_t *o _cleanup_json_ = NULL;
        char *text _cleanup_free_ = NULL;
        size_t n = 0;

        if (!rows || !s || store_meta_get(s, EVIDENCE, &text, NULL) <= 0 ||
            json_parse(text, strlen(text), &o, NULL) < 0 ||
            take_rows(l, json_object_get(o, "categories"), rows, &n) < 0)
                return NULL;
        *ret_n = n;
        return TAKE_PTR(rows);
}

// ---- keeping it

static enum triage_method most_used(const struct rehearsal *r) {
        size_t n[TRIAGE_NONE + 1] = {0}, best = 0;

        for (size_t i = 0; i < r->past->n; i++)
                n[r->items[i].method]++;
        for (size_t m = 0; m <= TRIAGE_NONE; m++)
                best = n[m] > n[best] ? m : best;
        return (enum triage_method) best;
}

static size_t add_rows(const struct rehearsal *r, enum triage_method method, json_t *categories) {
        const struct triage *t = desk_triage(r->desk);
        size_t n = 0;

        for (size_t i = 0; i < r->past->n; i++) {
                const struct rehearsed *x = &r->items[i];
                enum rehearsal_truth truth = rehearsal_truth(r, i);
                if (!x->done || x->failed || x->tier == TIER_COMPLEX || !x->found || truth == TRUTH_UNKNOWN ||
                    x->method != method || x->category >= triage_categories(t))
                        continue;
                const char *name = triage_category(t, x->category);
                if (!json_object_get(categories, name))
                        json_object_set_new(categories, name, json_array());
                n += json_array_append_new(
                                     json_object_get(categories, name),
                                     json_pack("[f, i]", floor(x->confidence * 1e4) / 1e4, truth != TRUTH_RIGHT)) == 0;
        }
        return n;
}

int limits_keep(struct store *s, const struct rehearsal *r, size_t *ret_rows, struct error *e) {
        json_t *categories _cleanup_json_ = json_object();
        enum triage_method method = most_used(r);
        size_t n = categories ? add_rows(r, method, categories) : 0;
        char iso[CLOCK_ISO_SIZE], date[DATE_SIZE], learned[TRIAGE_VERSION_SIZE];

        if (categories && n == 0)
                return error_set(e, -ENODATA, ERROR_FILE_INVALID,
                                 "no ticket that would be answered has a label or an agent's answer: no evidence");
        triage_learned(r->desk->triage, method, learned);
        clock_iso(clock_now_ms(), iso);
        str_copy(date, sizeof(date), iso);
        json_t *o _cleanup_json_ = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:O}", "date", date, "at", iso, "model",
                                             r->desk->encoder ? encoder_version(r->desk->encoder) : "", "method",
                                             triage_method_name(method), "learned", learned, "rehearsal", r->identity,
                                             "categories", categories);
        char *text _cleanup_free_ = o ? json_text(o) : NULL;
        if (!text)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the evidence");
        *ret_rows = n;
        return store_meta_put(s, EVIDENCE, text, e);
}
