// A ticket and its conversation, read from JSON that may hold anything.
#pragma once

#include <jansson.h>

#include "freshdesk/freshdesk.h"

enum {
        TICKET_TEXT_MAX = 512 * 1024, // bytes of one description or message as text; the rest is cut
        TICKET_TAGS_MAX = 100,        // more than Freshdesk lets an agent add
        TICKET_NAME_MAX = 1024,       // bytes of a subject, a name, a tag
        TICKET_MESSAGES_MAX = 1000,   // ten pages of a hundred
};

// 0, or -ENOMEM. A field of another type than it should have counts as null. ret must be empty.
_warn_unused_ int ticket_from_json(const json_t *root, struct freshdesk_ticket *ret);
_warn_unused_ int message_from_json(const json_t *root, struct freshdesk_message *ret);
void message_clear(struct freshdesk_message *m);
