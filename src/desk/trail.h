// The audit rows that one part of a journey leaves, gathered so that they are stored in one transaction with what they
// tell.
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "base/memory.h"
#include "store/store.h"

enum { TRAIL_MAX = 16 }; // a journey leaves about six rows between two transactions

struct trail {
        int64_t ticket_id, job_id;
        struct audit_row rows[TRAIL_MAX];
        size_t n;
};

void trail_init(struct trail *t, int64_t ticket_id, int64_t job_id);
// Takes the reference to detail (NULL counts as no memory). -ENOMEM, or -ENOBUFS when the trail is full.
int trail_add(struct trail *t, const char *step, json_t *detail);
void trail_clear(struct trail *t);
#define _cleanup_trail_ _cleanup_(trail_clear)
