#include "desk/past.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
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

// ---- tickets with the same text

struct text_key {
        uint8_t bytes[DIGEST_SIZE];
        size_t i; // of the ticket
};

static int by_key(const void *a, const void *b) {
        const struct text_key *x = a, *y = b;
        int k = memcmp(x->bytes, y->bytes, sizeof(x->bytes));

        return k ? k : (x->i > y->i) - (x->i < y->i);
}

// What is sent a second time differs in capitals, and in how lines are broken.
static int text_key(const struct past_ticket *t, uint8_t ret[DIGEST_SIZE]) {
        char *text _cleanup_free_ = str_printf("%s\n%s", t->subject, t->description), *to = text;
        bool space = true;

        if (!text)
                return -ENOMEM;
        for (const char *from = text; *from; from++) {
                bool is_space = strchr(" \t\r\n", *from) != NULL;
                if (!is_space)
                        *to++ = *from >= 'A' && *from <= 'Z' ? (char) (*from | 0x20) : *from;
                else if (!space)
                        *to++ = ' ';
                space = is_space;
        }
        return digest_sha256(text, (size_t) (to - text) - (to > text && space), ret);
}

static int find_repeats(struct past *p) {
        struct text_key *keys _cleanup_free_ = calloc(p->n, sizeof(*keys));

        if (!keys)
                return -ENOMEM;
        for (size_t i = 0; i < p->n; i++) {
                int r = text_key(&p->items[i], keys[i].bytes);
                if (r < 0)
                        return r;
                keys[i].i = i;
        }
        qsort(keys, p->n, sizeof(*keys), by_key);
        for (size_t k = 1; k < p->n; k++) {
                if (memcmp(keys[k - 1].bytes, keys[k].bytes, DIGEST_SIZE) != 0)
                        continue;
                p->items[keys[k - 1].i].next_same = keys[k].i;
                p->items[keys[k].i].repeat = true;
                p->repeats++;
        }
        return 0;
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
        if (find_repeats(&p) < 0)
                return no_memory(&in, e);
        *ret = p;
        p = (struct past){0};
        return 0;
}
