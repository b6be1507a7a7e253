// A name and a text that outlive the process.
#include "store/inside.h"

int store_meta_get(struct store *s, const char *name, char **ret, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_META_GET);
        query_text(&q, 1, name);
        r = query_step(&q, e);
        if (r <= 0)
                return r;
        r = query_column_dup(&q, 0, ret, e);
        return r < 0 ? r : 1;
}

struct put {
        const char *name, *value;
};

static int put_run(struct transaction *t, void *arg, struct error *e) {
        const struct put *a = arg;
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_META_PUT);

        query_text(&q, 1, a->name);
        query_text(&q, 2, a->value);
        return query_run(&q, e);
}

int store_meta_put(struct store *s, const char *name, const char *value, struct error *e) {
        struct put a = {.name = name, .value = value};

        return writer_run(s->writer, put_run, &a, e);
}
