#include "desk/reply.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/string.h"
#include "text/template.h"

enum {
        REPLY_MAX = 128 * 1024, // bytes of HTML: far over any answer, far under what mail systems take
        REPLY_PASSAGES_MAX = 2, // a customer reads one answer, perhaps two, not a list
        NOTE_PASSAGES_MAX = 3,  // an agent wants a look at the runners-up
        SUMMARY_MAX = 400,      // bytes of the customer's words repeated to the agent
};
static const double REPLY_MARGIN = 0.02; // a second passage is quoted only when it is as good as the first

enum reply_template {
        REPLY_AUTO_RESOLVE,
        REPLY_ANSWER,
        REPLY_ACKNOWLEDGE,
        REPLY_ESCALATE_NOTE,
        REPLY_DRAFT_NOTE,
        REPLY_COUNT_
};

static const char *const template_files[REPLY_COUNT_] = {
                [REPLY_AUTO_RESOLVE] = "auto_resolve.html", [REPLY_ANSWER] = "answer.html",
                [REPLY_ACKNOWLEDGE] = "acknowledge.html",   [REPLY_ESCALATE_NOTE] = "escalate_note.html",
                [REPLY_DRAFT_NOTE] = "draft_note.html",
};

static const char *const template_names[] = {"requester", "subject",    "team",     "passages",   "title",    "text",
                                             "document",  "score",      "sources",  "tier",       "category", "action",
                                             "reason",    "confidence", "method",   "note_title", "reply",    "summary",
                                             "retrieval", "ticket_id",  "language", "signals",    "signal",   "words",
                                             "effect",    NULL};

struct replies {
        char *team;
        struct template *templates[REPLY_COUNT_];
};

struct replies *replies_free(struct replies *r) {
        if (!r)
                return NULL;
        for (size_t i = 0; i < REPLY_COUNT_; i++)
                template_free(r->templates[i]);
        free(r->team);
        free(r);
        return NULL;
}

int replies_open(const char *config_dir, const char *team, struct replies **ret, struct error *e) {
        struct replies *r _cleanup_(replies_free_p) = calloc(1, sizeof(*r));
        char *dir _cleanup_free_ = file_join(config_dir, "templates");

        if (!r || !dir || !(r->team = str_dup(team)))
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the reply templates");
        for (size_t i = 0; i < REPLY_COUNT_; i++) {
                char *path _cleanup_free_ = file_join(dir, template_files[i]);
                if (!path)
                        return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the reply templates");
                int k = template_load(path, template_names, &r->templates[i], e);
                if (k < 0)
                        return k;
        }
        *ret = TAKE_PTR(r);
        return 0;
}

// One of several answers goes out only when it is found, and as good as the best.
static bool quoted(const struct findings *f, size_t i) {
        return f->items[i].above && f->items[i].score >= f->items[0].score - REPLY_MARGIN;
}

static json_t *passages(const struct findings *f, size_t max, bool only_quoted, bool with_text) {
        json_t *list = json_array();

        for (size_t i = 0; list && i < f->n && json_array_size(list) < max; i++) {
                const struct finding *item = &f->items[i];
                char score[16];
                snprintf(score, sizeof(score), "%.2f", item->score);
                if (only_quoted && !quoted(f, i))
                        continue;
                json_t *one = json_pack("{s:s, s:s, s:s}", "title", item->title, "document", item->document, "score",
                                        score);
                if (one && with_text)
                        json_object_set_new(one, "text", json_string(item->passage));
                if (json_array_append_new(list, one) < 0) {
                        json_decref(list);
                        return NULL;
                }
        }
        return list;
}

// The beginning of what the customer wrote, cut where a character ends.
static json_t *summary(const struct reading *r) {
        const char *text = *r->body ? r->body : r->subject;
        size_t n = strlen(text), k = utf8_floor(text, n, SUMMARY_MAX);
        char *cut _cleanup_free_ = str_printf("%.*s%s", (int) k, text, k < n ? "…" : "");

        return cut ? json_string(cut) : NULL;
}

static json_t *signals(const struct reply_facts *f) {
        return f->signals ? signals_json(f->signals) : json_array();
}

// Only when it is told for sure, and is news.
static const char *language(const struct reply_facts *f) {
        return f->language && !f->language->served ? language_name(f->language->guess.language) : "";
}

static int render(const struct replies *r, enum reply_template which, const struct reply_facts *f,
                  const char *reply_text, char **ret_html) {
        bool note = which == REPLY_ESCALATE_NOTE;
        json_t *values _cleanup_json_ = json_object();
        char confidence[16], id[24];

        snprintf(confidence, sizeof(confidence), "%.0f %%", f->verdict->confidence * 100);
        snprintf(id, sizeof(id), "%lld", (long long) f->ticket_id);

        const struct {
                const char *name;
                json_t *value;
        } all[] = {
                        {"requester", json_string(f->reading->first_name ? f->reading->first_name : "")},
                        {"subject", json_string(f->reading->subject)},
                        {"team", json_string(r->team)},
                        {"passages", passages(f->findings, note ? NOTE_PASSAGES_MAX : REPLY_PASSAGES_MAX, !note, true)},
                        {"sources", passages(f->findings, note ? NOTE_PASSAGES_MAX : REPLY_PASSAGES_MAX, !note, false)},
                        {"tier", json_string(tier_name(f->verdict->tier))},
                        {"category", json_string(f->verdict->category)},
                        {"confidence", json_string(confidence)},
                        {"method", json_string(triage_method_name(f->verdict->method))},
                        {"retrieval", json_string(retrieval_method_name(f->findings->method))},
                        {"action", json_string(action_name(f->action))},
                        {"reason", json_string(f->reason)},
                        {"note_title", json_string(note ? "Handed over by Firstline" : "Draft by Firstline")},
                        {"summary", summary(f->reading)},
                        {"ticket_id", json_string(id)},
                        {"language", json_string(language(f))},
                        {"signals", signals(f)},
                        {"reply", json_pack("[{s:s}]", "text", reply_text ? reply_text : "")},
        };
        int k = 0;
        for (size_t i = 0; i < ARRAY_LEN(all); i++)
                if (json_object_set_new(values, all[i].name, all[i].value) < 0)
                        k = -ENOMEM;
        return k < 0 ? k : template_render(r->templates[which], values, REPLY_MAX, ret_html);
}

int reply_for_customer(const struct replies *r, const struct reply_facts *f, char **ret_html) {
        static const enum reply_template by_action[] = {
                        [ACTION_AUTO_RESOLVE] = REPLY_AUTO_RESOLVE,
                        [ACTION_ANSWER] = REPLY_ANSWER,
                        [ACTION_ESCALATE] = REPLY_ACKNOWLEDGE,
        };
        return render(r, by_action[f->action], f, NULL, ret_html);
}

int reply_for_agent(const struct replies *r, const struct reply_facts *f, char **ret_html) {
        return render(r, REPLY_ESCALATE_NOTE, f, NULL, ret_html);
}

int reply_as_draft(const struct replies *r, const struct reply_facts *f, const char *text, char **ret_html) {
        return render(r, REPLY_DRAFT_NOTE, f, text, ret_html);
}
