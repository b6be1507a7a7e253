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
        PAGE_LAST = 500, // Freshdesk's documentation advises against pages beyond
        LOOKS_MAX = 24,  // pages looked at to find the last one: doubling from 10 to 500 and halving back are 15
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

static int read_page(struct freshdesk *f, const struct freshdesk_ticket *t, int page, json_t **ret, bool *ret_more,
                     struct freshdesk_result *r, struct error *e) {
        struct http_answer answer _cleanup_answer_ = {.outcome = HTTP_NOT_SENT};
        char path[CALL_PATH_MAX];
        struct call c = {.method = "GET",
                         .path = path,
                         .array = true,
                         .then = t->last_look ? CALL_THEN_ANSWER : CALL_THEN_LAST_LOOK};

        snprintf(path, sizeof(path), "/tickets/%" PRId64 "/conversations?page=%d&per_page=%d", t->id, page, PAGE_SIZE);
        int k = call_make(f, &c, ret, &answer, r, e);
        if (k == 0)
                *ret_more = link_has_next(&answer) || json_array_size(*ret) >= PAGE_SIZE;
        return k;
}

// Pages first to last, all of them or until there are no more. *ret_more: there are.
static int read_pages(struct freshdesk *f, const struct freshdesk_ticket *t, int first, int last, struct messages *m,
                      bool *ret_more, struct freshdesk_result *r, struct error *e) {
        *ret_more = true;
        for (int page = first; *ret_more && page <= last; page++) {
                json_t *root _cleanup_json_ = NULL;
                int k = read_page(f, t, page, &root, ret_more, r, e);
                if (k < 0)
                        return k;
                k = add_page(m, root);
                if (k < 0) {
                        r->outcome = FRESHDESK_RETRY;
                        return error_set(e, k, ERROR_OUT_OF_MEMORY, "no memory for the conversation of ticket %" PRId64,
                                         t->id);
                }
        }
        return 0;
}

// The last page that has messages, of a conversation that goes beyond page `full`. There is no way to ask for the
// newest first, nor how many there are.
static int find_last_page(struct freshdesk *f, const struct freshdesk_ticket *t, int full, int *ret,
                          struct freshdesk_result *r, struct error *e) {
        int empty = PAGE_LAST + 1, probe = full;

        for (int looks = 0; full + 1 < empty && looks < LOOKS_MAX; looks++) {
                json_t *root _cleanup_json_ = NULL;
                bool more = false;
                probe = empty > PAGE_LAST ? MIN(full * 2, PAGE_LAST) : full + (empty - full) / 2;
                if (probe == full)
                        break;
                int k = read_page(f, t, probe, &root, &more, r, e);
                if (k < 0)
                        return k;
                if (json_array_size(root) == 0) {
                        empty = probe;
                        continue;
                }
                full = probe;
                if (!more)
                        break;
        }
        *ret = full;
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

// More than we keep: the newest ones, because they tell who waits for an answer and whether we gave it.
static int read_newest(struct freshdesk *f, const struct freshdesk_ticket *t, struct messages *all,
                       struct freshdesk_result *r, struct error *e) {
        struct messages newest _cleanup_(messages_clear) = {NULL, 0, 0};
        bool more;
        int last = 0;
        int k = find_last_page(f, t, PAGES_MAX, &last, r, e);

        if (k < 0 || last == PAGES_MAX)
                return k;
        k = read_pages(f, t, last - PAGES_MAX + 1, last, &newest, &more, r, e);
        if (k < 0)
                return k;
        messages_clear(all);
        *all = newest;
        newest = (struct messages){NULL, 0, 0};
        return 0;
}

int freshdesk_conversations(struct freshdesk *f, struct freshdesk_ticket *t, struct freshdesk_result *r,
                            struct error *e) {
        struct messages all _cleanup_(messages_clear) = {NULL, 0, 0};
        bool more = false;
        int k = read_pages(f, t, 1, PAGES_MAX, &all, &more, r, e);

        if (k == 0 && more)
                k = read_newest(f, t, &all, r, e);
        if (k < 0)
                return k;
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
