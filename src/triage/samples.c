#include "triage/samples.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/string.h"
#include "text/quote.h"
#include "triage/ticket_rows.h"

static void sample_clear(struct sample *s) {
        free(s->category);
        free(s->intent);
        free(s->subject);
        free(s->body);
        free(s->group);
}

void samples_clear(struct samples *s) {
        for (size_t i = 0; i < s->n; i++)
                sample_clear(&s->items[i]);
        free(s->items);
        *s = (struct samples){0};
}

char *sample_text(const struct sample *s) {
        return str_printf("%s\n%s", s->subject, s->body);
}

static char *cut(const char *text) {
        return str_ndup(text, utf8_floor(text, strlen(text), SAMPLE_TEXT_MAX));
}

// Cut, and without quoted history. NULL: no memory.
static char *own_words(const char *body) {
        char *kept _cleanup_free_ = cut(body);

        return kept ? quote_cut(kept) : NULL;
}

int sample_key(const char *subject, const char *body, char ret[SAMPLE_KEY_SIZE]) {
        const struct sample s = {.subject = cut(subject), .body = own_words(body)};
        char *text _cleanup_free_ = s.subject && s.body ? sample_text(&s) : NULL, hex[DIGEST_HEX_SIZE];
        int r = text ? digest_sha256_hex(text, strlen(text), hex) : -ENOMEM;

        free(s.subject);
        free(s.body);
        if (r == 0)
                str_copy(ret, SAMPLE_KEY_SIZE, hex);
        return r;
}

int samples_add(struct samples *s, const struct labels *labels, const struct intents *intents,
                const struct sample_row *one) {
        const struct intent *known = str_empty(one->intent) ? NULL : intents_find(intents, one->intent);
        const char *category = known ? labels->names[known->category] : one->category;
        struct sample copy = {.tier = known ? known->tier : one->tier};

        if ((str_empty(one->subject) && str_empty(one->body)) || !category || copy.tier >= TIER_COUNT_ ||
            labels_find(labels, category) == LABEL_NONE)
                return -EINVAL;
        if (s->n == SAMPLES_MAX || memory_grow((void **) &s->items, &s->cap, s->n + 1, sizeof(*s->items)) < 0)
                return -ENOMEM;
        copy.category = str_dup(category);
        copy.intent = str_dup(one->intent ? one->intent : "");
        copy.subject = cut(one->subject ? one->subject : "");
        copy.body = own_words(one->body ? one->body : "");
        copy.group = str_dup(one->group ? one->group : "");
        s->items[s->n++] = copy;
        return copy.category && copy.intent && copy.subject && copy.body && copy.group ? 0 : -ENOMEM;
}

static bool occurs(const struct samples *s, size_t n, const char *intent) {
        for (size_t i = 0; i < n; i++)
                if (strcmp(s->items[i].intent, intent) == 0)
                        return true;
        return false;
}

int samples_add_names(struct samples *s, const struct labels *labels, const struct intents *intents) {
        size_t n = s->n;
        int r = 0;

        for (size_t k = 0; r == 0 && k < intents->n; k++) {
                const struct intent *x = &intents->items[k];
                char *words _cleanup_free_ = str_dup(x->name);
                if (!words)
                        return -ENOMEM;
                for (char *c = words; *c; c++)
                        if (strchr("_-/.", *c))
                                *c = ' ';
                struct sample_row row = {.tier = x->tier, .intent = x->name, .body = words};
                if (!occurs(s, n, x->name))
                        continue;
                if ((r = samples_add(s, labels, intents, &row)) == 0)
                        s->items[s->n - 1].aid = true;
        }
        return r == -EINVAL ? 0 : r;
}

// ---- a file

struct intake {
        struct samples *s;
        const struct ticket_rows *rows;
        const char *group;
};

static void skip(struct intake *in, size_t line, const char *why) {
        if (in->s->skipped++ == 0)
                snprintf(in->s->why, sizeof(in->s->why), "line %zu: %s", line, why);
}

static int add_row(void *arg, size_t line, const char *const *f, const struct ticket_label *label, struct error *e) {
        struct intake *in = arg;
        struct sample_row one = {.tier = label->tier,
                                 .category = label->category,
                                 .intent = label->intent,
                                 .subject = f[TICKET_SUBJECT],
                                 .body = f[TICKET_DESCRIPTION],
                                 .group = in->group ? in->group : f[TICKET_GROUP]};
        int r = samples_add(in->s, in->rows->labels, in->rows->intents, &one);

        if (r == -ENOMEM)
                return error_set(e, r, ERROR_OUT_OF_MEMORY, "not enough memory for the tickets of %s", in->rows->path);
        if (r < 0)
                skip(in, line,
                     str_empty(f[TICKET_SUBJECT]) && str_empty(f[TICKET_DESCRIPTION]) ? "there is no text"
                                                                                      : label->why);
        return 0;
}

int samples_read(struct samples *s, const char *path, const struct mapping *m, const struct labels *labels,
                 const struct intents *intents, const char *group, struct error *e) {
        struct ticket_rows rows = {.path = path,
                                   .bytes_max = SAMPLES_FILE_MAX,
                                   .mapping = m,
                                   .labels = labels,
                                   .intents = intents,
                                   .row = add_row};
        struct intake in = {.s = s, .rows = &rows, .group = group};

        rows.arg = &in;
        return ticket_rows_read(&rows, NULL, e);
}
