#include "desk/author.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/string.h"
#include "desk/guard.h"
#include "triage/phrase.h"

enum {
        KNOWN_MAX = 512,            // ids that are remembered; a desk has at most hundreds of agents
        KNOWN_MS = 60 * 60 * 1000,  // a contact can become an agent
        ASKED_AGAIN_MS = 60 * 1000, // what Freshdesk would not say
        LOOKED_AT_MAX = 5,          // strangers that are asked about for one ticket
        BOT_NAME_MAX = 100,         // bytes of one name in OTHER_BOTS
};

enum kind { KIND_UNKNOWN, KIND_AGENT, KIND_BOT, KIND_CONTACT, KIND_NOBODY };

struct known {
        int64_t id, until_ms;
        enum kind kind;
};

struct authors {
        pthread_mutex_t lock;
        struct known items[KNOWN_MAX];
        size_t next;
};

int authors_new(struct authors **ret, struct error *e) {
        struct authors *a = calloc(1, sizeof(*a));

        if (!a)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory to open the desk");
        pthread_mutex_init(&a->lock, NULL);
        *ret = a;
        return 0;
}

struct authors *authors_free(struct authors *a) {
        if (a)
                pthread_mutex_destroy(&a->lock);
        free(a);
        return NULL;
}

int64_t author_me(struct desk *d) {
        int64_t id = atomic_load(&d->freshdesk_me);
        struct freshdesk_result r;

        if (id == 0 && freshdesk_me(d->freshdesk, &id, &r, NULL) == 0)
                atomic_store(&d->freshdesk_me, id);
        return id;
}

static bool remembered(struct authors *a, int64_t id, enum kind *ret) {
        int64_t now = clock_monotonic_ms();
        bool found = false;

        pthread_mutex_lock(&a->lock);
        for (size_t i = 0; i < KNOWN_MAX && !found; i++)
                if (a->items[i].id == id && a->items[i].until_ms > now) {
                        *ret = a->items[i].kind;
                        found = true;
                }
        pthread_mutex_unlock(&a->lock);
        return found;
}

static void remember(struct authors *a, int64_t id, enum kind kind) {
        int64_t until = clock_monotonic_ms() + (kind == KIND_UNKNOWN ? ASKED_AGAIN_MS : KNOWN_MS);

        pthread_mutex_lock(&a->lock);
        a->items[a->next] = (struct known){.id = id, .until_ms = until, .kind = kind};
        a->next = (a->next + 1) % KNOWN_MAX;
        pthread_mutex_unlock(&a->lock);
}

// ---- bots

static bool has_words(const char *text, const char *words) {
        struct words w _cleanup_words_ = {0};
        struct phrase p;

        if (phrase_parse(words, &p) < 0 || words_add(&w, text) < 0)
                return false;
        for (size_t i = 0; i < w.n; i++)
                if (phrase_matches(&p, &w, i))
                        return true;
        return false;
}

// One entry of OTHER_BOTS: an id, or words of a name.
static bool is_entry(const char *entry, int64_t id, const char *name) {
        int64_t n;

        if (str_to_int64(entry, 1, INT64_MAX, &n) == 0)
                return n == id;
        return name && has_words(name, entry);
}

static bool listed(struct desk *d, int64_t id, const char *name) {
        const char *p = settings_text(d->settings, SETTING_OTHER_BOTS);

        while (*p) {
                char entry[BOT_NAME_MAX];
                size_t n = strcspn(p, ",");
                if (n < sizeof(entry)) {
                        memcpy(entry, p, n);
                        entry[n] = '\0';
                        if (is_entry(str_trim(entry), id, name))
                                return true;
                }
                p += n + (p[n] == ',');
        }
        return false;
}

// ---- anybody

static enum kind ask(struct desk *d, int64_t id) {
        struct freshdesk_user agent _cleanup_(freshdesk_user_clear) = {NULL, NULL};
        struct freshdesk_result r;

        if (freshdesk_user_agent(d->freshdesk, id, &agent, &r, NULL) == 0)
                return listed(d, id, agent.name) || (agent.type && has_words(agent.type, "ai")) ||
                                                       (agent.type && has_words(agent.type, "bot"))
                                       ? KIND_BOT
                                       : KIND_AGENT;
        if (r.outcome != FRESHDESK_NOT_FOUND)
                return KIND_UNKNOWN;
        if (freshdesk_user_contact(d->freshdesk, id, &r, NULL) == 0)
                return KIND_CONTACT;
        return r.outcome == FRESHDESK_NOT_FOUND ? KIND_NOBODY : KIND_UNKNOWN;
}

static enum kind kind_of(struct desk *d, int64_t id) {
        enum kind k = KIND_UNKNOWN;

        if (id == 0 || remembered(d->authors, id, &k))
                return k;
        k = ask(d, id);
        remember(d->authors, id, k);
        return k;
}

bool author_is_bot(struct desk *d, int64_t user_id) {
        return user_id && user_id != author_me(d) && (listed(d, user_id, NULL) || kind_of(d, user_id) == KIND_BOT);
}

// Only agents write private notes.
static bool wrote_note(const struct freshdesk_ticket *t, int64_t id) {
        for (size_t i = 0; i < t->n_messages; i++)
                if (t->messages[i].private_note && t->messages[i].user_id == id)
                        return true;
        return false;
}

static bool is_participant(struct desk *d, const struct freshdesk_ticket *t, const struct freshdesk_message *m) {
        if (!m->user_id || m->user_id == t->responder_id || wrote_note(t, m->user_id) || m->user_id == author_me(d))
                return false;
        enum kind k = kind_of(d, m->user_id);
        return k == KIND_CONTACT || (k == KIND_NOBODY && m->incoming);
}

void author_mark(struct desk *d, struct freshdesk_ticket *t) {
        int asked = 0;

        for (size_t i = t->n_messages; i-- > 0 && asked < LOOKED_AT_MAX;) {
                struct freshdesk_message *m = &t->messages[i];
                if (m->private_note || guard_by_requester(t, m))
                        continue;
                m->participant = is_participant(d, t, m);
                asked++;
                if (!m->participant)
                        return; // an agent's answer: what is older than it decides nothing
        }
}
