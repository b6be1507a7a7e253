// Counters, gauges and histograms, listed in one table, written in the Prometheus text format.
//
// Lock-free to update, from any thread. A metric has at most one label; its values are declared in the table, so that a
// series exists (at 0) before it first happens and no outside text ever becomes a label.
#pragma once

#include <stdint.h>

#include "base/buffer.h"
#include "base/metrics_table.h"

enum metric_id {
#define METRIC(id, kind, name, label, values, help) METRIC_##id,
        METRICS_TABLE(METRIC)
#undef METRIC
                        METRIC_COUNT_
};

enum metric_kind { METRIC_KIND_COUNTER, METRIC_KIND_GAUGE, METRIC_KIND_HISTOGRAM };

// value: one of the declared label values, NULL for a metric without label. An undeclared one is counted as "other".
void metric_add(enum metric_id id, const char *value, uint64_t n);
static inline void metric_inc(enum metric_id id, const char *value) {
        metric_add(id, value, 1);
}
void metric_set(enum metric_id id, const char *value, double v);              // gauges
void metric_observe_us(enum metric_id id, const char *value, int64_t micros); // histograms, exported in seconds

uint64_t metric_read(enum metric_id id, const char *value);  // of a counter; 0 for others
double metric_mean_ms(enum metric_id id, const char *value); // of a histogram; 0 before the first observation

void metrics_write(struct buffer *out); // the whole exposition
