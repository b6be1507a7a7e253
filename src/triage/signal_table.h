// What a ticket's tone and subject ask for beside tier and category: urgency, anger, security, law, and whatever else
// the team lists in CONFIG_DIR/signals.tsv. A signal is shown, raises the priority, or puts a person in charge.
//
// The weights of the lines that are found add up for each signal and each effect: at 1 it happens. Lines of a stronger
// effect count for the weaker ones too, and negative weights for all: "no longer urgent" takes away what "urgent" gave.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/memory.h"

// X(id, name in the file)
#define SIGNAL_EFFECT_TABLE(X)                                                                                         \
        X(SHOW, "show")                                                                                                \
        X(PRIORITY, "priority")                                                                                        \
        X(PERSON, "person")

enum signal_effect { // in order of strength
#define SIGNAL_EFFECT(id, name) SIGNAL_##id,
        SIGNAL_EFFECT_TABLE(SIGNAL_EFFECT)
#undef SIGNAL_EFFECT
                        SIGNAL_EFFECT_COUNT_
};
const char *signal_effect_name(enum signal_effect e);

enum {
        SIGNALS_MAX = 16, // kinds of signals; each is a word that agents must know
        SIGNAL_NAME_SIZE = 24,
        SIGNAL_WORDS_SIZE = 120,
};

struct signal {
        char name[SIGNAL_NAME_SIZE];
        enum signal_effect effect;
        char words[SIGNAL_WORDS_SIZE]; // the lines that weighed most, as the file has them: never the ticket's own
                                       // words
};

struct signals_found {
        struct signal items[SIGNALS_MAX]; // the strongest effect first, then in the file's order
        size_t n;
};

struct signal_table;

// -EINVAL with file and line: unknown effect, a name or weight that is none, no word, too long a phrase, too many
// lines or signals. For a folder without the file it is the one that is shipped.
_warn_unused_ int signal_table_load(const char *config_dir, struct signal_table **ret, struct error *e);
struct signal_table *signal_table_free(struct signal_table *t);
DEFINE_CLEANUP(struct signal_table, signal_table_free);

// Linear in the text's length; what is beyond its first 32 KiB does not count. subject and text may be empty. 0 or
// -ENOMEM. Any thread.
_warn_unused_ int signals_find(const struct signal_table *t, const char *subject, const char *text,
                               struct signals_found *ret);
