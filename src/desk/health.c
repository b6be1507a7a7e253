#include "desk/health.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/metrics.h"
#include "base/string.h"
#include "desk/allowance.h"
#include "desk/limits.h"
#include "desk/poll.h"
#include "desk/watch.h"

enum { HEALTH_FAILED_SHOWN = 1 }; // one failed ticket is enough to say so

// Less is left than either of these: some weeks of a busy desk; and on a small disk a twentieth.
#define DISK_LOW_BYTES (512LL * 1024 * 1024)
enum { DISK_LOW_PARTS = 20 };

// "ok"; "degraded": works with less; "down": done without; "off": not wanted.
struct part {
        const char *status;
        char detail[ERROR_MESSAGE_MAX];
};

static struct store_size copy_size(struct desk *d) {
        pthread_mutex_lock(&d->lock);
        struct store_size size = d->size;
        pthread_mutex_unlock(&d->lock);
        return size;
}

static bool disk_low(const struct store_size *size) {
        return size->disk_bytes > 0 && size->disk_free_bytes < MIN(DISK_LOW_BYTES, size->disk_bytes / DISK_LOW_PARTS);
}

static struct part database_health(struct desk *d) {
        struct part p = {.status = "ok"};
        struct store *s = atomic_load(&d->store);
        struct store_size size = copy_size(d);
        struct error e = ERROR_INIT;

        if (!(d->flags & DESK_STORE)) {
                p.status = "off";
        } else if (!s) {
                pthread_mutex_lock(&d->lock);
                p.status = "down";
                str_copy(p.detail, sizeof(p.detail), d->store_error.message);
                pthread_mutex_unlock(&d->lock);
        } else if (store_health(s, &e) < 0) {
                p.status = "down";
                str_copy(p.detail, sizeof(p.detail), e.message);
        } else if (disk_low(&size)) {
                p.status = "degraded";
                snprintf(p.detail, sizeof(p.detail),
                         "only %lld MB left on its disk; when it is full, webhooks are refused",
                         (long long) (size.disk_free_bytes / 1000000));
        }
        return p;
}

static struct part model_health(struct desk *d) {
        struct part p = {.status = "ok"};

        if (d->encoder && atomic_load(&d->encoder_failing)) {
                p.status = "degraded";
                str_copy(p.detail, sizeof(p.detail), "the last text could not be embedded; keywords took its place");
        } else if (d->encoder && triage_best_method(d->triage) > TRIAGE_ZERO_SHOT) {
                p.status = "degraded";
                str_copy(p.detail, sizeof(p.detail),
                         "the model works, but tickets are classified by keywords; see the log");
        } else if (d->encoder) {
                snprintf(p.detail, sizeof(p.detail), "%s (%s)", encoder_name(d->encoder), encoder_version(d->encoder));
        } else if (!settings_text(d->settings, SETTING_EMBEDDING_MODEL)[0]) {
                p.status = "off";
        } else {
                p.status = "down";
                str_copy(p.detail, sizeof(p.detail), d->encoder_error.message);
        }
        return p;
}

static struct part zero_shot_health(struct desk *d) {
        struct part p = {.status = "ok"};
        char problem[VERDICT_WHY_SIZE];

        triage_model_problem(d->triage, problem);
        if (!settings_text(d->settings, SETTING_ZERO_SHOT_MODEL)[0]) {
                p.status = "off";
        } else if (!d->zero_shot) {
                p.status = "down";
                str_copy(p.detail, sizeof(p.detail), d->zero_shot_error.message);
        } else if (*problem) {
                p.status = "degraded";
                str_copy(p.detail, sizeof(p.detail), problem);
        } else {
                snprintf(p.detail, sizeof(p.detail), "%s (%s)", cross_name(d->zero_shot), cross_version(d->zero_shot));
        }
        return p;
}

static struct part knowledge_health(struct desk *d, const struct knowledge_state *k) {
        struct part p = {.status = "ok"};

        if (k->passages == 0)
                p.status = "down";
        else if (k->problems > 0 || (d->encoder && !k->semantic))
                p.status = "degraded";
        str_copy(p.detail, sizeof(p.detail),
                 *k->problem    ? k->problem
                 : !k->passages ? "the knowledge base has no passages"
                                : "");
        return p;
}

static struct part freshdesk_part(struct desk *d) {
        struct part p = {.status = "ok"};
        struct error e = ERROR_INIT;

        if (!d->freshdesk) {
                p.status = "off";
        } else if (freshdesk_health(d->freshdesk, &e) < 0) {
                p.status = "down";
                str_copy(p.detail, sizeof(p.detail), e.message);
        } else {
                struct freshdesk_view v;
                freshdesk_view(d->freshdesk, &v);
                allowance_words(&v, p.detail, sizeof(p.detail));
                if (*p.detail)
                        p.status = "degraded";
                else
                        str_copy(p.detail, sizeof(p.detail), freshdesk_host(d->freshdesk));
        }
        return p;
}

static struct part poll_health(struct desk *d, struct poll_state *state) {
        struct part p = {.status = "ok"};

        *state = (struct poll_state){.complete_ms = 0};
        if (!d->poll) {
                p.status = "off";
                return p;
        }
        poll_state(d->poll, state);
        if (state->failing < 0) {
                p.status = "down";
                str_copy(p.detail, sizeof(p.detail), state->error.message);
        } else if (state->behind) {
                str_copy(p.detail, sizeof(p.detail), "catching up, within the allowance");
        }
        return p;
}

static struct part queue_health(struct desk *d, int64_t failed) {
        struct part p = {.status = "ok"};
        unsigned missing = atomic_load(&d->workers_missing);

        if (missing > 0) {
                p.status = "degraded";
                snprintf(p.detail, sizeof(p.detail), "the system will not start %u of the workers; it is tried again",
                         missing);
        } else if (failed >= HEALTH_FAILED_SHOWN) {
                p.status = "degraded";
                snprintf(p.detail, sizeof(p.detail),
                         "%lld ticket%s failed; `firstline jobs` or GET /jobs?state=failed lists %s",
                         (long long) failed, str_s(failed), failed == 1 ? "it" : "them");
        }
        return p;
}

static struct part risk_health(struct desk *d) {
        struct part p = {.status = settings_real(d->settings, SETTING_MAX_WRONG) > 0 ? "ok" : "off"};
        const char *blind = watch_blind(d->settings, d->freshdesk);
        char names[200];

        if (limits_fallen_back(d->limits, names, sizeof(names)) > 0) {
                p.status = "degraded";
                snprintf(p.detail, sizeof(p.detail),
                         "%s: too many automatic answers did not hold, agents get drafts; GET /stats has the figures",
                         names);
        } else if (blind) {
                p.status = "degraded";
                str_copy(p.detail, sizeof(p.detail), blind);
        }
        return p;
}

static void copy_counts(struct desk *d, int64_t counts[JOB_STATE_COUNT_], int64_t *failed) {
        pthread_mutex_lock(&d->lock);
        memcpy(counts, d->counts, sizeof(d->counts));
        *failed = d->failed_tickets;
        pthread_mutex_unlock(&d->lock);
}

static bool unwell(const struct part *p) {
        return !str_eq(p->status, "ok") && !str_eq(p->status, "off");
}

static json_t *part_json(const struct part *p) {
        return *p->detail ? json_pack("{s:s, s:s}", "status", p->status, "detail", p->detail)
                          : json_pack("{s:s}", "status", p->status);
}

static json_t *freshdesk_json(struct desk *d, const struct part *p) {
        json_t *j = part_json(p);
        struct freshdesk_view v;

        if (j && d->freshdesk) {
                freshdesk_view(d->freshdesk, &v);
                allowance_add_json(j, &v);
        }
        return j;
}

static json_t *database_json(struct desk *d, const struct part *p) {
        struct store_size size = copy_size(d);
        json_t *j = part_json(p);

        json_object_set_new(j, "bytes", json_integer(size.bytes));
        json_object_set_new(j, "free_bytes", json_integer(size.free_bytes));
        json_object_set_new(j, "log_bytes", json_integer(size.log_bytes));
        json_object_set_new(j, "disk_bytes", json_integer(size.disk_bytes));
        json_object_set_new(j, "disk_free_bytes", json_integer(size.disk_free_bytes));
        json_object_set_new(j, "retention_days", json_integer(settings_int(d->settings, SETTING_RETENTION_DAYS)));
        return j;
}

static json_t *knowledge_json(const struct part *p, const struct knowledge_state *k) {
        json_t *j = part_json(p);

        json_object_set_new(j, "documents", json_integer((json_int_t) k->documents));
        json_object_set_new(j, "passages", json_integer((json_int_t) k->passages));
        json_object_set_new(j, "problems", json_integer((json_int_t) k->problems));
        json_object_set_new(j, "method", json_string(k->semantic ? "semantic" : k->passages ? "keyword" : "none"));
        json_object_set_new(j, "version", json_string(k->version));
        return j;
}

static json_t *poll_json(const struct part *p, const struct poll_state *state) {
        json_t *j = part_json(p);

        json_object_set_new(j, "last_run", json_time(state->complete_ms));
        json_object_set_new(j, "cursor", json_time(state->cursor_ms));
        json_object_set_new(j, "found", json_integer(state->found));
        return j;
}

static json_t *queue_json(const struct part *p, const int64_t counts[JOB_STATE_COUNT_], int64_t failed) {
        json_t *j = part_json(p);

        for (int i = 0; i < JOB_STATE_COUNT_; i++)
                if (!job_state_final((enum job_state) i))
                        json_object_set_new(j, job_state_name((enum job_state) i), json_integer(counts[i]));
        json_object_set_new(j, job_state_name(JOB_FAILED), json_integer(failed));
        return j;
}

json_t *desk_health(struct desk *d) {
        struct knowledge_state k;
        struct poll_state polled;
        int64_t counts[JOB_STATE_COUNT_], failed;

        knowledge_state(d->knowledge, &k);
        copy_counts(d, counts, &failed);
        struct part database = database_health(d), model = model_health(d), zero_shot = zero_shot_health(d),
                    knowledge = knowledge_health(d, &k), freshdesk = freshdesk_part(d), poll = poll_health(d, &polled),
                    queue = queue_health(d, failed), risk = risk_health(d);
        bool degraded = unwell(&database) || unwell(&model) || unwell(&zero_shot) || unwell(&knowledge) ||
                        unwell(&freshdesk) || unwell(&poll) || unwell(&queue) || unwell(&risk);

        json_t *model_json = part_json(&model);
        json_object_set_new(model_json, "method", json_string(triage_method_name(triage_best_method(d->triage))));
        return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:I}", "status",
                         degraded ? "degraded" : "ok", "database", database_json(d, &database), "model", model_json,
                         "zero_shot", part_json(&zero_shot), "knowledge", knowledge_json(&knowledge, &k), "freshdesk",
                         freshdesk_json(d, &freshdesk), "poll", poll_json(&poll, &polled), "queue",
                         queue_json(&queue, counts, failed), "risk", part_json(&risk), "mode",
                         settings_text(d->settings, SETTING_MODE), "uptime_s",
                         (json_int_t) ((clock_monotonic_ms() - d->opened_ms) / 1000));
}

// Resident pages of this process, where the system tells.
static double resident_bytes(void) {
        unsigned long long pages = 0;
        FILE *f = fopen("/proc/self/statm", "re");

        if (!f)
                return 0;
        if (fscanf(f, "%*u %llu", &pages) != 1)
                pages = 0;
        fclose(f);
        return (double) pages * (double) sysconf(_SC_PAGESIZE);
}

void health_set_gauges(struct desk *d) {
        struct knowledge_state k;
        struct poll_state polled;
        int64_t counts[JOB_STATE_COUNT_], failed;

        knowledge_state(d->knowledge, &k);
        copy_counts(d, counts, &failed);
        const struct {
                const char *name;
                struct part part;
        } parts[] = {{"database", database_health(d)},
                     {"model", model_health(d)},
                     {"knowledge", knowledge_health(d, &k)},
                     {"freshdesk", freshdesk_part(d)},
                     {"poll", poll_health(d, &polled)},
                     {"queue", queue_health(d, failed)},
                     {"risk", risk_health(d)}};
        for (size_t i = 0; i < ARRAY_LEN(parts); i++)
                metric_set(METRIC_PART_UP, parts[i].name, str_eq(parts[i].part.status, "ok"));
        for (int i = 0; i < JOB_STATE_COUNT_; i++)
                metric_set(METRIC_JOBS, job_state_name((enum job_state) i), (double) counts[i]);
        metric_set(METRIC_KNOWLEDGE, "documents", (double) k.documents);
        metric_set(METRIC_KNOWLEDGE, "passages", (double) k.passages);
        metric_set(METRIC_KNOWLEDGE, "problems", (double) k.problems);
        if (d->freshdesk) {
                struct freshdesk_view v;
                freshdesk_view(d->freshdesk, &v);
                allowance_set_gauges(&v);
        }
        struct store_size size = copy_size(d);
        metric_set(METRIC_DATABASE_BYTES, "file", (double) size.bytes);
        metric_set(METRIC_DATABASE_BYTES, "free", (double) size.free_bytes);
        metric_set(METRIC_DATABASE_BYTES, "log", (double) size.log_bytes);
        metric_set(METRIC_UPTIME, NULL, (double) (clock_monotonic_ms() - d->opened_ms) / 1000);
        metric_set(METRIC_MEMORY, NULL, resident_bytes());
}
