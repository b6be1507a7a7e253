// What waits for an answer: all that the customer wrote since somebody answered, without what a machine wrote for him.
#pragma once

#include "desk/automatic.h"
#include "desk/parts.h"

struct unanswered {
        char *text;      // never NULL once read
        size_t messages; // of the customer, in the whole conversation, with words
        bool machine;    // there is nothing but machines' mail
        bool doubtful;   // some of it may be a machine's
        char why[AUTOMATIC_WHY_SIZE];
};
void unanswered_clear(struct unanswered *u);
#define _cleanup_unanswered_ _cleanup_(unanswered_clear)

enum { UNANSWERED_TEXT_MAX = 256 * 1024 }; // bytes of plain text kept; a longer one is a log file, not a question

// All of the customer's words when nothing waits: somebody wants it looked at once more. 0 or -ENOMEM.
_warn_unused_ int unanswered_read(const struct automatic *a, const struct freshdesk_ticket *t, struct unanswered *ret);
