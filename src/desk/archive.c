#include "desk/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/string.h"
#include "desk/author.h"
#include "desk/guard.h"
#include "desk/parts.h"
#include "desk/past.h"
#include "freshdesk/ticket_list.h"

enum {
        SECOND_MS = 1000,
        NAP_MS = 200,                                  // between looks whether to stop, while it waits for its turn
        WAIT_MS = 2000,                                // for a turn, where nobody says when it comes
        FAILURES_MAX = 5,                              // in a row that are no waiting for a turn
        PAGES_BEFORE_ANEW = TICKET_LIST_PAGES_MAX - 1, // then the list is asked for from where it has come to
};

struct archive {
        struct desk *d;
        const struct archive_options *o;
        FILE *f;
        const char *path;
        int64_t *ids; // that are in the file, sorted
        size_t n, cap;
        int64_t since_ms;
};

static void archive_close(struct archive *a) {
        if (a->f)
                fclose(a->f);
        free(a->ids);
}

// ---- what an earlier run has written

static size_t place_of(const struct archive *a, int64_t id) {
        size_t low = 0, high = a->n;

        while (low < high) {
                size_t middle = (low + high) / 2;
                if (a->ids[middle] < id)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static bool is_known(const struct archive *a, int64_t id) {
        size_t at = place_of(a, id);

        return at < a->n && a->ids[at] == id;
}

static int remember(struct archive *a, int64_t id, struct error *e) {
        size_t at = place_of(a, id);

        if (memory_grow((void **) &a->ids, &a->cap, a->n + 1, sizeof(*a->ids)) < 0)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the tickets");
        memmove(a->ids + at + 1, a->ids + at, (a->n - at) * sizeof(*a->ids));
        a->ids[at] = id;
        a->n++;
        return 0;
}

static int take_line(struct archive *a, const char *line, size_t n, struct error *e) {
        json_t *o _cleanup_json_ = NULL;
        int64_t id, updated = 0;

        if (json_parse(line, n, &o, NULL) < 0 || (id = json_int_or(o, "id", 0)) <= 0)
                return error_set(e, -EINVAL, ERROR_FILE_INVALID,
                                 "%s holds something else than tickets from Freshdesk: name another file", a->path);
        const char *at = json_str_or_null(o, "updated_at");
        if (at && clock_parse_iso(at, &updated) == 0)
                a->since_ms = MAX(a->since_ms, updated);
        return is_known(a, id) ? 0 : remember(a, id, e);
}

// A line that a crash has cut off is taken away.
static int go_on(struct archive *a, struct error *e) {
        char *text _cleanup_free_ = NULL;
        size_t n = 0, at = 0;
        int r = access(a->path, F_OK) == 0 ? file_read(a->path, PAST_FILE_MAX, &text, &n, e) : 0;

        for (const char *end; r == 0 && text && (end = memchr(text + at, '\n', n - at)); at = (size_t) (end - text) + 1)
                r = take_line(a, text + at, (size_t) (end - text) - at, e);
        if (r == 0 && text && at < n && truncate(a->path, (off_t) at) < 0)
                r = error_set(e, -errno, ERROR_FILE_INVALID, "%s: %s", a->path, strerror(errno));
        return r;
}

static int open_file(struct archive *a, struct error *e) {
        int r = go_on(a, e);

        if (r < 0)
                return r;
        int fd = open(a->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (fd < 0 || !(a->f = fdopen(fd, "a"))) {
                r = -errno;
                if (fd >= 0)
                        close(fd);
                return error_set(e, r, ERROR_FILE_INVALID, "%s cannot be written: %s", a->path, strerror(-r));
        }
        return 0;
}

// ---- calls, each in its turn

static bool stopped(const struct archive *a) {
        return a->o->stop && atomic_load(a->o->stop);
}

static int stop(const struct archive *a, struct error *e) {
        return error_set(e, -EINTR, ERROR_INTERNAL, "stopped after %zu ticket%s; the same command goes on from there",
                         a->n, str_s((int64_t) a->n));
}

// 0: try again. Negative: it will not get better, with e as it was, or it was stopped.
static int wait_after(struct archive *a, int k, const struct freshdesk_result *r, unsigned *failures, struct error *e) {
        int64_t left = r->retry_after_ms > 0 ? r->retry_after_ms : WAIT_MS;
        const struct timespec nap = {.tv_nsec = NAP_MS * 1000000L};

        if (r->outcome != FRESHDESK_RETRY || (!r->held && r->status != 429 && ++*failures > FAILURES_MAX))
                return k;
        for (; left > 0 && !stopped(a); left -= NAP_MS)
                nanosleep(&nap, NULL);
        return stopped(a) ? stop(a, e) : 0;
}

static int read_page(struct archive *a, unsigned page, struct freshdesk_past_page *ret, struct error *e) {
        struct freshdesk_result r;
        unsigned failures = 0;

        for (;;) {
                int k = freshdesk_past_page(a->d->freshdesk, a->since_ms, page, ret, &r, e);
                if (k == 0 || (k = wait_after(a, k, &r, &failures, e)) < 0)
                        return k;
        }
}

// 0 also for a conversation that this agent may not read: then it is empty.
static int read_conversation(struct archive *a, struct freshdesk_ticket *t, struct error *e) {
        struct freshdesk_result r;
        unsigned failures = 0;

        for (;;) {
                int k = freshdesk_conversations(a->d->freshdesk, t, &r, e);
                if (k == 0 || r.outcome == FRESHDESK_NOT_FOUND || r.outcome == FRESHDESK_REFUSED)
                        return 0;
                if ((k = wait_after(a, k, &r, &failures, e)) < 0)
                        return k;
        }
}

// ---- a ticket

// An agent's first public words, by nobody on the customer's side and not by us.
static const char *answer_of(struct desk *d, const struct freshdesk_ticket *t) {
        int64_t me = author_me(d);

        for (size_t i = 0; i < t->n_messages; i++) {
                const struct freshdesk_message *m = &t->messages[i];
                if (!m->private_note && !m->incoming && !m->auto_response && !guard_by_requester(t, m) &&
                    m->user_id != me && !str_empty(m->text))
                        return m->text;
        }
        return NULL;
}

static void add_labels(struct desk *d, const struct freshdesk_ticket *t, json_t *o) {
        enum tier tier;

        for (size_t i = 0; i < t->n_tags; i++)
                if (str_ieq(t->tags[i], "firstline"))
                        return;
        for (size_t i = 0; i < t->n_tags; i++) {
                if (tier_parse(t->tags[i], &tier) == 0)
                        json_object_set_new(o, "tier", json_string(tier_name(tier)));
                for (size_t c = 0; c < triage_categories(d->triage); c++)
                        if (str_ieq(t->tags[i], triage_category(d->triage, c)))
                                json_object_set_new(o, "category", json_string(triage_category(d->triage, c)));
        }
}

static json_t *ticket_json(struct desk *d, const struct freshdesk_past *row) {
        const struct freshdesk_ticket *t = &row->ticket;
        char updated[CLOCK_ISO_SIZE];
        json_t *tags = json_array(), *value;
        const char *key;

        clock_iso(t->updated_ms, updated);
        for (size_t i = 0; i < t->n_tags; i++)
                json_array_append_new(tags, json_string(t->tags[i]));
        json_t *o = json_pack("{s:I, s:s, s:s, s:s, s:s?, s:I, s:i, s:i, s:i}", "id", (json_int_t) t->id, "updated_at",
                              updated, "subject", t->subject, "description", t->description, "type", t->type,
                              "group_id", (json_int_t) t->group_id, "status", t->status, "priority", t->priority,
                              "source", t->source);
        // A custom field must not take the place of what a ticket is.
        json_object_foreach(row->custom_fields, key, value) {
                if (o && !json_object_get(o, key) && (json_is_string(value) || json_is_integer(value)))
                        json_object_set(o, key, value);
        }
        const char *answer = answer_of(d, t);
        if (!o || json_object_set_new(o, "tags", tags) < 0 ||
            (answer && json_object_set_new(o, "answer", json_string(answer)) < 0)) {
                json_decref(o);
                return NULL;
        }
        add_labels(d, t, o);
        return o;
}

static int write_ticket(struct archive *a, struct freshdesk_past *row, struct error *e) {
        int resolved = (int) settings_int(a->d->settings, SETTING_FRESHDESK_RESOLVED);
        int r = a->o->answers && guard_resolved(&row->ticket, resolved) ? read_conversation(a, &row->ticket, e) : 0;

        if (r < 0)
                return r;
        json_t *o _cleanup_json_ = ticket_json(a->d, row);
        char *line _cleanup_free_ = o ? json_dumps(o, JSON_COMPACT) : NULL;
        if (!line)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for a ticket");
        if (fprintf(a->f, "%s\n", line) < 0 || fflush(a->f) != 0)
                return error_set(e, -EIO, ERROR_FILE_INVALID, "%s cannot be written: %s", a->path, strerror(errno));
        return remember(a, row->ticket.id, e);
}

static int write_page(struct archive *a, struct freshdesk_past_page *p, struct error *e) {
        for (size_t i = 0; i < p->n && a->n < a->o->max; i++) {
                if (stopped(a))
                        return stop(a, e);
                if (is_known(a, p->rows[i].ticket.id))
                        continue;
                int r = write_ticket(a, &p->rows[i], e);
                if (r < 0)
                        return r;
                if (a->o->progress)
                        a->o->progress(a->o->progress_arg, a->n, a->o->max);
        }
        return 0;
}

int archive_fetch(struct desk *d, const struct archive_options *o, const char *path, size_t *ret_n, struct error *e) {
        struct archive a _cleanup_(archive_close) = {.d = d, .o = o, .path = path, .since_ms = o->since_ms};
        bool more = true;

        if (!d->freshdesk)
                return error_set(e, -ENOTCONN, ERROR_FRESHDESK_UNAVAILABLE,
                                 "Freshdesk is not set up; set FRESHDESK_DOMAIN and FRESHDESK_API_KEY");
        int r = open_file(&a, e);
        for (unsigned page = 1; r == 0 && more && a.n < o->max; page++) {
                struct freshdesk_past_page p _cleanup_freshdesk_past_page_ = {.rows = NULL};
                if (stopped(&a))
                        return stop(&a, e);
                r = read_page(&a, page, &p, e);
                if (r == 0)
                        r = write_page(&a, &p, e);
                more = p.more;
                // The service gives 300 pages of one list: the next list begins where this one has come to.
                if (page == PAGES_BEFORE_ANEW && p.last_ms > a.since_ms) {
                        a.since_ms = p.last_ms;
                        page = 0;
                } else if (page == PAGES_BEFORE_ANEW) {
                        more = false;
                }
        }
        if (r < 0)
                return r;
        *ret_n = a.n;
        return 0;
}
