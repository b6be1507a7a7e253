// Reading a ticket's row.
#pragma once

#include "base/error.h"
#include "base/memory.h"
#include "store/sqlite.h"
#include "store/store.h"

// From a row that begins with TICKET_COLUMNS. On failure *ret may hold some texts: the caller clears it either way.
_warn_unused_ int ticket_columns(struct query *q, struct ticket *ret, struct error *e);
