// What a customer's message asks for beside an answer: a person, because he says so or because the last answer did not
// help; or nothing, because it only says thanks. The words are config/followups.tsv, which a team may edit.
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/memory.h"

struct followups;

enum followup {
        FOLLOWUP_QUESTION, // none of these: to be answered
        FOLLOWUP_PERSON,
        FOLLOWUP_UNHELPFUL,
        FOLLOWUP_THANKS, // and nothing else
};

// -EINVAL with file and line: unknown meaning, no word, too long a phrase, too many lines. For a folder without the
// file it is the one that is shipped.
_warn_unused_ int followups_load(const char *config_dir, struct followups **ret, struct error *e);
struct followups *followups_free(struct followups *f);
DEFINE_CLEANUP(struct followups, followups_free);

// Linear in the text's length. 0 or -ENOMEM. Any thread.
_warn_unused_ int followup_of(const struct followups *f, const char *text, enum followup *ret);

// Is it a word or two, too few to be a question of its own?
_warn_unused_ int followup_is_short(const char *text, bool *ret);
