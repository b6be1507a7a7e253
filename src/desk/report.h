// What a rehearsal tells, as one JSON document: terminal tables and the page are made from it.
#pragma once

#include <jansson.h>

#include "desk/gaps.h"
#include "desk/rehearsal.h"

struct report_options {
        double max_wrong;        // 0: no thresholds are tried
        double minutes;          // that an answered ticket would have cost a person
        bool service;            // what customers would have seen: articles, gaps, hours
        struct gaps_watch watch; // of the gaps, which take as long as some hundred tickets or longer
};

// NULL: no memory, the model failed, or it was stopped: e says which. Its fields are in doc/quality.md.
_warn_unused_ json_t *report_make(const struct rehearsal *r, const struct report_options *o, struct error *e);

// Of automatic answers whose truth is known, the share that would have been wrong; negative: none is known.
double report_share_wrong(const json_t *report);
