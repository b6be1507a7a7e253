// The states of jobs and of outbox steps, the moves a job may make, the fates of answers. The database, the API and the
// tests read these tables.
#pragma once

// clang-format off
// X(id, name, final, help)
#define JOB_STATE_TABLE(X)                                                                              \
        X(QUEUED,     "queued",     false, "waits for a worker, or for the time of its next try")       \
        X(RUNNING,    "running",    false, "a worker reads, classifies and decides")                    \
        X(DELIVERING, "delivering", false, "decided; the outbox has steps that Freshdesk has not confirmed") \
        X(DELIVERED,  "delivered",  true,  "every step is confirmed by Freshdesk")                      \
        X(RECORDED,   "recorded",   true,  "decided, and nothing was to be sent")                       \
        X(FAILED,     "failed",     true,  "given up; a person must look")                              \
        X(DROPPED,    "dropped",    true,  "nothing to answer: deleted, spam, or already answered")

// X(from, to, why)
#define JOB_MOVE_TABLE(X)                                                     \
        X(QUEUED,     RUNNING,    "a worker takes it")                        \
        X(QUEUED,     DROPPED,    "a person drops it")                        \
        X(QUEUED,     QUEUED,     "a person has it tried now")                \
        X(RUNNING,    QUEUED,     "Freshdesk cannot be read now, or the lease ran out") \
        X(RUNNING,    DELIVERING, "decided, steps are in the outbox")         \
        X(RUNNING,    RECORDED,   "decided, nothing to send")                 \
        X(RUNNING,    FAILED,     "cannot be worked on, or too late")         \
        X(RUNNING,    DROPPED,    "nothing to answer")                        \
        X(DELIVERING, DELIVERING, "a step is to be tried again")              \
        X(DELIVERING, DELIVERED,  "all steps are confirmed")                  \
        X(DELIVERING, QUEUED,     "things changed before sending: decide anew") \
        X(DELIVERING, FAILED,     "refused, or too late")                     \
        X(DELIVERING, DROPPED,    "a person was faster")                      \
        X(FAILED,     QUEUED,     "a person has it tried again")              \
        X(FAILED,     DROPPED,    "a person drops it")

// X(id, name, help)
#define STEP_STATE_TABLE(X)                                                   \
        X(WAITING,  "waiting",  "not yet tried, or to be tried again")        \
        X(SENDING,  "sending",  "an attempt is being made, or was cut off")   \
        X(DONE,     "done",     "confirmed by Freshdesk")                     \
        X(REFUSED,  "refused",  "Freshdesk will not take it")                 \
        X(WITHHELD, "withheld", "not sent, on purpose")

// What became of an automatic answer. X(id, name, help)
#define ANSWER_FATE_TABLE(X)                                                                    \
        X(HELD,     "held",           "the hours went by, and nothing is known against it")     \
        X(REOPENED, "reopened",       "the ticket was opened again, or the customer wrote that it did not help") \
        X(CORRECTED, "corrected",     "somebody said that tier, category or answer is another") \
        X(AGAIN,    "answered_again", "the customer got another answer after it")               \
        X(WAITING,  "waiting",        "nothing is known against it, and the hours are not over")
// clang-format on
