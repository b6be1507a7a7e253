#include "desk/missing.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/log.h"
#include "desk/groups.h"
#include "desk/guard.h"
#include "desk/readback.h"

enum {
        SECOND_MS = 1000,     // Freshdesk's times have no fractions
        SOURCE_OUTBOUND = 10, // an agent wrote to a customer: its description is no question
        ANY_TIME_MS = 1,      // any event of the ticket, whenever it came
};

static struct missing_seen *place_of(struct missing *m, int64_t id) {
        return &m->seen[(uint64_t) id % MISSING_MEMORY];
}

// The body is what a webhook of ours would have brought.
static int accept(struct store *s, const struct freshdesk_listed *row, int64_t unless_since_ms,
                  enum missing_verdict *ret, struct error *e) {
        struct accepted a;
        json_t *body _cleanup_json_ =
                        json_pack("{s:{s:I}, s:s}", "ticket", "id", (json_int_t) row->id, "event", EVENT_KIND_POLLED);
        char *text _cleanup_free_ = body ? json_text(body) : NULL;
        struct event ev = {.ticket_id = row->id,
                           .key = EVENT_KEY_POLLED,
                           .while_queued = true,
                           .unless_since_ms = unless_since_ms,
                           .kind = EVENT_KIND_POLLED,
                           .body = text,
                           .subject = *row->subject ? row->subject : NULL};

        if (!text)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory for ticket %" PRId64, row->id);
        int r = store_accept_wait(s, &ev, &a, e);
        if (r == 0)
                *ret = a.duplicate ? MISSING_NOTHING : MISSING_FOUND; // its webhook may have come in this moment
        return r;
}

// When the customer last wrote without an answer since; 0: nobody waits.
static int64_t waiting_since(const struct freshdesk_ticket *t) {
        int64_t newest = 0;

        for (size_t i = guard_unanswered_from(t); i < t->n_messages; i++)
                if (!t->messages[i].private_note && guard_by_requester(t, &t->messages[i]))
                        newest = MAX(newest, t->messages[i].created_ms);
        return newest;
}

// Did the customer write after covered_ms (Freshdesk's clock), and nobody answer? An agent's doings, ours too, change
// the time of the last update as well and end here.
static int look_at_conversation(struct missing *m, struct store *s, struct readback *b, int64_t covered_ms,
                                enum missing_verdict *ret, struct freshdesk_result *r, struct error *e) {
        const struct freshdesk_listed *row = b->row;
        int k = freshdesk_conversations(m->d->freshdesk, b->conversation, r, e);

        b->read = k == 0;
        *ret = MISSING_LOOKED;
        if (k < 0 && (r->outcome == FRESHDESK_NOT_FOUND || r->outcome == FRESHDESK_REFUSED)) {
                log_debug("ticket %" PRId64 " was updated and cannot be read: %s", row->id, e ? e->message : "");
                return 0;
        }
        if (k < 0)
                return k;
        int64_t newest = waiting_since(b->conversation);
        return newest > covered_ms ? accept(s, row, MAX(newest - m->skew_ms, (int64_t) ANY_TIME_MS), ret, e) : 0;
}

static int look(struct missing *m, struct store *s, const struct bookmark *b, struct readback *read,
                enum missing_verdict *ret, struct freshdesk_result *r, struct error *e) {
        const struct freshdesk_listed *row = read->row;
        int resolved = (int) settings_int(m->d->settings, SETTING_FRESHDESK_RESOLVED);
        struct freshdesk_ticket t = {.status = row->status};
        struct newest_event newest = {0};
        int64_t covered_ms = b->from_ms;

        *ret = MISSING_NOTHING;
        if (row->spam || row->deleted || row->id >= STORE_LOCAL_TICKET)
                return 0;
        int k = store_newest_event(s, row->id, &newest, e);
        if (k < 0)
                return k;
        if (k > 0) {
                // What waits to be read will be read as it is then.
                if (newest.state == JOB_QUEUED)
                        return 0;
                covered_ms = newest.received_ms + m->skew_ms;
        } else if (!groups_have(settings_text(m->d->settings, SETTING_FRESHDESK_GROUPS), row->group_id)) {
                return 0; // what is known is looked at all the same: it may have been answered before it changed hands
        } else if (row->created_ms >= b->from_ms / SECOND_MS * SECOND_MS) {
                if (guard_resolved(&t, resolved) || row->source == SOURCE_OUTBOUND)
                        return 0;
                return accept(s, row, ANY_TIME_MS, ret, e);
        }
        if (row->updated_ms && row->updated_ms + SECOND_MS <= covered_ms)
                return 0;
        return look_at_conversation(m, s, read, covered_ms, ret, r, e);
}

int missing_look(struct missing *m, struct store *s, const struct bookmark *b, const struct freshdesk_listed *row,
                 enum missing_verdict *ret, bool *ret_said, struct freshdesk_result *r, struct error *e) {
        struct missing_seen *place = place_of(m, row->id);

        *r = (struct freshdesk_result){.outcome = FRESHDESK_OK};
        *ret = MISSING_SEEN;
        *ret_said = false;
        if (row->updated_ms && place->id == row->id && place->updated_ms == row->updated_ms)
                return 0;
        struct freshdesk_ticket t _cleanup_freshdesk_ticket_ = {.id = row->id, .requester_id = row->requester_id};
        struct readback read = {.row = row, .skew_ms = m->skew_ms, .conversation = &t};
        int k = look(m, s, b, &read, ret, r, e);
        // What this agent may not see is nobody's doing.
        if (k == 0 && row->updated_ms && !row->spam && !row->deleted && row->id < STORE_LOCAL_TICKET)
                k = readback_look(m->d, s, &read, r, e);
        if (k == 0 && read.read && *ret == MISSING_NOTHING)
                *ret = MISSING_LOOKED;
        if (k == 0)
                *ret_said = read.said;
        if (k == 0)
                *place = (struct missing_seen){.id = row->id, .updated_ms = row->updated_ms};
        return k;
}
