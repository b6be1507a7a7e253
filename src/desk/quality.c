#include "desk/quality.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/string.h"
#include "desk/curve.h"
#include "desk/evidence.h"
#include "desk/held.h"
#include "desk/limits.h"
#include "store/answers.h"

#define DAY_MS ((int64_t) 86400000)

struct known {
        struct measure m;
        struct risk_row *rows; // of those that could have been answered
        size_t n;
};

static void take(void *arg, const struct known_decision *row) {
        struct known *k = arg;

        measure_add_known(&k->m, row->confidence, row->right);
        if (!str_eq(row->tier, tier_name(TIER_COMPLEX)))
                k->rows[k->n++] = (struct risk_row){.confidence = row->confidence, .wrong = !row->right};
}

static json_t *evidence(struct desk *d, struct store *s) {
        struct evidence x _cleanup_evidence_ = {.rows = NULL};
        char *text _cleanup_free_ = NULL;

        if (evidence_load(s, &text, NULL) <= 0 || evidence_parse(desk_triage(d), text, &x, NULL) < 0)
                return json_null();
        return json_pack("{s:I, s:o}", "tickets", (json_int_t) x.n, "curve", curve_json(x.rows, x.n, x.n));
}

json_t *quality_json(struct desk *d, struct store *s, int64_t days, struct error *e) {
        struct risk_row *rows _cleanup_free_ = calloc(QUALITY_DECISIONS_MAX, sizeof(*rows));
        struct known k = {.rows = rows};

        if (!rows) {
                (void) error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the decisions");
                return NULL;
        }
        if (store_known_decisions(s, clock_now_ms() - days * DAY_MS, held_watch_ms(d), QUALITY_DECISIONS_MAX, take, &k,
                                  e) < 0)
                return NULL;
        json_t *error = k.m.n > 0 ? json_rounded(measure_ece(&k.m)) : json_null();
        return json_pack("{s:I, s:I, s:I, s:{s:o, s:o}, s:o, s:o, s:o}", "days", (json_int_t) days, "decisions",
                         (json_int_t) k.m.n, "right", (json_int_t) k.m.right, "calibration", "error", error, "bins",
                         bins_json(&k.m), "curve", curve_json(k.rows, k.n, k.m.n), "evidence", evidence(d, s), "risk",
                         limits_json(desk_limits(d)));
}
