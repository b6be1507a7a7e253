// Automatic answers that customers got, and whether they held. Rows hold no words of anybody's: erasure leaves them.
//
// An answer is written down with its reply's confirmation, in one transaction (outbox.c), and what is known against it
// with the feedback that says so (feedback.c). For how long it is watched is the reader's to say: another number of
// hours counts the same rows anew.
#pragma once

#include "store/store.h"

enum answer_fate {
#define ANSWER_FATE(id, name, help) ANSWER_##id,
        ANSWER_FATE_TABLE(ANSWER_FATE)
#undef ANSWER_FATE
                        ANSWER_FATE_COUNT_
};
const char *answer_fate_name(enum answer_fate fate); // static

struct given_answer {
        int64_t id, at_ms; // of its step; when Freshdesk had it, by our clock
        char tier[16], category[64];
        bool failed;       // something is known against it
        int64_t looked_ms; // the ticket's update that was looked at last, by Freshdesk's clock
};
// The newest automatic answer of a ticket: 1, 0: there is none, or negative.
_warn_unused_ int store_answer(struct store *s, int64_t ticket_id, struct given_answer *ret, struct error *e);
_warn_unused_ int store_answer_looked(struct store *s, int64_t ticket_id, int64_t updated_ms, struct error *e);

// ---- counting

struct answer_count { // borrowed
        char day[11]; // "2026-01-31", UTC, of the answer
        const char *category;
        enum answer_fate fate;
        int64_t answers;
};
// Of answers in [from_ms, to_ms), each watched for watch_ms, which is whole hours: days in their order, which are kept
// counted; of three at most the answers are looked at.
_warn_unused_ int store_answer_counts(struct store *s, int64_t from_ms, int64_t to_ms, int64_t watch_ms,
                                      void (*fn)(void *arg, const struct answer_count *row), void *arg,
                                      struct error *e);
// By the document that was quoted first: how many answers it carried since then, and how many of them failed, whenever.
_warn_unused_ int store_answer_documents(struct store *s, int64_t since_ms,
                                         void (*fn)(void *arg, const char *document, int64_t answers, int64_t failed),
                                         void *arg, struct error *e);
// One by one, oldest first, the newest `max` since then.
_warn_unused_ int store_answers(struct store *s, int64_t since_ms, int64_t watch_ms, size_t max,
                                void (*fn)(void *arg, const char *category, int64_t at_ms, enum answer_fate fate),
                                void *arg, struct error *e);
struct known_decision { // borrowed
        const char *category, *tier;
        double confidence;
        bool right;
};
// Decisions whose truth is known: by what agents said of the ticket since then, else by what became of the answer. At
// most `max`.
_warn_unused_ int store_known_decisions(struct store *s, int64_t since_ms, int64_t watch_ms, size_t max,
                                        void (*fn)(void *arg, const struct known_decision *row), void *arg,
                                        struct error *e);

// ---- what was not answered

struct open_question { // borrowed
        int64_t ticket_id, created_ms;
        const char *subject, *description, *sources; // "" where there is none; sources: JSON
};
// Tickets that went to a person although an article could resolve their kind, the newest first, back to since_ms. fn
// returns false to end it.
_warn_unused_ int store_open_questions(struct store *s, int64_t since_ms,
                                       bool (*fn)(void *arg, const struct open_question *row), void *arg,
                                       struct error *e);
