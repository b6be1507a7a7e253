// Is this a machine's mail? Bounces, reports, absence notes, acknowledgements of other help desks, receipts, calendars,
// newsletters: by the sender's address and name, by the subject and by the words of the text, since Freshdesk tells no
// mail headers. The words are config/automatic.tsv, which a team may edit.
//
// The weights of the lines that are found add up, as they do for keywords. People who tell of a machine's mail ("I got
// an out of office reply from you") use the same words: who speaks first, a person or the machine, decides between
// them.
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/memory.h"

struct automatic;

// -EINVAL with file and line: unknown kind or place, weight out of range, no word, too long a phrase, too many lines.
// For a folder without the file it is the one that is shipped.
_warn_unused_ int automatic_load(const char *config_dir, struct automatic **ret, struct error *e);
struct automatic *automatic_free(struct automatic *a);
DEFINE_CLEANUP(struct automatic, automatic_free);

struct automatic_mail { // borrowed; what is not known is NULL
        const char *address, *name, *subject, *text;
        bool after_answer; // it came back to an answer of ours: less will do
};

enum automatic_verdict {
        AUTOMATIC_NO,
        AUTOMATIC_DOUBTFUL, // a person seems to speak of a machine's mail: not ours to answer, but no machine's either
        AUTOMATIC_YES,
};

enum { AUTOMATIC_WHY_SIZE = 160 };

// `why`: the kind and the lines that weighed most, for people; "" for AUTOMATIC_NO. Linear in the text's length; what
// is beyond its first thousands of words does not count. 0 or -ENOMEM. Any thread.
_warn_unused_ int automatic_judge(const struct automatic *a, const struct automatic_mail *m,
                                  enum automatic_verdict *ret, char why[AUTOMATIC_WHY_SIZE]);
