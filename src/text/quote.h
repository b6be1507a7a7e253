// What the customer wrote now: a mail without its quoted history, signature, footer and forwarding headers.
#pragma once

#include <stddef.h>

#include "base/memory.h"

// A copy of the newest part of a plain-text mail. Cuts "On ... wrote:" and its like in several languages,
// "-----Original Message-----", header blocks, "> " quotes, "-- " signatures, "Sent from my ..." lines. A text that is
// nothing but quotes is returned whole: better too much than nothing. A forwarded mail keeps its forwarded part. NULL:
// no memory. The caller frees.
_warn_unused_ char *quote_cut(const char *text);
