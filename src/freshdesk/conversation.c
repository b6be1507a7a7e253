#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/string.h"
#include "freshdesk/call.h"
#include "freshdesk/ticket.h"

enum {
        PAGE_SIZE = 100, // the most that Freshdesk gives
        PAGES_MAX = TICKET_MESSAGES_MAX / PAGE_SIZE,
};

struct messages {
        struct freshdesk_message *items;
        size_t n, cap;
};

static void messages_clear(struct messages *m) {
        for (size_t i = 0; i < m->n; i++)
                message_clear(&m->items[i]);
        free(m->items);
        *m = (struct messages){NULL, 0, 0};
}

// Link: <...?page=2>; rel="next"
static bool link_has_next(const struct http_answer *a) {
        const char *link = http_answer_header(a, "link");

        return link && (strcasestr(link, "rel=\"next\"") || strcasestr(link, "rel=next"));
}

static int add_page(struct messages *m, const json_t *page) {
        size_t n = json_array_size(page);
        int r;

        for (size_t i = 0; i < n && m->n < TICKET_MESSAGES_MAX; i++) {
                const json_t *item = json_array_get(page, i);

                if (!json_is_object(item))
                        continue;
                r = memory_grow((void **) &m->items, &m->cap, m->n + 1, sizeof(*m->items));
                if (r == 0)
                        r = message_from_json(item, &m->items[m->n]);
                if (r < 0)
                        return r;
                m->n++;
        }
        return 0;
}

static int by_age(const void *a, const void *b) {
        const struct freshdesk_message *x = a, *y = b;

        if (x->created_ms != y->created_ms)
                return x->created_ms < y->created_ms ? -1 : 1;
        return x->id < y->id ? -1 : x->id > y->id;
}

// A message that came in while the pages were read can stand on two of them.
static void drop_repeats(struct messages *m) {
        size_t kept = 0;

        for (size_t i = 0; i < m->n; i++) {
                if (kept > 0 && m->items[i].id && m->items[kept - 1].id == m->items[i].id)
                        message_clear(&m->items[i]);
                else
                        m->items[kept++] = m->items[i];
        }
        m->n = kept;
}

int freshdesk_conversations(struct freshdesk *f, struct freshdesk_ticket *t, struct freshdesk_result *r,
                            struct error *e) {
        struct messages all _cleanup_(messages_clear) = {NULL, 0, 0};
        bool more = true;
        int k;

        for (int page = 1; more && page <= PAGES_MAX; page++) {
                struct http_answer answer _cleanup_answer_ = {.outcome = HTTP_NOT_SENT};
                char path[CALL_PATH_MAX];
                struct call c = {.method = "GET", .path = path, .array = true};
                json_t *root _cleanup_json_ = NULL;

                snprintf(path, sizeof(path), "/tickets/%" PRId64 "/conversations?page=%d&per_page=%d", t->id, page,
                         PAGE_SIZE);
                k = call_make(f, &c, &root, &answer, r, e);
                if (k < 0)
                        return k;
                k = add_page(&all, root);
                if (k < 0) {
                        r->outcome = FRESHDESK_RETRY;
                        return error_set(e, k, ERROR_OUT_OF_MEMORY, "no memory for the conversation of ticket %" PRId64,
                                         t->id);
                }
                more = link_has_next(&answer) || json_array_size(root) >= PAGE_SIZE;
        }
        if (all.n > 0)
                qsort(all.items, all.n, sizeof(*all.items), by_age);
        drop_repeats(&all);

        for (size_t i = 0; i < t->n_messages; i++)
                message_clear(&t->messages[i]);
        free(t->messages);
        t->messages = all.items;
        t->n_messages = all.n;
        all = (struct messages){NULL, 0, 0};
        return 0;
}
