#include "store/erase.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/digest.h"
#include "base/metrics.h"
#include "base/string.h"
#include "store/blot.h"
#include "store/forget.h"

enum {
        PERSON_MIN = 3,         // characters; fewer tell nobody from anybody
        READ_ROWS = 1000,       // looked at under one snapshot, so that the log can be reset between
        FORGET_MAX = 8,         // tickets, each with all that belongs to it, in one transaction
        BLOT_MAX = 64,          // rows in one transaction
        ROUNDS_MAX = 3,         // looks for tickets that were being read from Freshdesk during the last one
        EMPTY_TRIES = 150,      // of emptying the log while others read...
        EMPTY_NAP_NS = 20000000 // ...3 seconds in all
};

// ---- lists of ids

struct ids {
        int64_t *items;
        size_t n, cap;
};

static void ids_clear(struct ids *l) {
        free(l->items);
}
#define _cleanup_ids_ _cleanup_(ids_clear)

static int ids_add(struct ids *l, int64_t id, struct error *e) {
        if (memory_grow((void **) &l->items, &l->cap, l->n + 1, sizeof(*l->items)) < 0)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the list of what to erase");
        l->items[l->n++] = id;
        return 0;
}

static int compare(const void *a, const void *b) {
        const int64_t *x = a, *y = b;

        return (*x > *y) - (*x < *y);
}

static void ids_unique(struct ids *l) {
        size_t n = 0;

        if (l->n == 0)
                return;
        qsort(l->items, l->n, sizeof(*l->items), compare);
        for (size_t i = 0; i < l->n; i++)
                if (n == 0 || l->items[n - 1] != l->items[i])
                        l->items[n++] = l->items[i];
        l->n = n;
}

// ---- looking

struct hunt {
        struct store *s;
        const struct erasure *what;
        char person[ERASE_PERSON_MAX + 1]; // as given, without space around it
        char hash[DIGEST_HEX_SIZE];
        bool address;
        struct erased found;
};

// The first column of the rows between two keys (?2, ?3] that the statement finds for the person (?1).
static int read_between(struct hunt *h, const char *sql, int64_t from, int64_t to, struct ids *out, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        int r = reader_take(h->s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_prepare(rd.d, sql);
        query_text(&q, 1, h->person);
        query_int(&q, 2, from);
        query_int(&q, 3, to);
        while ((r = query_step(&q, e)) > 0)
                if ((r = ids_add(out, query_column_int(&q, 0), e)) < 0)
                        return r;
        return r;
}

static int largest(struct store *s, const char *table, const char *key, int64_t *ret, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        char *sql _cleanup_free_ = str_printf("SELECT max(%s) FROM %s", key, table);
        int r = reader_take(s->readers, &rd, e);

        if (r < 0 || !sql)
                return r < 0 ? r : database_error(rd.d, SQLITE_NOMEM, e);
        struct query q _cleanup_query_ = query_prepare(rd.d, sql);
        r = query_step(&q, e);
        if (r > 0)
                *ret = query_column_int(&q, 0);
        return MIN(r, 0);
}

static int read_all(struct hunt *h, const char *table, const char *key, const char *sql, struct ids *out,
                    struct error *e) {
        int64_t last = 0;
        int r = largest(h->s, table, key, &last, e);

        for (int64_t at = 0; r == 0 && at < last; at += READ_ROWS)
                r = read_between(h, sql, at, at + READ_ROWS, out, e);
        return r;
}

// By the ticket's row, and by what arrived, for a ticket that nobody has read yet or that has changed hands since.
static int find_tickets(struct hunt *h, struct ids *out, struct error *e) {
        int r = read_all(h, "ticket", "seq",
                         "SELECT id FROM ticket WHERE seq > ?2 AND seq <= ?3 AND is_person(requester, ?1)", out, e);

        if (r == 0)
                r = read_all(h, "event", "id",
                             "SELECT ticket_id FROM event, json_tree(CASE WHEN json_valid(body) THEN body ELSE '{}' "
                             "END) "
                             "AS j WHERE event.id > ?2 AND event.id <= ?3 AND body <> '{}' AND "
                             "(instr(?1, '@') = 0 OR mentions(body, ?1)) AND j.type = 'text' AND "
                             "j.fullkey LIKE '%requester%' AND is_person(j.value, ?1)",
                             out, e);
        ids_unique(out);
        return r;
}

// ---- a keyed hash, so that the audit can tell that somebody was forgotten, and not who

int erase_hash(const char *key, const char *person, char ret[DIGEST_HEX_SIZE], struct error *e) {
        char lowered[ERASE_PERSON_MAX + 1];
        uint8_t bytes[DIGEST_SIZE];
        size_t n = MIN(strlen(person), (size_t) ERASE_PERSON_MAX);

        for (size_t i = 0; i < n; i++)
                lowered[i] = (char) (person[i] >= 'A' && person[i] <= 'Z' ? person[i] + ('a' - 'A') : person[i]);
        if (digest_hmac_sha256(key, strlen(key), lowered, n, bytes) < 0)
                return error_set(e, -EIO, ERROR_INTERNAL, "the address cannot be hashed");
        digest_hex(bytes, sizeof(bytes), ret);
        return 0;
}

static int hash_run(struct transaction *t, void *arg, struct error *e) {
        struct query q _cleanup_query_ = query_prepare(
                        t->d, "INSERT INTO meta(name, value) VALUES('erase_key', lower(hex(randomblob(32)))) "
                              "ON CONFLICT(name) DO UPDATE SET value = value RETURNING value");
        struct hunt *h = arg;
        int r = query_step(&q, e);

        if (r <= 0)
                return r < 0 ? r : database_error(t->d, SQLITE_CORRUPT, e);
        const char *key = query_column_text(&q, 0);
        r = key ? erase_hash(key, h->person, h->hash, e) : database_error(t->d, SQLITE_NOMEM, e);
        return r < 0 ? r : query_run(&q, e);
}

// ---- forgetting tickets

struct batch {
        struct hunt *h;
        const int64_t *ids;
        size_t n;
        const struct place *place;
        int64_t jobs;
};

static int forget_run(struct transaction *t, void *arg, struct error *e) {
        struct batch *b = arg;
        struct forgetting how = {.by = b->h->what->by, .hash = *b->h->hash ? b->h->hash : NULL};
        int r = 0;

        b->jobs = 0;
        for (size_t i = 0; r == 0 && i < b->n; i++)
                r = forget_ticket(t, b->ids[i], &how, &b->jobs, e);
        return r;
}

static int forget_all(struct hunt *h, const struct ids *l, struct error *e) {
        int r = 0;

        for (size_t i = 0; r == 0 && i < l->n; i += FORGET_MAX) {
                struct batch b = {.h = h, .ids = l->items + i, .n = MIN(l->n - i, (size_t) FORGET_MAX)};
                r = writer_run(h->s->writer, forget_run, &b, e);
                if (r == 0) {
                        h->found.tickets += (int64_t) b.n;
                        h->found.jobs += b.jobs;
                }
        }
        return r;
}

// What is not yet told apart in a ticket's rows: emptied ones do not match again.
static int count_only(struct hunt *h, const struct ids *l, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        int r = reader_take(h->s->readers, &rd, e);

        h->found.tickets = (int64_t) l->n;
        for (size_t i = 0; r >= 0 && i < l->n; i++) {
                struct query q _cleanup_query_ = query_prepare(
                                rd.d, "SELECT count(*) FROM job WHERE id IN (SELECT job_id FROM audit "
                                      "WHERE ticket_id = ?1) AND (due_ms IS NOT NULL OR state = 'failed')");
                query_int(&q, 1, l->items[i]);
                if ((r = query_step(&q, e)) > 0)
                        h->found.jobs += query_column_int(&q, 0);
        }
        return MIN(r, 0);
}

// ---- mentions in what belongs to others

static const struct place {
        const char *table, *key;
        const char *columns[4];
        const char *but; // rows that are left alone
} places[] = {
                {"ticket", "seq", {"subject", "requester", "reason", "error"}, ""},
                {"ticket_text", "seq", {"description", "response", "sources"}, ""},
                {"event", "id", {"body", "description"}, ""},
                {"audit", "id", {"detail"}, ""},
                {"job", "id", {"error"}, ""},
                {"feedback", "id", {"\"by\""}, ""},
                // A message under way is looked for by its words when its outcome is not known.
                {"step", "id", {"payload", "error"}, " AND state NOT IN ('waiting', 'sending')"},
};

static int blot_run(struct transaction *t, void *arg, struct error *e) {
        const struct batch *b = arg;
        const struct place *p = b->place;
        struct buffer sql _cleanup_buffer_ = BUFFER_INIT(1024);
        int r = 0;

        buffer_addf(&sql, "UPDATE %s SET ", p->table);
        for (size_t c = 0; c < ARRAY_LEN(p->columns) && p->columns[c]; c++)
                buffer_addf(&sql, "%s%s = blot(%s, ?1)", c ? ", " : "", p->columns[c], p->columns[c]);
        buffer_addf(&sql, " WHERE %s = ?2%s", p->key, p->but);
        if (buffer_result(&sql) < 0)
                return database_error(t->d, SQLITE_NOMEM, e);
        for (size_t i = 0; r == 0 && i < b->n; i++) {
                struct query q _cleanup_query_ = query_prepare(t->d, buffer_str(&sql));
                query_text(&q, 1, b->h->person);
                query_int(&q, 2, b->ids[i]);
                r = query_run(&q, e);
        }
        return r;
}

static int find_mentions(struct hunt *h, const struct place *p, struct ids *out, struct error *e) {
        struct buffer sql _cleanup_buffer_ = BUFFER_INIT(1024);

        buffer_addf(&sql, "SELECT %s FROM %s WHERE %s > ?2 AND %s <= ?3%s AND (", p->key, p->table, p->key, p->key,
                    p->but);
        for (size_t c = 0; c < ARRAY_LEN(p->columns) && p->columns[c]; c++)
                buffer_addf(&sql, "%smentions(%s, ?1)", c ? " OR " : "", p->columns[c]);
        buffer_add_str(&sql, ")");
        if (buffer_result(&sql) < 0)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory to look for mentions");
        return read_all(h, p->table, p->key, buffer_str(&sql), out, e);
}

static int blot_place(struct hunt *h, const struct place *p, struct error *e) {
        struct ids l _cleanup_ids_ = {0};
        int r = find_mentions(h, p, &l, e);

        h->found.mentions += (int64_t) l.n;
        for (size_t i = 0; r == 0 && !h->what->look && i < l.n; i += BLOT_MAX) {
                struct batch b = {.h = h, .ids = l.items + i, .n = MIN(l.n - i, (size_t) BLOT_MAX), .place = p};
                r = writer_run(h->s->writer, blot_run, &b, e);
        }
        return r;
}

static int blot_all(struct hunt *h, struct error *e) {
        struct ids open _cleanup_ids_ = {0};
        int r = 0;

        // A name may be a word that anybody uses.
        for (size_t i = 0; r == 0 && h->address && i < ARRAY_LEN(places); i++)
                r = blot_place(h, &places[i], e);
        if (r == 0 && h->address)
                r = read_all(h, "step", "id",
                             "SELECT id FROM step WHERE id > ?2 AND id <= ?3 AND state IN ('waiting', 'sending') AND "
                             "mentions(payload, ?1)",
                             &open, e);
        h->found.open = (int64_t) open.n;
        return r;
}

// ---- the whole of it

static int record_run(struct transaction *t, void *arg, struct error *e) {
        const struct hunt *h = arg;
        struct query q _cleanup_query_ = query_prepare(
                        t->d, "INSERT INTO erasure(at_ms, asked_by, ticket_id, address_hash, tickets, mentions) "
                              "VALUES(?1, ?2, nullif(?3, 0), nullif(?4, ''), ?5, ?6)");

        query_int(&q, 1, t->now_ms);
        query_text(&q, 2, h->what->by);
        query_int(&q, 3, h->what->requester ? 0 : h->what->ticket_id);
        query_text(&q, 4, h->hash);
        query_int(&q, 5, h->found.tickets);
        query_int(&q, 6, h->found.mentions);
        return query_run(&q, e);
}

static int take_person(struct hunt *h, struct error *e) {
        static const char space[] = " \t\r\n";
        const char *p = h->what->requester + strspn(h->what->requester, space);

        if (strlen(p) > ERASE_PERSON_MAX)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "an address has at most %d characters",
                                 ERASE_PERSON_MAX);
        str_copy(h->person, sizeof(h->person), p);
        for (size_t n = strlen(h->person); n > 0 && strchr(space, h->person[n - 1]); n--)
                h->person[n - 1] = '\0';
        if (strlen(h->person) < PERSON_MIN)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST,
                                 "that is too short to tell one person from another");
        h->address = strchr(h->person, '@') != NULL;
        return 0;
}

static int erase_person(struct hunt *h, struct error *e) {
        int r = take_person(h, e);

        if (r == 0 && !h->what->look)
                r = writer_run(h->s->writer, hash_run, h, e);
        for (int i = 0; r == 0 && i < (h->what->look ? 1 : ROUNDS_MAX); i++) {
                struct ids l _cleanup_ids_ = {0};
                r = find_tickets(h, &l, e);
                if (r < 0 || (l.n == 0 && i > 0))
                        break;
                r = h->what->look ? count_only(h, &l, e) : forget_all(h, &l, e);
        }
        return r < 0 ? r : blot_all(h, e);
}

static int erase_one(struct hunt *h, struct error *e) {
        struct ticket t _cleanup_ticket_ = {0};
        int64_t id = h->what->ticket_id;
        struct ids l = {.items = &id, .n = 1};

        if (id <= 0)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "neither a requester nor a ticket is named");
        int r = store_ticket(h->s, id, &t, e);
        if (r == 0)
                return error_set(e, -ENOENT, ERROR_NOT_FOUND, "there is no ticket %" PRId64, id);
        return r < 0 ? r : h->what->look ? count_only(h, &l, e) : forget_all(h, &l, e);
}

int store_erase(struct store *s, const struct erasure *what, struct erased *ret, struct error *e) {
        struct hunt h = {.s = s, .what = what};
        int r = what->requester ? erase_person(&h, e) : erase_one(&h, e);

        if (r == 0 && !what->look && !what->again)
                r = writer_run(s->writer, record_run, &h, e);
        if (r == 0 && !what->look && !what->again)
                r = store_empty_log(s, e);
        if (r == 0 || r == -EAGAIN)
                *ret = h.found;
        return r;
}

int store_empty_log(struct store *s, struct error *e) {
        const struct timespec nap = {.tv_nsec = EMPTY_NAP_NS};
        int r = -EAGAIN;

        for (int i = 0; r == -EAGAIN && i < EMPTY_TRIES; i++) {
                r = writer_empty_log(s->writer, e);
                if (r == -EAGAIN)
                        nanosleep(&nap, NULL);
        }
        return r == -EAGAIN ? error_set(e, r, ERROR_CONFLICT,
                                        "another program reads the database, so that its log cannot be emptied now; "
                                        "ask again")
                            : r;
}
