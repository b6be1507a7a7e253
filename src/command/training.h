// What `firstline train` opens, and learning from this desk's tickets.
#pragma once

#include "command/command.h"
#include "model/encoder.h"
#include "store/store.h"
#include "triage/triage.h"

struct training {
        struct store *store; // NULL: without
        struct encoder *encoder;
        struct triage *triage;
};
void training_close(struct training *g);
#define _cleanup_training_ _cleanup_(training_close)

// The model must be there. with_store: the database too, and the classifier in use.
_warn_unused_ int training_open(const struct settings *settings, bool with_store, struct training *ret,
                                struct error *e);

void *training_label(const char *what); // for output_progress

_warn_unused_ int training_desk(const struct invocation *i, struct error *e);
