#include "store/carry.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/string.h"
#include "store/inside.h"

enum {
        KEY_SIZE = 128,      // the key has 64 digits
        ERASURES_SCHEMA = 3, // the first that knows of any
        LOCAL_PART_MAX = 64, // bytes before the @ (RFC 5321, 4.5.3.1)
};

struct request { // of the database, kept by it
        int64_t at_ms, ticket_id, tickets, mentions;
        char by[16], hash[DIGEST_HEX_SIZE]; // hash: "" when it was asked for by ticket
};

struct forgotten { // a ticket, by whatever request, or by its age
        int64_t ticket_id, at_ms;
};

struct carry {
        struct database *from;
        struct store *to;
        char key[KEY_SIZE];
        struct request *requests; // by hash
        size_t n_requests, requests_cap;
        struct forgotten *tickets;
        size_t n_tickets, tickets_cap;
        char **people; // of the copy, whose hash is one of these
        size_t n_people, people_cap;
        struct carried done;
};

static void carry_clear(struct carry *c) {
        store_close(c->to);
        explicit_bzero(c->key, sizeof(c->key));
        for (size_t i = 0; i < c->n_people; i++)
                free(c->people[i]);
        free(c->people);
        free(c->tickets);
        free(c->requests);
}
#define _cleanup_carry_ _cleanup_(carry_clear)

static int no_memory(struct error *e) {
        return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory to erase again what was erased");
}

// ---- what the database knows

static int by_hash(const void *a, const void *b) {
        return strcmp(((const struct request *) a)->hash, ((const struct request *) b)->hash);
}

static int read_requests(struct carry *c, struct error *e) {
        struct query q _cleanup_query_ = query_prepare(
                        c->from, "SELECT at_ms, asked_by, coalesce(ticket_id, 0), coalesce(address_hash, ''), tickets, "
                                 "mentions FROM erasure");
        int r;

        while ((r = query_step(&q, e)) > 0) {
                struct request *w;
                if (memory_grow((void **) &c->requests, &c->requests_cap, c->n_requests + 1, sizeof(*w)) < 0)
                        return no_memory(e);
                w = &c->requests[c->n_requests++];
                *w = (struct request){.at_ms = query_column_int(&q, 0),
                                      .ticket_id = query_column_int(&q, 2),
                                      .tickets = query_column_int(&q, 4),
                                      .mentions = query_column_int(&q, 5)};
                str_copy(w->by, sizeof(w->by), query_column_text(&q, 1));
                str_copy(w->hash, sizeof(w->hash), query_column_text(&q, 3));
        }
        if (r == 0 && c->n_requests > 0)
                qsort(c->requests, c->n_requests, sizeof(*c->requests), by_hash);
        return r;
}

static int read_tickets(struct carry *c, struct error *e) {
        struct query q _cleanup_query_ =
                        query_prepare(c->from, "SELECT ticket_id, at_ms FROM audit WHERE step = 'erased'");
        int r;

        while ((r = query_step(&q, e)) > 0) {
                if (memory_grow((void **) &c->tickets, &c->tickets_cap, c->n_tickets + 1, sizeof(*c->tickets)) < 0)
                        return no_memory(e);
                c->tickets[c->n_tickets++] = (struct forgotten){query_column_int(&q, 0), query_column_int(&q, 1)};
        }
        return r;
}

static int read_key(struct carry *c, struct error *e) {
        struct query q _cleanup_query_ = query_prepare(c->from, "SELECT value FROM meta WHERE name = 'erase_key'");
        int r = query_step(&q, e);

        if (r > 0)
                str_copy(c->key, sizeof(c->key), query_column_text(&q, 0));
        return MIN(r, 0);
}

// ---- written down in the copy

static int write_requests(struct transaction *t, void *arg, struct error *e) {
        struct carry *c = arg;
        struct query key _cleanup_query_ = query_prepare(
                        t->d, "INSERT INTO meta(name, value) VALUES('erase_key', ?1) ON CONFLICT(name) DO UPDATE SET "
                              "value = excluded.value");
        int r = 0;

        query_text(&key, 1, c->key);
        if (*c->key)
                r = query_run(&key, e);
        c->done.erasures = 0;
        for (size_t i = 0; r == 0 && i < c->n_requests; i++) {
                const struct request *w = &c->requests[i];
                struct query q _cleanup_query_ = query_prepare(
                                t->d,
                                "INSERT INTO erasure(at_ms, asked_by, ticket_id, address_hash, tickets, mentions) "
                                "SELECT ?1, ?2, nullif(?3, 0), nullif(?4, ''), ?5, ?6 WHERE NOT EXISTS (SELECT 1 "
                                "FROM erasure WHERE at_ms = ?1 AND coalesce(ticket_id, 0) = ?3 AND "
                                "coalesce(address_hash, '') = ?4)");
                query_int(&q, 1, w->at_ms);
                query_text(&q, 2, w->by);
                query_int(&q, 3, w->ticket_id);
                query_text(&q, 4, w->hash);
                query_int(&q, 5, w->tickets);
                query_int(&q, 6, w->mentions);
                r = query_run(&q, e);
                c->done.erasures += r == 0 ? sqlite3_changes(t->d->db) : 0;
        }
        return r;
}

// ---- who in the copy they were

static int know(struct carry *c, const char *person, size_t n, struct error *e) {
        struct request like = {0};
        char *copy;

        if (n > ERASE_PERSON_MAX)
                return 0;
        copy = str_ndup(person, n);
        if (!copy)
                return no_memory(e);
        int r = erase_hash(c->key, copy, like.hash, e);
        bool meant = r == 0 && bsearch(&like, c->requests, c->n_requests, sizeof(like), by_hash) != NULL;
        for (size_t i = 0; meant && i < c->n_people; i++)
                meant = !str_ieq(c->people[i], copy);
        if (r == 0 && meant &&
            memory_grow((void **) &c->people, &c->people_cap, c->n_people + 1, sizeof(*c->people)) < 0)
                r = no_memory(e);
        if (r == 0 && meant)
                c->people[c->n_people++] = TAKE_PTR(copy);
        free(copy);
        return r;
}

static bool is_special(char ch) {
        return ch && strchr("!#$%&'*/=?^`{|}~", ch);
}

static bool is_local(char ch) {
        return isalnum((unsigned char) ch) || (unsigned char) ch >= 0x80 || is_special(ch) ||
               (ch && strchr("+-_.", ch));
}

static bool is_domain(char ch) {
        return isalnum((unsigned char) ch) || (unsigned char) ch >= 0x80 || ch == '-' || ch == '.';
}

// Each address around an @. Before it may stand what belongs to an address or to the text around it: both are tried.
static int know_addresses(struct carry *c, const char *text, struct error *e) {
        int r = 0;

        for (const char *at = strchr(text, '@'); r == 0 && at; at = strchr(at + 1, '@')) {
                const char *from = at, *to = at + 1;
                while (is_domain(*to))
                        to++;
                while (to > at + 1 && (to[-1] == '.' || to[-1] == '-'))
                        to--;
                while (from > text && at - from < LOCAL_PART_MAX && is_local(from[-1]))
                        from--;
                for (const char *p = from; r == 0 && p < at && to > at + 1; p++)
                        if (p == from || is_special(p[-1]))
                                r = know(c, p, (size_t) (to - p), e);
        }
        return r;
}

static int know_texts(struct carry *c, const char *sql, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        int r = reader_take(c->to->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_prepare(rd.d, sql);
        while ((r = query_step(&q, e)) > 0) {
                const char *text = query_column_text(&q, 0);
                if (!text)
                        continue;
                if (query_column_int(&q, 1) && (r = know(c, text, strlen(text), e)) < 0)
                        return r;
                if ((r = know_addresses(c, text, e)) < 0)
                        return r;
        }
        return r;
}

// Who is asked for by a name is found where a requester stands; an address wherever it stands.
static int know_people(struct carry *c, struct error *e) {
        static const char *const texts[] = {
                        "SELECT DISTINCT trim(requester), 1 FROM ticket",
                        "SELECT DISTINCT trim(j.value), 1 FROM event, json_tree(CASE WHEN json_valid(body) THEN body "
                        "ELSE "
                        "'{}' END) AS j WHERE body <> '{}' AND j.type = 'text' AND j.fullkey LIKE '%requester%'",
                        "SELECT body, 0 FROM event WHERE instr(body, '@')",
                        "SELECT description, 0 FROM ticket_text WHERE instr(description, '@')",
        };
        int r = 0;

        for (size_t i = 0; r == 0 && *c->key && c->n_requests > 0 && i < ARRAY_LEN(texts); i++)
                r = know_texts(c, texts[i], e);
        return r;
}

// ---- erased again

static int erase_again(struct carry *c, const struct erasure *what, struct error *e) {
        struct erased done = {0};
        int r = store_erase(c->to, what, &done, e);

        c->done.again.tickets += done.tickets;
        c->done.again.jobs += done.jobs;
        c->done.again.mentions += done.mentions;
        c->done.again.open += done.open;
        return r;
}

// 1: the copy has the ticket, with what it had when it was forgotten later; 0 or negative.
static int still_there(struct carry *c, const struct forgotten *f, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        int r = reader_take(c->to->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_prepare(
                        rd.d, "SELECT 1 FROM ticket WHERE id = ?1 AND erased_ms IS NULL AND NOT EXISTS (SELECT 1 FROM "
                              "audit WHERE ticket_id = ?1 AND step = 'erased' AND at_ms = ?2)");
        query_int(&q, 1, f->ticket_id);
        query_int(&q, 2, f->at_ms);
        return query_step(&q, e);
}

static int erase_all_again(struct carry *c, struct error *e) {
        int r = 0;

        for (size_t i = 0; r == 0 && i < c->n_people; i++)
                r = erase_again(c, &(struct erasure){.requester = c->people[i], .by = "restore", .again = true}, e);
        for (size_t i = 0; r == 0 && i < c->n_tickets; i++) {
                r = still_there(c, &c->tickets[i], e);
                if (r > 0)
                        r = erase_again(c,
                                        &(struct erasure){.ticket_id = c->tickets[i].ticket_id,
                                                          .by = "restore",
                                                          .again = true},
                                        e);
        }
        return r;
}

// As it was before: without a log beside it.
static int settle(const char *to, struct error *e) {
        struct database *d _cleanup_(database_close_p) = NULL;
        int r = database_open(to, true, &d, e);

        return r < 0 ? r : database_exec(d, "PRAGMA journal_mode = DELETE", e);
}

int carry_erasures(struct database *from, const char *to, struct carried *ret, struct error *e) {
        struct carry c _cleanup_carry_ = {.from = from};
        char *url _cleanup_free_ = str_printf("sqlite:%s", to);
        int64_t version = 0;
        int r = url ? database_pragma(from, "user_version", &version, e) : no_memory(e);

        *ret = (struct carried){0};
        if (r < 0 || version < ERASURES_SCHEMA)
                return r;
        if ((r = read_requests(&c, e)) < 0 || (r = read_tickets(&c, e)) < 0 || (r = read_key(&c, e)) < 0)
                return r;
        if (c.n_requests == 0 && c.n_tickets == 0)
                return 0;
        if ((r = store_open(url, &c.to, e)) < 0 || (r = writer_run(c.to->writer, write_requests, &c, e)) < 0 ||
            (r = know_people(&c, e)) < 0 || (r = erase_all_again(&c, e)) < 0 || (r = store_empty_log(c.to, e)) < 0)
                return r;
        c.to = store_close(c.to);
        r = settle(to, e);
        if (r == 0)
                *ret = c.done;
        return r;
}
