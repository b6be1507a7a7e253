// Automatic answers: written with the reply's confirmation, counted by what became of them.
#include "store/answers.h"

#include <errno.h>

#include "base/clock.h"
#include "base/string.h"
#include "store/inside.h"
#include "store/tally.h"

static int fate_of(struct query *q, int column, enum answer_fate *ret, struct error *e) {
        const char *name = query_column_text(q, column);

        for (int i = 0; i < ANSWER_FATE_COUNT_; i++)
                if (str_eq(name, answer_fate_name((enum answer_fate) i))) {
                        *ret = (enum answer_fate) i;
                        return 0;
                }
        return database_error(q->d, SQLITE_CORRUPT, e);
}

// ---- writing, within a transaction

int answer_given(struct transaction *t, int64_t ticket_id, int64_t step_id, struct error *e) {
        static const enum statement_id statements[] = {STATEMENT_ANSWER_AGAIN, STATEMENT_ANSWER_PUT};
        int r = tally_answers(t, ticket_id, -1, e);

        for (size_t i = 0; r == 0 && i < ARRAY_LEN(statements); i++) {
                struct query q _cleanup_query_ = query_from(t->d, statements[i]);
                query_int(&q, 1, step_id);
                query_int(&q, 2, ticket_id);
                query_int(&q, 3, t->now_ms);
                r = query_run(&q, e);
        }
        return r < 0 ? r : tally_answers(t, ticket_id, 1, e);
}

int answer_judged(struct transaction *t, const struct feedback *f, struct error *e) {
        int r = tally_answers(t, f->ticket_id, -1, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_ANSWER_FAIL);
        query_int(&q, 1, f->ticket_id);
        query_text(&q, 2, f->fate ? f->fate : answer_fate_name(ANSWER_CORRECTED));
        query_int(&q, 3, f->at_ms ? f->at_ms : t->now_ms);
        query_text(&q, 4, f->answer);
        query_text(&q, 5, f->tier);
        query_text(&q, 6, f->category);
        r = query_run(&q, e);
        return r < 0 ? r : tally_answers(t, f->ticket_id, 1, e);
}

struct look {
        int64_t ticket_id, updated_ms;
};

static int looked_run(struct transaction *t, void *arg, struct error *e) {
        const struct look *l = arg;
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_ANSWER_LOOKED);

        query_int(&q, 1, l->ticket_id);
        query_int(&q, 2, l->updated_ms);
        return query_run(&q, e);
}

int store_answer_looked(struct store *s, int64_t ticket_id, int64_t updated_ms, struct error *e) {
        struct look l = {.ticket_id = ticket_id, .updated_ms = updated_ms};

        return writer_run(s->writer, looked_run, &l, e);
}

// ---- reading

int store_answer(struct store *s, int64_t ticket_id, struct given_answer *ret, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_ANSWER_NEWEST);
        query_int(&q, 1, ticket_id);
        r = query_step(&q, e);
        if (r <= 0)
                return r;
        *ret = (struct given_answer){.id = query_column_int(&q, 0),
                                     .at_ms = query_column_int(&q, 1),
                                     .failed = query_column_int(&q, 4) != 0,
                                     .looked_ms = query_column_int(&q, 5)};
        str_copy(ret->tier, sizeof(ret->tier), query_column_text(&q, 2));
        str_copy(ret->category, sizeof(ret->category), query_column_text(&q, 3));
        return 1;
}

static void bind_watch(struct query *q, int64_t now_ms, int64_t watch_ms, int64_t since_ms) {
        query_int(q, 1, now_ms);
        query_int(q, 2, watch_ms);
        query_int(q, 3, since_ms);
}

struct counting {
        struct database *d;
        int64_t now_ms, watch_ms;
        void (*fn)(void *arg, const struct answer_count *row);
        void *arg;
};

// Of the answers in [from_ms, to_ms): each looked at, or the days as they were kept counted.
static int count_piece(const struct counting *c, enum statement_id statement, int64_t from_ms, int64_t to_ms,
                       struct error *e) {
        // The columns behind the count, by the statement; the others have held.
        static const enum answer_fate fates[] = {ANSWER_REOPENED, ANSWER_CORRECTED, ANSWER_AGAIN, ANSWER_WAITING};
        struct query q _cleanup_query_ = query_from(c->d, statement);
        int r;

        bind_watch(&q, c->now_ms, c->watch_ms, from_ms);
        query_int(&q, 4, to_ms);
        while ((r = query_step(&q, e)) > 0) {
                struct answer_count row = {.category = query_column_text(&q, 1)};
                int64_t held = query_column_int(&q, 2);
                char iso[CLOCK_ISO_SIZE];
                clock_iso(query_column_int(&q, 0) * DAY_MS, iso);
                str_copy(row.day, sizeof(row.day), iso);
                for (int i = 0; i < (int) ARRAY_LEN(fates); i++) {
                        row.fate = fates[i];
                        row.answers = query_column_int(&q, 3 + i);
                        held -= row.answers;
                        if (row.answers > 0)
                                c->fn(c->arg, &row);
                }
                row.fate = ANSWER_HELD;
                row.answers = held;
                if (held > 0)
                        c->fn(c->arg, &row);
        }
        return r;
}

int store_answer_counts(struct store *s, int64_t from_ms, int64_t to_ms, int64_t watch_ms,
                        void (*fn)(void *arg, const struct answer_count *row), void *arg, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct counting c = {.d = rd.d, .now_ms = clock_now_ms(), .watch_ms = watch_ms, .fn = fn, .arg = arg};
        int64_t to = MIN(to_ms, INT64_MAX - DAY_MS), watched_day = (c.now_ms - watch_ms) / DAY_MS;
        // Days are taken whole as far as may be: not the one in which it begins, ends, or the watch does.
        for (int64_t at = MAX(from_ms, (int64_t) 0), end; r == 0 && at < to; at = end) {
                int64_t day = at / DAY_MS, days = to / DAY_MS;
                if (day < watched_day)
                        days = MIN(days, watched_day);
                bool whole = at % DAY_MS == 0 && day != watched_day && day < days;
                end = whole ? days * DAY_MS : MIN((day + 1) * DAY_MS, to);
                r = count_piece(&c, whole ? STATEMENT_ANSWER_DAYS : STATEMENT_ANSWER_COUNTS, at, end, e);
        }
        return r;
}

int store_answer_documents(struct store *s, int64_t since_ms,
                           void (*fn)(void *arg, const char *document, int64_t answers, int64_t failed), void *arg,
                           struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_ANSWER_DOCUMENTS);
        query_int(&q, 1, since_ms);
        while ((r = query_step(&q, e)) > 0)
                fn(arg, query_column_text(&q, 0), query_column_int(&q, 1), query_column_int(&q, 2));
        return r;
}

int store_answers(struct store *s, int64_t since_ms, int64_t watch_ms, size_t max,
                  void (*fn)(void *arg, const char *category, int64_t at_ms, enum answer_fate fate), void *arg,
                  struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        enum answer_fate fate = ANSWER_WAITING;
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_ANSWERS_SINCE);
        bind_watch(&q, clock_now_ms(), watch_ms, since_ms);
        query_int(&q, 4, (int64_t) MIN(max, (size_t) INT64_MAX));
        while ((r = query_step(&q, e)) > 0) {
                if ((r = fate_of(&q, 2, &fate, e)) < 0)
                        return r;
                fn(arg, query_column_text(&q, 0), query_column_int(&q, 1), fate);
        }
        return r;
}

int store_known_decisions(struct store *s, int64_t since_ms, int64_t watch_ms, size_t max,
                          void (*fn)(void *arg, const struct known_decision *row), void *arg, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_KNOWN_DECISIONS);
        bind_watch(&q, clock_now_ms(), watch_ms, since_ms);
        query_int(&q, 4, (int64_t) MIN(max, (size_t) INT64_MAX));
        while ((r = query_step(&q, e)) > 0) {
                struct known_decision row = {.category = query_column_text(&q, 0),
                                             .tier = query_column_text(&q, 1),
                                             .confidence = query_column_real(&q, 2),
                                             .right = query_column_int(&q, 3) != 0};
                fn(arg, &row);
        }
        return r;
}

static const char *text(struct query *q, int column) {
        const char *s = query_column_text(q, column);

        return s ? s : "";
}

int store_open_questions(struct store *s, int64_t since_ms, bool (*fn)(void *arg, const struct open_question *row),
                         void *arg, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        // In order of arrival: the first one that is too old ends it, and no index on times is needed.
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_QUESTIONS);
        while ((r = query_step(&q, e)) > 0) {
                struct open_question row = {.ticket_id = query_column_int(&q, 0),
                                            .created_ms = query_column_int(&q, 1),
                                            .subject = text(&q, 2),
                                            .description = text(&q, 3),
                                            .sources = text(&q, 4)};
                if (row.created_ms < since_ms || !fn(arg, &row))
                        return 0;
        }
        return r;
}
