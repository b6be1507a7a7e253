#include "desk/unanswered.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/string.h"
#include "desk/guard.h"
#include "text/quote.h"

enum {
        SOURCE_FEEDBACK = 6,  // of a message: a survey's mark with perhaps a word, no question
        SOURCE_OUTBOUND = 10, // of a ticket: an agent wrote the description
};

struct collection {
        const struct automatic *a;
        const struct freshdesk_ticket *t;
        struct buffer *text;
        bool after_answer;
        size_t pieces, machines;
        struct unanswered *u;
};

void unanswered_clear(struct unanswered *u) {
        free(u->text);
        *u = (struct unanswered){0};
}

// Adds as much of a message, without its quotes, as there is room for. What does not fit adds nothing to understanding
// it.
static int add_words(struct buffer *b, const char *text) {
        char *cut _cleanup_free_ = quote_cut(text);
        const char *gap = b->len ? "\n\n" : "";

        if (!cut)
                return -ENOMEM;
        if (b->len + strlen(gap) >= UNANSWERED_TEXT_MAX)
                return 0;
        buffer_add_str(b, gap);
        buffer_add(b, cut, utf8_floor(cut, strlen(cut), UNANSWERED_TEXT_MAX - b->len));
        return buffer_result(b);
}

// Judged before anything is cut away: a bounce is mostly quotes.
static int add_piece(struct collection *c, const char *subject, const char *text, const char *known) {
        struct automatic_mail m = {.address = c->t->requester_email,
                                   .name = c->t->requester_name,
                                   .subject = subject,
                                   .text = text,
                                   .after_answer = c->after_answer};
        enum automatic_verdict v = AUTOMATIC_YES;
        char why[AUTOMATIC_WHY_SIZE] = "";
        int r = 0;

        if (known)
                str_copy(why, sizeof(why), known);
        else
                r = automatic_judge(c->a, &m, &v, why);
        if (r < 0)
                return r;
        c->pieces++;
        c->machines += v == AUTOMATIC_YES;
        c->u->doubtful = c->u->doubtful || v == AUTOMATIC_DOUBTFUL;
        if (v != AUTOMATIC_NO)
                str_copy(c->u->why, sizeof(c->u->why), why);
        return v == AUTOMATIC_YES ? 0 : add_words(c->text, text);
}

static int add_message(struct collection *c, const struct freshdesk_message *m) {
        const char *known = m->auto_response               ? "Freshdesk says so"
                            : m->source == SOURCE_FEEDBACK ? "feedback of a survey"
                                                           : NULL;

        return str_empty(m->text) ? 0 : add_piece(c, NULL, m->text, known);
}

static bool customers(const struct freshdesk_ticket *t, const struct freshdesk_message *m) {
        return !m->private_note && guard_by_requester(t, m);
}

static int collect(struct collection *c) {
        const struct freshdesk_ticket *t = c->t;
        size_t from = guard_customer_waits(t) ? guard_unanswered_from(t) : 0;
        int r = 0;

        for (size_t i = 0; i < from; i++)
                if (!t->messages[i].private_note && !t->messages[i].participant && !customers(t, &t->messages[i]))
                        c->after_answer = true;
        if (!c->after_answer && t->source != SOURCE_OUTBOUND)
                r = add_piece(c, t->subject, t->description ? t->description : "", NULL);
        for (size_t i = from; r == 0 && i < t->n_messages; i++)
                if (customers(t, &t->messages[i]))
                        r = add_message(c, &t->messages[i]);
        return r;
}

int unanswered_read(const struct automatic *a, const struct freshdesk_ticket *t, struct unanswered *ret) {
        struct unanswered u _cleanup_unanswered_ = {0};
        struct buffer text _cleanup_buffer_ = BUFFER_INIT(UNANSWERED_TEXT_MAX);
        struct collection c = {.a = a, .t = t, .u = &u, .text = &text};
        int r = collect(&c);

        if (r < 0)
                return r;
        u.messages = guard_customer_messages(t);
        u.machine = c.pieces > 0 && c.machines == c.pieces;
        u.text = text.len ? buffer_take(&text) : str_dup("");
        if (!u.text)
                return -ENOMEM;
        *ret = u;
        u = (struct unanswered){0};
        return 0;
}
