#include "store/schema.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/log.h"

// States are written by their names, so that a stranger with the sqlite3 shell can read them and the order of the table
// in state_table.h is free to change.
static const char version_1[] =
                // key_prefix: see event.c. body: what arrived. description: stands in for the ticket's until it is
                // read.
                "CREATE TABLE event("
                " id INTEGER PRIMARY KEY,"
                " ticket_id INTEGER NOT NULL,"
                " key_prefix INTEGER,"
                " key TEXT,"
                " kind TEXT NOT NULL,"
                " received_ms INTEGER NOT NULL,"
                " body TEXT NOT NULL,"
                " description TEXT) STRICT;"
                "CREATE INDEX event_key ON event(key_prefix) WHERE key_prefix IS NOT NULL;"

                // A job has its event's id. due_ms: when it may be taken; of one that is being worked on, when its
                // lease runs out; NULL at the end. owner: the process that works on it.
                "CREATE TABLE job("
                " id INTEGER PRIMARY KEY REFERENCES event(id),"
                " ticket_id INTEGER NOT NULL,"
                " state TEXT NOT NULL,"
                " attempts INTEGER NOT NULL,"
                " created_ms INTEGER NOT NULL,"
                " due_ms INTEGER,"
                " owner INTEGER,"
                " thread INTEGER,"
                " lease_ms INTEGER,"
                " error TEXT) STRICT;"
                "CREATE INDEX job_due ON job(due_ms, id, ticket_id) WHERE due_ms IS NOT NULL;"
                "CREATE INDEX job_leased ON job(owner, ticket_id, due_ms) WHERE owner IS NOT NULL;"
                "CREATE TABLE process("
                " owner INTEGER PRIMARY KEY,"
                " machine TEXT NOT NULL,"
                " pid INTEGER NOT NULL,"
                " started INTEGER NOT NULL) STRICT;"

                // Narrow on purpose: lists and searches read it from end to end. The long texts are beside it.
                "CREATE TABLE ticket("
                " seq INTEGER PRIMARY KEY,"
                " id INTEGER NOT NULL UNIQUE,"
                " job_id INTEGER NOT NULL,"
                " state TEXT NOT NULL,"
                " subject TEXT,"
                " requester TEXT,"
                " hint_event INTEGER,"
                " priority INTEGER NOT NULL DEFAULT 0,"
                " created_ms INTEGER NOT NULL,"
                " updated_ms INTEGER NOT NULL,"
                " tier TEXT,"
                " category TEXT,"
                " method TEXT,"
                " action TEXT,"
                " mode TEXT,"
                " confidence REAL NOT NULL DEFAULT 0,"
                " reason TEXT,"
                " delivered INTEGER NOT NULL DEFAULT 0,"
                " duration_ms INTEGER NOT NULL DEFAULT 0,"
                " model TEXT,"
                " knowledge TEXT,"
                " error TEXT) STRICT;"
                "CREATE INDEX ticket_state ON ticket(state);"
                // Each has all that lists are filtered by, so that looking for a rare combination reads no tickets.
                "CREATE INDEX ticket_tier ON ticket(tier, seq, category, action, state) WHERE tier IS NOT NULL;"
                "CREATE INDEX ticket_category ON ticket(category, seq, tier, action, state) WHERE category IS NOT NULL;"
                "CREATE INDEX ticket_action ON ticket(action, seq, tier, category, state) WHERE action IS NOT NULL;"
                "CREATE TABLE ticket_text("
                " seq INTEGER PRIMARY KEY REFERENCES ticket(seq),"
                " description TEXT,"
                " response TEXT,"
                " sources TEXT) STRICT;"

                "CREATE TABLE audit("
                " id INTEGER PRIMARY KEY,"
                " ticket_id INTEGER NOT NULL,"
                " job_id INTEGER,"
                " at_ms INTEGER NOT NULL,"
                " step TEXT NOT NULL,"
                " detail TEXT) STRICT;"
                "CREATE INDEX audit_ticket ON audit(ticket_id);"

                "CREATE TABLE step("
                " id INTEGER PRIMARY KEY,"
                " job_id INTEGER NOT NULL REFERENCES job(id),"
                " ticket_id INTEGER NOT NULL,"
                " kind TEXT NOT NULL,"
                " payload TEXT NOT NULL,"
                " state TEXT NOT NULL,"
                " attempts INTEGER NOT NULL DEFAULT 0,"
                " first_ms INTEGER,"
                " done_ms INTEGER,"
                " freshdesk_id INTEGER,"
                " error TEXT) STRICT;"
                "CREATE INDEX step_job ON step(job_id);"
                "CREATE INDEX step_ticket ON step(ticket_id);"

                "CREATE TABLE vector("
                " id INTEGER PRIMARY KEY,"
                " model TEXT NOT NULL,"
                " hash TEXT NOT NULL,"
                " dimensions INTEGER NOT NULL,"
                " floats BLOB NOT NULL," // as this machine writes them
                " UNIQUE(model, hash)) STRICT;"

                "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;";

// Counts are kept, because statistics are asked for every few seconds and counting reads every ticket.
static const char version_2[] =
                "CREATE TABLE tally("
                " day INTEGER NOT NULL," // of arrival, since 1970 in UTC
                " tier TEXT NOT NULL,"   // '' until decided, as all of these
                " category TEXT NOT NULL,"
                " method TEXT NOT NULL,"
                " action TEXT NOT NULL,"
                " mode TEXT NOT NULL,"
                " state TEXT NOT NULL,"
                " tickets INTEGER NOT NULL,"
                " duration_ms INTEGER NOT NULL,"
                " confidence_millionths INTEGER NOT NULL," // whole, so that what was added can be taken away exactly
                " PRIMARY KEY(" TALLY_KEY ")) STRICT, WITHOUT ROWID;"
                "INSERT INTO tally SELECT " TALLY_OF_TICKET ", count(*), sum(duration_ms),"
                " sum(CAST(round(confidence * 1000000) AS INTEGER)) FROM ticket GROUP BY 1, 2, 3, 4, 5, 6, 7;"
                "CREATE TABLE job_count(state TEXT PRIMARY KEY, jobs INTEGER NOT NULL) STRICT;"
                "INSERT INTO job_count SELECT state, count(*) FROM job GROUP BY state;";

// What is forgotten. erased_ms: when the ticket's words were; NULL while it has some. erasure: what was asked for, with
// a keyed hash of the address. The index on emptied events is for forgetting their keys, too.
static const char version_3[] =
                "ALTER TABLE ticket ADD COLUMN erased_ms INTEGER;"
                "CREATE INDEX ticket_kept ON ticket(seq) WHERE erased_ms IS NULL;"
                "CREATE INDEX event_emptied ON event(received_ms) WHERE body = '{}' AND key IS NOT NULL;"
                "ALTER TABLE vector ADD COLUMN used_day INTEGER NOT NULL DEFAULT 0;"
                "CREATE TABLE erasure("
                " id INTEGER PRIMARY KEY,"
                " at_ms INTEGER NOT NULL,"
                " asked_by TEXT NOT NULL,"
                " ticket_id INTEGER,"
                " address_hash TEXT,"
                " tickets INTEGER NOT NULL,"
                " mentions INTEGER NOT NULL) STRICT;";

// claims: since the last move; each that leads nowhere is a crash. trouble_ms: since when nothing works out for it,
// NULL: all is well. last_ms: of the newest attempt at a step.
static const char version_4[] = "ALTER TABLE job ADD COLUMN claims INTEGER NOT NULL DEFAULT 0;"
                                "ALTER TABLE job ADD COLUMN trouble_ms INTEGER;"
                                "ALTER TABLE step ADD COLUMN last_ms INTEGER;"
                                "UPDATE step SET last_ms = coalesce(done_ms, first_ms);";

// Replies are counted by the hour. In the order in which they are made, so that the index grows at its end.
static const char version_5[] =
                "CREATE INDEX step_replied ON step(first_ms) WHERE kind = 'reply' AND first_ms IS NOT NULL;";

// What was learned, and from what. adopted: it was in use, and rollback may come back to it. seen: the hashes of the
// tickets it was learned from. The newest feedback of a ticket counts.
static const char version_6[] = "CREATE TABLE classifier("
                                " id INTEGER PRIMARY KEY,"
                                " created_ms INTEGER NOT NULL,"
                                " version TEXT NOT NULL,"
                                " model TEXT NOT NULL,"
                                " evidence TEXT NOT NULL,"
                                " content TEXT NOT NULL,"
                                " seen TEXT NOT NULL,"
                                " adopted INTEGER NOT NULL) STRICT;"
                                "CREATE TABLE feedback("
                                " id INTEGER PRIMARY KEY,"
                                " ticket_id INTEGER NOT NULL,"
                                " at_ms INTEGER NOT NULL,"
                                " tier TEXT,"
                                " category TEXT,"
                                " answer TEXT,"
                                " by TEXT) STRICT;"
                                "CREATE INDEX feedback_ticket ON feedback(ticket_id);";

// Automatic answers, by the reply's step, and what is known against each: failed is a fate of state_table.h, failed_ms
// when it happened. looked_ms: the ticket's update, by Freshdesk's clock, up to which it was looked at.
static const char version_7[] = "CREATE TABLE answer("
                                " id INTEGER PRIMARY KEY,"
                                " ticket_id INTEGER NOT NULL,"
                                " at_ms INTEGER NOT NULL,"
                                " tier TEXT NOT NULL,"
                                " category TEXT NOT NULL,"
                                " confidence REAL NOT NULL,"
                                " document TEXT,"
                                " title TEXT,"
                                " failed TEXT,"
                                " failed_ms INTEGER,"
                                " looked_ms INTEGER NOT NULL DEFAULT 0) STRICT;"
                                "CREATE INDEX answer_ticket ON answer(ticket_id);"
                                "CREATE INDEX answer_at ON answer(at_ms);";

// What a ticket is written in and what its tone asks for, as JSON: read with the ticket only.
static const char version_8[] = "ALTER TABLE ticket ADD COLUMN language TEXT;"
                                "ALTER TABLE ticket ADD COLUMN signals TEXT;";

// What became of answers is kept counted too: years of them took a tenth of a second to count. Databases that were made
// between two versions have an index for it.
static const char version_9[] = "DROP INDEX IF EXISTS answer_day;"
                                "CREATE TABLE answer_tally("
                                " day INTEGER NOT NULL," // of the answer, since 1970 in UTC
                                " category TEXT NOT NULL,"
                                " failed TEXT NOT NULL,"   // '' while nothing is known against it
                                " hours INTEGER NOT NULL," // that had begun between the answer and that
                                " answers INTEGER NOT NULL,"
                                " PRIMARY KEY(" ANSWER_TALLY_KEY ")) STRICT, WITHOUT ROWID;"
                                "INSERT INTO answer_tally SELECT " ANSWER_TALLY_OF ", count(*) FROM answer"
                                " GROUP BY 1, 2, 3, 4;";

static const char *const versions[SCHEMA_VERSION] = {version_1, version_2, version_3, version_4, version_5,
                                                     version_6, version_7, version_8, version_9};

static int file_version(struct database *d, int *ret, bool *ret_ours, bool *ret_empty, struct error *e) {
        int64_t version = 0, application = 0;
        struct query q _cleanup_query_ = query_prepare(d, "SELECT count(*) FROM sqlite_schema");
        int r = database_pragma(d, "user_version", &version, e);

        if (r == 0)
                r = database_pragma(d, "application_id", &application, e);
        if (r < 0)
                return r;
        r = query_step(&q, e);
        if (r < 0)
                return r;
        *ret_empty = r > 0 && query_column_int(&q, 0) == 0 && version == 0 && application == 0;
        *ret_ours = application == SCHEMA_APPLICATION_ID;
        *ret = (int) version;
        return 0;
}

int schema_recognise(struct database *d, struct error *e) {
        int version = 0;
        bool ours = false, empty = false;
        int r = file_version(d, &version, &ours, &empty, e);

        if (r < 0 || empty)
                return r;
        if (!ours || version < 1)
                return error_set(e, -EBADMSG, ERROR_STORAGE_UNAVAILABLE,
                                 "%s is a database of another program: name another file", d->path);
        if (version > SCHEMA_VERSION)
                return error_set(e, -EPROTONOSUPPORT, ERROR_STORAGE_UNAVAILABLE,
                                 "%s was written by a newer version (schema %d, this one knows %d): use that version, "
                                 "or restore a backup",
                                 d->path, version, SCHEMA_VERSION);
        return 0;
}

static int upgrade(struct database *d, int version, struct error *e) {
        bool ours, empty;
        int from = 0;
        char stamp[96];
        int r = file_version(d, &from, &ours, &empty, e); // again, because another process may have been faster

        for (int v = from; r == 0 && v < version; v++)
                r = database_exec(d, versions[v], e);
        if (r < 0 || from >= version)
                return r;
        snprintf(stamp, sizeof(stamp), "PRAGMA application_id = %d; PRAGMA user_version = %d", SCHEMA_APPLICATION_ID,
                 version);
        r = database_exec(d, stamp, e);
        if (r == 0 && from > 0)
                log_info("%s brought from schema %d to %d", d->path, from, version);
        return r;
}

int schema_upgrade(struct database *d, int version, struct error *e) {
        int64_t from = 0;
        int r = database_pragma(d, "user_version", &from, e);

        if (r < 0 || from >= version)
                return r;
        r = database_exec(d, "BEGIN IMMEDIATE", e);
        if (r < 0)
                return r;
        r = upgrade(d, version, e);
        if (r == 0)
                r = database_exec(d, "COMMIT", e);
        if (r < 0 && !sqlite3_get_autocommit(d->db))
                (void) sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL);
        return r;
}

static int altered(const struct database *d, const char *what, struct error *e) {
        return error_set(e, -EBADMSG, ERROR_STORAGE_UNAVAILABLE, "%s is no database of Firstline as it should be: %s",
                         d->path, what);
}

// 1 when d has this table or index with these words, 0 or negative.
static int has_same(struct database *d, const char *name, const char *sql, struct error *e) {
        struct query q _cleanup_query_ = query_prepare(d, "SELECT 1 FROM sqlite_schema WHERE name = ?1 AND sql = ?2");

        query_text(&q, 1, name);
        query_text(&q, 2, sql);
        return query_step(&q, e);
}

int schema_compare(struct database *d, struct error *e) {
        struct database *model _cleanup_(database_close_p) = NULL;
        char what[128];
        int64_t version = 0, own = 0;
        int r = database_pragma(d, "user_version", &version, e);

        if (r == 0)
                r = database_memory(&model, e);
        if (r == 0)
                r = schema_upgrade(model, (int) version, e);
        if (r < 0)
                return r;
        struct query wanted _cleanup_query_ =
                        query_prepare(model, "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL");
        while ((r = query_step(&wanted, e)) > 0) {
                const char *name = query_column_text(&wanted, 0);
                r = has_same(d, name, query_column_text(&wanted, 1), e);
                snprintf(what, sizeof(what), "%s is missing or another", name ? name : "?");
                if (r <= 0)
                        return r < 0 ? r : altered(d, what, e);
        }
        struct query extra _cleanup_query_ =
                        query_prepare(d, "SELECT count(*) FROM sqlite_schema WHERE type IN ('trigger', 'view')");
        if (r == 0 && (r = query_step(&extra, e)) > 0)
                own = query_column_int(&extra, 0);
        return r < 0 ? r : own ? altered(d, "it has triggers or views", e) : 0;
}
