// The evidence that MAX_WRONG goes by: tickets whose truth is known, kept in the database by `rehearse --keep`.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "store/store.h"
#include "triage/risk.h"
#include "triage/triage.h"

struct rehearsal;

enum { EVIDENCE_DATE_SIZE = 11, EVIDENCE_MODEL_SIZE = 96, EVIDENCE_METHOD_SIZE = 16 };

struct evidence {
        char date[EVIDENCE_DATE_SIZE];     // "2026-01-31", on which it was kept
        int64_t kept_ms;                   // when; the day's beginning where only that is known
        char model[EVIDENCE_MODEL_SIZE];   // version of the encoder; "": without
        char method[EVIDENCE_METHOD_SIZE]; // that decided
        char learned[TRIAGE_VERSION_SIZE]; // version of what it had learned; "": nothing
        struct risk_row *rows;             // of each ticket that would be answered
        size_t n;
};
void evidence_clear(struct evidence *x);
#define _cleanup_evidence_ _cleanup_(evidence_clear)

// Its text as it stands in the database, which the caller frees: 1, 0: there is none, or negative.
_warn_unused_ int evidence_load(struct store *s, char **ret_text, struct error *e);
// Categories by their place in t. -EINVAL with e, which says what is wrong with it; -ENOMEM.
_warn_unused_ int evidence_parse(const struct triage *t, const char *text, struct evidence *ret, struct error *e);

// Keeps the rehearsal's rows as evidence in the place of the former. -ENODATA: of no ticket the truth is known.
_warn_unused_ int evidence_keep(struct store *s, const struct rehearsal *r, size_t *ret_rows, struct error *e);
