#include "desk/decide.h"

#include <stdio.h>
#include <string.h>

#include "base/string.h"

enum { TITLE_SHOWN_MAX = 100 }; // bytes of the passage's title: with it the reason still fits

// Of what is left between floor and likeness itself. At the default it takes the floor of 0.35 to 0.40.
static const double MARGIN = 0.08;

// From which probability on a sentence that alone is complex wants a person (doc/triage.md). Sentences about somebody's
// own data and money are about what went wrong, more often than not, and look graver than the ticket is.
static const double ALONE_SURE[] = {[ACTION_AUTO_RESOLVE] = 0.7, [ACTION_ANSWER] = 0.85};

static double needed(const struct findings *f) {
        return f->method == RETRIEVAL_SEMANTIC ? f->floor + MARGIN * (1 - f->floor) : f->floor;
}

bool decide_answers(const struct findings *f) {
        return f->found && f->items[0].score >= needed(f);
}

enum action decide(const struct verdict *v, const struct findings *f, const char *to_person, double min_confidence,
                   char reason[REASON_SIZE]) {
        double percent = v->confidence * 100;

        if (to_person) {
                str_copy(reason, REASON_SIZE, to_person);
                return ACTION_ESCALATE;
        }
        if (v->method == TRIAGE_NONE) {
                snprintf(reason, REASON_SIZE, "the ticket could not be classified");
                return ACTION_ESCALATE;
        }
        if (v->tier == TIER_COMPLEX) {
                snprintf(reason, REASON_SIZE, "complex tickets go to a person (%.0f %% sure)", percent);
                return ACTION_ESCALATE;
        }
        if (v->unlike) {
                snprintf(reason, REASON_SIZE, "%s, but it is unlike every ticket that was learned from",
                         tier_name(v->tier));
                return ACTION_ESCALATE;
        }
        if (v->confidence < min_confidence) {
                snprintf(reason, REASON_SIZE, "%s, but only %.0f %% sure; %.0f %% are needed", tier_name(v->tier),
                         percent, min_confidence * 100);
                return ACTION_ESCALATE;
        }
        if (!decide_answers(f)) {
                if (f->n > 0)
                        snprintf(reason, REASON_SIZE,
                                 "%s, but nothing in the knowledge base answers it (best score %.2f, needed %.2f)",
                                 tier_name(v->tier), f->items[0].score, needed(f));
                else
                        snprintf(reason, REASON_SIZE, "%s, but nothing in the knowledge base answers it",
                                 tier_name(v->tier));
                return ACTION_ESCALATE;
        }
        const char *title = f->items[0].title;
        snprintf(reason, REASON_SIZE, "%s (%.0f %% sure), answered by \"%.*s\" (score %.2f)", tier_name(v->tier),
                 percent, (int) utf8_floor(title, strlen(title), TITLE_SHOWN_MAX), title, f->items[0].score);
        return v->tier == TIER_1 ? ACTION_AUTO_RESOLVE : ACTION_ANSWER;
}

enum action decide_alone(const struct alone *a, const struct verdict *v, enum action action, char reason[REASON_SIZE],
                         size_t *ret_said_at) {
        *ret_said_at = 0;
        if (action == ACTION_ESCALATE)
                return action;
        if (a->judged > 0 && a->complex >= ALONE_SURE[action]) {
                snprintf(reason, REASON_SIZE, "%s (%.0f %% sure), but one sentence alone is complex (%.0f %% sure)",
                         tier_name(v->tier), v->confidence * 100, a->complex * 100);
                *ret_said_at = strlen(reason);
                snprintf(reason + *ret_said_at, REASON_SIZE - *ret_said_at, ": \"%s\"", a->text);
                return ACTION_ESCALATE;
        }
        if (a->all)
                return action;
        snprintf(reason, REASON_SIZE, "%s (%.0f %% sure), but only %zu of its sentences could be judged alone",
                 tier_name(v->tier), v->confidence * 100, a->judged);
        return ACTION_ESCALATE;
}

enum action decide_within(const struct limit *l, const struct verdict *v, enum action action, bool *draft,
                          char reason[REASON_SIZE]) {
        *draft = false;
        if (!l->on || action == ACTION_ESCALATE)
                return action;
        if (!l->choice.automatic) {
                *draft = true;
                snprintf(reason, REASON_SIZE, "%s (%.0f %% sure), as a draft: %s", tier_name(v->tier),
                         v->confidence * 100, l->why);
                return action;
        }
        if (v->confidence >= l->choice.threshold)
                return action;
        snprintf(reason, REASON_SIZE, "%s, but only %.0f %% sure; at most %g %% wrong answers in %s need %.0f %%",
                 tier_name(v->tier), v->confidence * 100, l->max_wrong * 100, v->category, l->choice.threshold * 100);
        return ACTION_ESCALATE;
}
