// What was learned from this desk's tickets: every version that was kept, and which one is in use.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/string.h"
#include "store/inside.h"

static const char in_use_name[] = "classifier"; // in meta: the id, 0 for none

void classifier_row_clear(struct classifier_row *row) {
        free(row->version);
        free(row->model);
        free(row->evidence);
        free(row->content);
        free(row->seen);
        *row = (struct classifier_row){0};
}

static int use(struct transaction *t, int64_t id, struct error *e) {
        char value[24];

        snprintf(value, sizeof(value), "%lld", (long long) id);
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_META_PUT);
        query_text(&q, 1, in_use_name);
        query_text(&q, 2, value);
        return query_run(&q, e);
}

struct put {
        const struct classifier_row *row;
        bool adopt;
        int64_t id;
};

static int put_run(struct transaction *t, void *arg, struct error *e) {
        struct put *a = arg;
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_CLASSIFIER_PUT);

        query_int(&q, 1, t->now_ms);
        query_text(&q, 2, a->row->version);
        query_text(&q, 3, a->row->model);
        query_text(&q, 4, a->row->evidence);
        query_text(&q, 5, a->row->content);
        query_text(&q, 6, a->row->seen);
        query_int(&q, 7, a->adopt);
        int r = query_run(&q, e);
        if (r < 0)
                return r;
        a->id = sqlite3_last_insert_rowid(t->d->db);
        return a->adopt ? use(t, a->id, e) : 0;
}

int store_classifier_put(struct store *s, const struct classifier_row *row, bool adopt, int64_t *ret_id,
                         struct error *e) {
        struct put a = {.row = row, .adopt = adopt};
        int r = writer_run(s->writer, put_run, &a, e);

        if (r == 0)
                *ret_id = a.id;
        return r;
}

int store_classifier_in_use(struct store *s, int64_t *ret_id, struct error *e) {
        char *value _cleanup_free_ = NULL;
        int64_t id = 0;
        int r = store_meta_get(s, in_use_name, &value, e);

        if (r < 0)
                return r;
        if (r > 0)
                (void) str_to_int64(value, 0, INT64_MAX, &id);
        *ret_id = id;
        return 0;
}

static int read_row(struct query *q, bool whole, struct classifier_row *ret, struct error *e) {
        struct classifier_row row _cleanup_classifier_row_ = {.id = query_column_int(q, 0),
                                                              .created_ms = query_column_int(q, 1),
                                                              .adopted = query_column_int(q, 2) != 0};
        int r = query_column_dup(q, 3, &row.version, e);

        if (r == 0)
                r = query_column_dup(q, 4, &row.model, e);
        if (r == 0)
                r = query_column_dup(q, 5, &row.evidence, e);
        if (r == 0 && whole)
                r = query_column_dup(q, 6, &row.content, e);
        if (r == 0 && whole)
                r = query_column_dup(q, 7, &row.seen, e);
        if (r < 0)
                return r;
        *ret = row;
        row = (struct classifier_row){0};
        return 1;
}

int store_classifier(struct store *s, int64_t id, struct classifier_row *ret, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_CLASSIFIER);
        query_int(&q, 1, id);
        r = query_step(&q, e);
        return r <= 0 ? r : read_row(&q, true, ret, e);
}

int store_classifiers(struct store *s, size_t max, void (*fn)(void *arg, const struct classifier_row *row), void *arg,
                      struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_CLASSIFIERS);
        query_int(&q, 1, (int64_t) MIN(max, (size_t) INT64_MAX));
        while ((r = query_step(&q, e)) > 0) {
                struct classifier_row row _cleanup_classifier_row_ = {0};
                if ((r = read_row(&q, false, &row, e)) < 0)
                        return r;
                fn(arg, &row);
        }
        return r;
}

static int current_of(struct transaction *t, int64_t *ret, struct error *e) {
        struct query now _cleanup_query_ = query_from(t->d, STATEMENT_META_GET);

        query_text(&now, 1, in_use_name);
        int r = query_step(&now, e);
        const char *value = r > 0 ? query_column_text(&now, 0) : NULL;
        *ret = 0;
        if (value)
                (void) str_to_int64(value, 0, INT64_MAX, ret);
        return r < 0 ? r : 0;
}

// 1, or 0: there is no such one.
static int set_adopted(struct transaction *t, int64_t id, bool adopted, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_CLASSIFIER_ADOPTED);

        query_int(&q, 1, id);
        query_int(&q, 2, adopted);
        return query_step(&q, e);
}

static int use_run(struct transaction *t, void *arg, struct error *e) {
        const int64_t *id = arg;
        int r = set_adopted(t, *id, true, e);

        if (r == 0)
                return error_set(e, -ENOENT, ERROR_NOT_FOUND,
                                 "there is no classifier %lld; `firstline model list` shows those that there are",
                                 (long long) *id);
        return r < 0 ? r : use(t, *id, e);
}

int store_classifier_use(struct store *s, int64_t id, struct error *e) {
        return writer_run(s->writer, use_run, &id, e);
}

static int rollback_run(struct transaction *t, void *arg, struct error *e) {
        int64_t *id = arg, before = 0, current = 0;
        int r = current_of(t, &current, e);

        if (r < 0)
                return r;
        if (current == 0)
                return error_set(e, -ENOENT, ERROR_NOT_FOUND,
                                 "no classifier is in use: there is nothing to go back to");
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_CLASSIFIER_BEFORE);
        query_int(&q, 1, current);
        r = query_step(&q, e);
        if (r < 0)
                return r;
        before = r > 0 ? query_column_int(&q, 0) : 0;
        *id = before;
        r = set_adopted(t, current, false, e);
        return r < 0 ? r : use(t, before, e);
}

int store_classifier_rollback(struct store *s, int64_t *ret_id, struct error *e) {
        int64_t id = 0;
        int r = writer_run(s->writer, rollback_run, &id, e);

        if (r == 0)
                *ret_id = id;
        return r;
}

static int forget_run(struct transaction *t, void *arg, struct error *e) {
        int64_t *n = arg, current = 0;
        int r = current_of(t, &current, e);

        if (r < 0)
                return r;
        struct query count _cleanup_query_ = query_from(t->d, STATEMENT_CLASSIFIER_COUNT_OTHERS);
        query_int(&count, 1, current);
        if ((r = query_step(&count, e)) < 0)
                return r;
        *n = query_column_int(&count, 0);
        struct query others _cleanup_query_ = query_from(t->d, STATEMENT_CLASSIFIER_FORGET_OTHERS);
        query_int(&others, 1, current);
        return query_run(&others, e);
}

int store_classifier_forget(struct store *s, int64_t *ret, struct error *e) {
        int64_t n = 0;
        int r = writer_run(s->writer, forget_run, &n, e);

        if (r == 0)
                *ret = n;
        return r;
}
