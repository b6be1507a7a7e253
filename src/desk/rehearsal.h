// Past tickets through the very journey of a new one, as far as the decision: nothing is stored and nothing is sent.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "desk/desk.h"
#include "desk/past.h"
#include "triage/risk.h"

enum rehearsal_truth {
        TRUTH_UNKNOWN, // neither a label nor an agent's answer tells
        TRUTH_RIGHT,
        TRUTH_WRONG_TIER,
        TRUTH_WRONG_ANSWER, // the agents' answer, or the label, is of another article
};

struct rehearsed { // what would have become of a ticket
        bool done, failed;
        enum tier tier;
        size_t category; // in the order of triage_category(); triage_categories() when it is not there
        double confidence, category_confidence;
        enum triage_method method;
        enum action action;
        bool draft;              // by MAX_WRONG: an agent would have got it as a draft
        bool found;              // an article that answers
        double score;            // of the best passage
        char *document, *title;  // of the best passage; NULL: none was looked at
        bool answered_elsewhere; // what an agent answered, or the label, is of another article
        bool answer_known;       // answered_elsewhere says something
        bool learned;            // the classifier that decided was learned from this ticket: it tells nothing of others
};

struct rehearsal {
        struct desk *desk; // borrowed
        const struct past *past;
        struct rehearsed *items; // one for each ticket
        char identity[33];       // of tickets and of all that decides: a state of another one is not gone on with
        size_t resumed;          // that were known from a state file
        size_t learned;          // items that are so
        double seconds;
};
void rehearsal_clear(struct rehearsal *r);
#define _cleanup_rehearsal_ _cleanup_(rehearsal_clear)

struct rehearsal_options {
        unsigned threads;  // 0: one per processor
        const char *state; // file in which what is done is kept, so that a run that was stopped goes on; NULL: none
        const atomic_bool *stop;                              // ends the run early; may be NULL
        void (*progress)(void *arg, size_t done, size_t all); // from the calling thread; may be NULL
        void *progress_arg;
};

// 0 when all are done, -EINTR when it was stopped before, or negative. What is done is in the state file, which stays:
// whoever has told the result takes it away.
_warn_unused_ int rehearsal_run(struct desk *d, const struct past *p, const struct rehearsal_options *o,
                                struct rehearsal *ret, struct error *e);

enum rehearsal_truth rehearsal_truth(const struct rehearsal *r, size_t i);
// The same as evidence: texts that are the same count once, with the first of them and the worst that one of them
// tells; the others, and what the classifier was learned from, tell nothing.
size_t rehearsal_texts(const struct rehearsal *r); // that may tell something: the rows' coverage is of these
enum rehearsal_truth rehearsal_evidence(const struct rehearsal *r, size_t i);
// Would the customer have got an answer?
bool rehearsal_automatic(const struct rehearsed *x);

// The rows for thresholds and curves: of each ticket with a known truth that would be answered at some threshold, where
// the knowledge base has an answer; without `found`: whether it has one or not, and then the truth is that of the tier.
// The caller frees. NULL: no memory.
_warn_unused_ struct risk_row *rehearsal_rows(const struct rehearsal *r, bool found, size_t *ret_n);
