// From outside into the store: the events of the webhook, and tickets that came through our own faces.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/string.h"
#include "desk/explain.h"
#include "desk/journey.h"
#include "desk/parts.h"
#include "desk/reading.h"
#include "desk/served.h"
#include "desk/think.h"
#include "freshdesk/webhook.h"

enum { SETTLE_MAX_MS = 60000 }; // who writes for longer than that gets an answer in between

static const char *const webhook_kinds[] = {
                [WEBHOOK_CREATED] = EVENT_KIND_CREATED,
                [WEBHOOK_REPLIED] = EVENT_KIND_REPLIED,
                [WEBHOOK_UPDATED] = EVENT_KIND_UPDATED,
};

static int no_store(struct desk *d, struct error *e) {
        pthread_mutex_lock(&d->lock);
        struct error why = d->store_error;
        pthread_mutex_unlock(&d->lock);
        return error_set(e, -ENODEV, ERROR_STORAGE_UNAVAILABLE, "%s",
                         *why.message ? why.message : "the database is not open");
}

int desk_accept(struct desk *d, const struct webhook_event *ev, const char *body,
                void (*done)(void *arg, int r, const struct accepted *a, const struct error *e), void *arg,
                struct error *e) {
        struct store *s = atomic_load(&d->store);

        if (!s)
                return no_store(d, e);
        if (!d->freshdesk && str_empty(ev->subject) && str_empty(ev->description))
                return error_set(e, -EINVAL, ERROR_MISSING_FIELD,
                                 "subject and description are both empty, and Freshdesk is not set up to read the "
                                 "ticket");

        // A rule's message is the same for each of a customer's replies. Once a worker has read the ticket, an equal
        // one may tell of words that were not there yet; reading again is harmless, and overlooking them is not.
        int64_t window_s = settings_int(d->settings, SETTING_DUPLICATE_WINDOW);
        bool once = ev->kind == WEBHOOK_CREATED || ev->repeated;
        struct event event = {.ticket_id = ev->ticket_id,
                              .key = once || window_s > 0 || ev->timed ? ev->key : NULL,
                              .window_ms = once ? 0 : MAX(window_s * 1000, (int64_t) 1),
                              .while_queued = !once && d->freshdesk,
                              .also_key = ev->kind == WEBHOOK_CREATED || !once ? EVENT_KEY_POLLED : NULL,
                              // Without Freshdesk each event is all that is known of its words.
                              .settle_ms = d->freshdesk ? settings_int(d->settings, SETTING_SETTLE_TIME) * 1000 : 0,
                              .settle_max_ms = SETTLE_MAX_MS,
                              .kind = webhook_kinds[ev->kind],
                              .body = body,
                              .subject = ev->subject,
                              .description = ev->description,
                              .requester = ev->requester_email ? ev->requester_email : ev->requester_name};
        int r = store_accept(s, &event, done, arg);
        if (r == -EBUSY)
                return error_set(e, r, ERROR_OVERLOADED,
                                 "too many events wait to be written; send it again in a second");
        return r < 0 ? error_set(e, r, ERROR_OUT_OF_MEMORY, "not enough memory for the event") : 0;
}

static const char *or_empty(const char *s) {
        return s ? s : "";
}

// The flat shape in which tickets from our own faces are kept: see reading_from_event.
static char *api_body(const struct ticket_input *in) {
        json_t *body _cleanup_json_ =
                        json_pack("{s:s, s:s, s:s?, s:i}", "subject", or_empty(in->subject), "description",
                                  or_empty(in->description), "requester", in->requester, "priority", in->priority);

        return body ? json_text(body) : NULL;
}

static int no_memory(struct error *e) {
        return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the ticket");
}

int desk_classify_explained(struct desk *d, const struct ticket_input *in, struct outcome *ret, json_t **ret_explain,
                            struct error *e) {
        struct reading reading _cleanup_reading_ = {0};
        char *html _cleanup_free_ = NULL;
        char *body _cleanup_free_ = api_body(in);
        struct job job = {.ticket_id = in->id, .kind = EVENT_KIND_API, .body = body};
        int64_t start = clock_monotonic_us();

        if (!body)
                return no_memory(e);
        int r = reading_from_event(d->automatic, &job, &reading, e);
        if (r == 0)
                r = think(d, &reading, in->id, ret, &html, e);
        if (r == 0)
                ret->duration_ms = (double) (clock_monotonic_us() - start) / 1000;
        if (r == 0 && ret_explain)
                *ret_explain = explain_outcome(d, &reading, ret);
        return r;
}

int desk_classify(struct desk *d, const struct ticket_input *in, struct outcome *ret, struct error *e) {
        return desk_classify_explained(d, in, ret, NULL, e);
}

static void add_to_reason(struct outcome *o, const char *text) {
        size_t n = strlen(o->reason);

        str_copy(o->reason + n, sizeof(o->reason) - n, text);
}

// The database is out: the caller still gets an answer, and it says that nothing was recorded or sent.
static int process_unrecorded(struct desk *d, const struct ticket_input *in, const struct error *why,
                              struct outcome *ret, struct error *e) {
        int r = desk_classify(d, in, ret, e);

        if (r < 0)
                return r;
        log_error("a ticket was decided but neither recorded nor sent: %s", why->message);
        ret->ticket_id = 0;
        add_to_reason(ret, "; neither recorded nor sent: the database cannot be written");
        return 0;
}

// A worker has the ticket in its hands: this event waits in the queue, and the caller is told what would be done.
static int process_later(struct desk *d, const struct ticket_input *in, int64_t ticket_id, struct outcome *ret,
                         struct error *e) {
        int r = desk_classify(d, in, ret, e);

        if (r < 0)
                return r;
        ret->ticket_id = ticket_id;
        ret->state = JOB_QUEUED;
        add_to_reason(ret, "; queued, because the ticket is being worked on");
        return 0;
}

int desk_process(struct desk *d, const struct ticket_input *in, struct outcome *ret, struct error *e) {
        struct job job _cleanup_job_ = {.kind = EVENT_KIND_API, .state = JOB_RUNNING, .attempts = 1};
        struct reading reading _cleanup_reading_ = {0};
        struct store *s = atomic_load(&d->store);
        struct error why = ERROR_INIT;
        struct accepted a;

        if (str_empty(in->subject) && str_empty(in->description))
                return error_set(e, -EINVAL, ERROR_MISSING_FIELD, "subject and description are both empty");
        job.body = api_body(in);
        if (!job.body)
                return no_memory(e);
        if (!s) {
                no_store(d, &why);
                return process_unrecorded(d, in, &why, ret, e);
        }

        // What has no text in it is the caller's mistake, not a ticket that failed.
        int r = reading_from_event(d->automatic, &job, &reading, e);
        if (r < 0)
                return r;
        struct event event = {.ticket_id = in->id,
                              .kind = EVENT_KIND_API,
                              .body = job.body,
                              .subject = in->subject,
                              .description = in->description,
                              .requester = in->requester,
                              .claim = true,
                              .lease_ms = JOURNEY_LEASE_MS};
        r = store_accept_wait(s, &event, &a, &why);
        if (r < 0)
                return process_unrecorded(d, in, &why, ret, e);
        if (!a.claimed)
                return process_later(d, in, a.ticket_id, ret, e);

        job.id = a.job_id;
        job.ticket_id = a.ticket_id;
        job.event_id = a.event_id;
        job.created_ms = clock_now_ms();
        log_set_ticket(a.ticket_id);
        r = journey(d, s, &job, ret, e);
        log_set_ticket(0);
        return r;
}

int desk_reprocess(struct desk *d, int64_t ticket_id, struct accepted *ret, struct error *e) {
        struct store *s = atomic_load(&d->store);
        struct ticket t _cleanup_ticket_ = {0};

        if (!s)
                return no_store(d, e);
        int r = store_ticket(s, ticket_id, &t, e);
        if (r < 0)
                return r;
        if (r == 0)
                return error_set(e, -ENOENT, ERROR_NOT_FOUND, "there is no ticket %lld", (long long) ticket_id);

        struct ticket_input in = {.id = ticket_id,
                                  .subject = t.subject,
                                  .description = t.description,
                                  .requester = t.requester,
                                  .priority = t.priority};
        char *body _cleanup_free_ = api_body(&in);
        if (!body)
                return no_memory(e);
        struct event event = {.ticket_id = ticket_id, .kind = EVENT_KIND_REPROCESS, .body = body};
        return store_accept_wait(s, &event, ret, e);
}

int desk_ask_explained(struct desk *d, const char *question, struct answer *ret, json_t **ret_explain,
                       struct error *e) {
        static const char nothing[] = "The knowledge base has no answer to this question";
        struct answer a _cleanup_answer_text_ = {0};
        int64_t start = clock_monotonic_us();
        float *vector _cleanup_free_ = think_vector(d, question);
        enum { ASK_FINDINGS_MAX = 5 }; // an answer and a few runners-up
        char why[SERVED_WHY_SIZE];
        language_set of = 0;

        if (served_look(d, NULL, question, &a.language, &of, why) < 0)
                return no_memory(e);
        int r = knowledge_search_in(d->knowledge, of, question, vector, ASK_FINDINGS_MAX, &a.findings, e);
        if (r < 0)
                return r;
        a.found = a.findings.found && a.language.served;
        a.text = a.found ? str_dup(a.findings.items[0].passage) : str_printf("%s%s%s.", nothing, *why ? ": " : "", why);
        if (!a.text)
                return no_memory(e);
        if (ret_explain)
                *ret_explain = explain_answer(d, question, &a, of, clock_monotonic_us() - start);
        *ret = a;
        a = (struct answer){0};
        return 0;
}

int desk_ask(struct desk *d, const char *question, struct answer *ret, struct error *e) {
        return desk_ask_explained(d, question, ret, NULL, e);
}
