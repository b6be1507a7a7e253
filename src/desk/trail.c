#include "desk/trail.h"

#include <errno.h>
#include <stdlib.h>

#include "base/json.h"

void trail_init(struct trail *t, int64_t ticket_id, int64_t job_id) {
        *t = (struct trail){.ticket_id = ticket_id, .job_id = job_id};
}

int trail_add(struct trail *t, const char *step, json_t *detail) {
        json_t *owned _cleanup_json_ = detail;

        if (!owned)
                return -ENOMEM;
        if (t->n == TRAIL_MAX)
                return -ENOBUFS;

        char *text = json_text(owned);
        if (!text)
                return -ENOMEM;
        t->rows[t->n++] = (struct audit_row){
                        .ticket_id = t->ticket_id, .job_id = t->job_id, .step = step, .detail = text};
        return 0;
}

void trail_clear(struct trail *t) {
        for (size_t i = 0; i < t->n; i++)
                free((char *) (uintptr_t) t->rows[i].detail);
        t->n = 0;
}
