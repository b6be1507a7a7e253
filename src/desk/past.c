#include "desk/past.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "triage/ticket_rows.h"

void past_clear(struct past *p) {
        for (size_t i = 0; i < p->n; i++) {
                struct past_ticket *t = &p->items[i];
                free(t->subject);
                free(t->description);
                free(t->category);
                free(t->answer);
                free(t->article);
                free(t->language);
        }
        free(p->items);
        *p = (struct past){0};
}

struct intake {
        const char *path;
        struct past *past;
};

static int no_memory(const struct intake *in, struct error *e) {
        return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the tickets of %s", in->path);
}

static char *kept(const char *text) {
        return str_ndup(text, utf8_floor(text, strlen(text), PAST_TEXT_MAX));
}

static int add_ticket(void *arg, size_t line, const char *const *f, const struct ticket_label *label, struct error *e) {
        struct intake *in = arg;
        struct past *p = in->past;
        struct past_ticket t = {.tier = label->tier};

        if (str_empty(f[TICKET_SUBJECT]) && str_empty(f[TICKET_DESCRIPTION])) {
                p->skipped++;
                return 0;
        }
        // A tier without a category is a label; a category without a tier is none, and neither is a word nobody knows.
        if (label->said && (t.tier == TIER_COUNT_ || (!label->category && *label->word)) && p->unread++ == 0)
                snprintf(p->why, sizeof(p->why), "line %zu: %s", line, label->why);
        if (p->n == PAST_MAX)
                return error_set(e, -EFBIG, ERROR_TOO_LARGE, "%s has more than %d tickets", in->path, PAST_MAX);
        if (memory_grow((void **) &p->items, &p->cap, p->n + 1, sizeof(t)) < 0)
                return no_memory(in, e);
        t.subject = kept(f[TICKET_SUBJECT]);
        t.description = kept(f[TICKET_DESCRIPTION]);
        t.category = kept(label->category ? label->category : "");
        t.answer = kept(f[TICKET_ANSWER]);
        t.article = kept(f[TICKET_ARTICLE]);
        t.language = kept(f[TICKET_LANGUAGE]);
        p->items[p->n++] = t;
        p->labelled += t.tier != TIER_COUNT_;
        return t.subject && t.description && t.category && t.answer && t.article && t.language ? 0 : no_memory(in, e);
}

int past_read(const char *path, const struct mapping *m, const struct labels *labels, const struct intents *intents,
              struct past *ret, struct error *e) {
        struct past p _cleanup_past_ = {0};
        struct intake in = {.path = path, .past = &p};
        const struct ticket_rows rows = {.path = path,
                                         .bytes_max = PAST_FILE_MAX,
                                         .mapping = m,
                                         .labels = labels,
                                         .intents = intents,
                                         .row = add_ticket,
                                         .arg = &in};
        int r = ticket_rows_read(&rows, p.digest, e);

        if (r < 0)
                return r;
        if (p.n == 0)
                return error_set(e, -EINVAL, ERROR_FILE_INVALID, "%s has no ticket with a text", path);
        *ret = p;
        p = (struct past){0};
        return 0;
}
