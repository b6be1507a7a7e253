// A ticket's sentences, each judged as if it were the whole ticket. A vector is the mean of what a text says: a
// friendly question in front hides the serious sentence behind it, and alone that one shows.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "triage/triage.h"

enum {
        ALONE_SENTENCES_MAX = 16, // each costs an embedding; what an article answers hardly ever has more than six
        ALONE_WORDS_MIN = 4,      // "It is urgent.", "Thanks in advance!": of less nothing can be said
        ALONE_MS_MAX = 2000,      // for all of them together; 16 take some 50 on an idle core
        ALONE_TEXT_SIZE = 112,    // of what is shown of one
};

struct alone {
        size_t judged;              // sentences, the subject one of them; 0: the ticket is a single sentence
        bool all;                   // none was left out because there were too many, or no time
        double complex;             // of the sentence that is most surely complex: the probability that it is
        char text[ALONE_TEXT_SIZE]; // that sentence, in one line and cut: the customer's words; "": none was judged
};

// subject and body as in triage_classify(); m: as given to triage_open(), NULL for the rungs without a model. A
// sentence that cannot be embedded is judged by the rungs below. 0 or -ENOMEM. Any thread.
_warn_unused_ int alone_judge(const struct triage *t, struct encoder *m, const char *subject, const char *body,
                              struct alone *ret);
