// The list of tickets by when they were last updated: what the reconciliation poll reads.
#pragma once

#include "freshdesk/freshdesk.h"

enum {
        TICKET_LIST_PAGE = 100,      // rows a page: the most that Freshdesk gives
        TICKET_LIST_PAGES_MAX = 300, // of one list: the service's own limit
        LISTED_TAGS_MAX = 32,        // more are left out
        LISTED_TAG_SIZE = 64,        // a longer one is cut, and is none of ours
};

struct freshdesk_listed {
        int64_t id, requester_id, responder_id, group_id; // 0: nobody, none
        int64_t created_ms, updated_ms;                   // by Freshdesk's clock, in whole seconds; 0: not said
        int status, source;                               // 0: not said
        bool spam, deleted;
        char subject[256]; // cut; "" where there is none
        char tags[LISTED_TAGS_MAX][LISTED_TAG_SIZE];
        size_t n_tags;
};

struct freshdesk_page {
        struct freshdesk_listed *rows; // as they were sent; rows without an id are left out
        size_t n;
        bool more;      // there is another page behind this one
        bool ordered;   // by updated_ms, oldest first, as was asked for
        int64_t now_ms; // Freshdesk's clock, from the answer's Date; 0: not said
};
void freshdesk_page_clear(struct freshdesk_page *p);
#define _cleanup_freshdesk_page_ _cleanup_(freshdesk_page_clear)

// A ticket of the past, with what people made of it.
struct freshdesk_past {
        struct freshdesk_ticket ticket; // without conversation and requester's name
        json_t *custom_fields;          // an object, or NULL
};
struct freshdesk_past_page {
        struct freshdesk_past *rows; // spam, deleted ones and rows without an id are left out
        size_t n;
        size_t listed;   // rows that there were
        int64_t last_ms; // the newest update on the page; 0: not said
        bool more;
};
void freshdesk_past_page_clear(struct freshdesk_past_page *p);
#define _cleanup_freshdesk_past_page_ _cleanup_(freshdesk_past_page_clear)
// One page of the tickets that were updated at since_ms or later, oldest update first, with their descriptions: costs
// three calls of the allowance. Failures as freshdesk_ticket. ret must be empty.
_warn_unused_ int freshdesk_past_page(struct freshdesk *f, int64_t since_ms, unsigned page,
                                      struct freshdesk_past_page *ret, struct freshdesk_result *r, struct error *e);

// One page (from 1 on) of the tickets that were updated at since_ms or later, oldest update first. Whether the service
// takes updated_since to include that second is not documented, so the second before is asked for as well. A Link
// header only tells that there is a next page: its address is never used, so that no answer leads us to another host.
// Failures as freshdesk_ticket; -EINVAL for a page out of range. ret must be empty.
_warn_unused_ int freshdesk_ticket_page(struct freshdesk *f, int64_t since_ms, unsigned page,
                                        struct freshdesk_page *ret, struct freshdesk_result *r, struct error *e);
