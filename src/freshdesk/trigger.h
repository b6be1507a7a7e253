// Why a webhook was sent: Freshdesk's `triggered_event`, which looks like JSON and is not, or an event's plain name.
#pragma once

#include <jansson.h>

#include "freshdesk/webhook.h"

// text is one of {ticket_action:created}, {note_type:private}, {status:{from:4,to:6}}, "created", or NULL or empty (no
// event named: a new ticket). Fills kind, ignored and reason of ev; never fails, for what is not known counts as an
// update.
void trigger_read(const char *text, struct webhook_event *ev);
