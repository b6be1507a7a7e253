// Lists of tickets: newest first, filtered, by a cursor.
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/string.h"
#include "store/inside.h"
#include "store/ticket.h"

enum {
        SQL_MAX = 4096,         // the longest of the statements made here
        LIST_MAX = 1000,        // tickets in one answer
        SEARCH_WORDS_MAX = 8,   // each is compared with every ticket
        SEARCH_BYTES_MAX = 256, // more than anybody types
};

// What may be asked for: the member of the filter and the condition it adds. The + keeps an index from being used.
static const struct {
        size_t offset;
        const char *condition, *without_index;
} conditions[] = {
                {offsetof(struct ticket_filter, state), " AND state = ?", " AND +state = ?"},
                {offsetof(struct ticket_filter, tier), " AND tier = ?", " AND +tier = ?"},
                {offsetof(struct ticket_filter, category), " AND category = ?", " AND +category = ?"},
                {offsetof(struct ticket_filter, action), " AND action = ?", " AND +action = ?"},
};

static const char *wanted(const struct ticket_filter *f, size_t i) {
        return *(const char *const *) ((const char *) f + conditions[i].offset);
}

// Most tickets are delivered or recorded: any other condition narrows more, and a search reads the tickets faster in
// their own order. The other states are few tickets: nothing narrows more.
static bool goes_by_state(const struct ticket_filter *f) {
        bool common = str_eq(f->state, job_state_name(JOB_DELIVERED)) || str_eq(f->state, job_state_name(JOB_RECORDED));

        return f->state && !(common && (f->tier || f->category || f->action || f->search));
}

static void add_conditions(const struct ticket_filter *f, struct buffer *sql) {
        bool by_state = goes_by_state(f);

        for (size_t i = 0; i < ARRAY_LEN(conditions); i++) {
                bool is_state = conditions[i].offset == offsetof(struct ticket_filter, state);
                if (wanted(f, i))
                        buffer_add_str(sql,
                                       is_state == by_state ? conditions[i].condition : conditions[i].without_index);
        }
}

// The words of a search as patterns for LIKE, one after the other, each with its NUL. Returns their number.
static int patterns(const char *search, struct buffer *out) {
        static const char space[] = " \t\r\n";
        int n = 0;

        for (const char *p = search; n < SEARCH_WORDS_MAX && *(p += strspn(p, space)); n++) {
                size_t len = strcspn(p, space);
                buffer_add_char(out, '%');
                for (size_t i = 0; i < len; i++) {
                        if (strchr("%_\\", p[i]))
                                buffer_add_char(out, '\\');
                        buffer_add_char(out, p[i]);
                }
                buffer_add(out, "%", 2);
                p += len;
        }
        return n;
}

static void bind_all(struct query *q, const struct ticket_filter *f, const struct buffer *words, int n_words,
                     size_t limit) {
        int at = 1;

        query_int(q, at++, f->before > 0 ? f->before : INT64_MAX);
        for (size_t i = 0; i < ARRAY_LEN(conditions); i++)
                if (wanted(f, i))
                        query_text(q, at++, wanted(f, i));
        const char *word = buffer_str(words);
        for (int i = 0; i < n_words; i++, word += strlen(word) + 1) {
                query_text(q, at++, word);
                query_text(q, at++, word);
        }
        query_int(q, at, (int64_t) limit);
}

static void free_all(struct ticket *tickets, size_t n) {
        for (size_t i = 0; i < n; i++)
                ticket_clear(&tickets[i]);
        free(tickets);
}

static int read_all(struct query *q, struct ticket **ret, size_t *ret_n, struct error *e) {
        struct ticket *tickets = NULL;
        size_t n = 0, cap = 0;
        int r;

        while ((r = query_step(q, e)) > 0) {
                r = memory_grow((void **) &tickets, &cap, n + 1, sizeof(*tickets));
                if (r < 0) {
                        r = database_error(q->d, SQLITE_NOMEM, e);
                        break;
                }
                tickets[n] = (struct ticket){0};
                r = ticket_columns(q, &tickets[n++], e);
                if (r < 0)
                        break;
        }
        if (r < 0) {
                free_all(tickets, n);
                return r;
        }
        *ret = tickets;
        *ret_n = n;
        return 0;
}

int store_tickets(struct store *s, const struct ticket_filter *f, struct ticket **ret, size_t *ret_n, struct error *e) {
        struct buffer sql _cleanup_buffer_ = BUFFER_INIT(SQL_MAX), words _cleanup_buffer_ = BUFFER_INIT(SQL_MAX);
        struct reader rd _cleanup_reader_ = {0};
        int n_words = 0;

        if (f->search && strlen(f->search) > SEARCH_BYTES_MAX)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "the search is longer than %d bytes",
                                 SEARCH_BYTES_MAX);
        buffer_add_str(&sql, "SELECT " TICKET_COLUMNS " FROM ticket WHERE seq < ?");
        add_conditions(f, &sql);
        if (f->review)
                buffer_add_str(&sql, " AND mode = 'draft' AND +state = 'delivered' AND +action <> 'escalate'");
        if (f->search)
                n_words = patterns(f->search, &words);
        for (int i = 0; i < n_words; i++)
                buffer_add_str(&sql, " AND (subject LIKE ? ESCAPE '\\' OR requester LIKE ? ESCAPE '\\')");
        buffer_add_str(&sql, " ORDER BY seq DESC LIMIT ?");

        int r = reader_take(s->readers, &rd, e);
        if (r < 0)
                return r;
        if (buffer_result(&sql) < 0 || buffer_result(&words) < 0)
                return database_error(rd.d, SQLITE_NOMEM, e);
        struct query q _cleanup_query_ = query_prepare(rd.d, buffer_str(&sql));
        bind_all(&q, f, &words, n_words, MIN(f->limit, (size_t) LIST_MAX));
        return read_all(&q, ret, ret_n, e);
}
