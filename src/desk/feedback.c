// What agents say of a decision: kept, written into the audit trail, and learned from by `firstline train`.
#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "base/string.h"
#include "desk/limits.h"
#include "desk/parts.h"
#include "triage/labels.h"

static const char *const answers[] = {"right", "wrong", "incomplete"};

static int check(struct desk *d, const struct feedback *f, struct error *e) {
        enum tier tier;
        bool known = !f->answer;

        if (!f->tier && !f->category && !f->answer)
                return error_set(e, -EINVAL, ERROR_MISSING_FIELD, "\"tier\", \"category\" or \"answer\" is needed");
        if (f->tier && tier_parse(f->tier, &tier) < 0)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "\"tier\" must be tier_1, tier_2 or complex");
        if (f->category && labels_find(triage_labels(d->triage), f->category) == LABEL_NONE)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "\"category\" is not in categories.tsv");
        for (size_t i = 0; f->answer && i < ARRAY_LEN(answers); i++)
                known = known || str_eq(f->answer, answers[i]);
        if (!known)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "\"answer\" must be right, wrong or incomplete");
        if (f->by && strlen(f->by) > FEEDBACK_BY_MAX)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "\"by\" has at most %d bytes", FEEDBACK_BY_MAX);
        return 0;
}

int desk_feedback(struct desk *d, const struct feedback *f, int64_t *ret_id, struct error *e) {
        struct store *s = atomic_load(&d->store);
        int r = check(d, f, e);

        if (r < 0)
                return r;
        if (!s)
                return error_set(e, -ENODEV, ERROR_STORAGE_UNAVAILABLE,
                                 "the database is not open; GET /health says why");
        json_t *detail = json_pack("{s:s?, s:s?, s:s?, s:s?, s:s*}", "tier", f->tier, "category", f->category, "answer",
                                   f->answer, "by", f->by, "fate", f->fate);
        char *text _cleanup_free_ = detail ? json_text_as(detail, JSON_COMPACT) : NULL;
        json_decref(detail);
        if (!text)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the feedback");
        r = store_feedback_put(s, f, &(struct audit_row){.step = "feedback", .detail = text}, ret_id, e);
        if (r == 0)
                limits_look_again(d->limits);
        return r;
}
