// Is this event one that came before? By its keys, or by what came since.
#pragma once

#include "store/inside.h"

// What the index of keys goes by.
int64_t repeat_key_prefix(int64_t ticket_id, const char *key);

// newest: the id of the ticket's newest event; 0: not known. 1 with *ret filled when ev is a repeat, 0, or negative.
_warn_unused_ int repeat_find(struct transaction *t, const struct event *ev, int64_t newest, struct accepted *ret,
                              struct error *e);
