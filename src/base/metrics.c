#include "base/metrics.h"

#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "base/string.h"

enum {
        METRIC_VALUES_MAX = 12, // declared values of one label; the unit test holds the table to it
        METRIC_BUCKETS = 18,
};

struct metric_spec {
        enum metric_kind kind;
        const char *name, *label, *values, *help;
};

static const struct metric_spec metric_specs[METRIC_COUNT_] = {
#define METRIC_SPEC(id, kind, name, label, values, help)                                                               \
        [METRIC_##id] = {METRIC_KIND_##kind, name, label, values, help},
                METRICS_TABLE(METRIC_SPEC)
#undef METRIC_SPEC
};

// From a query of the index (100 us) to a Freshdesk call that ran into its time limit.
static const int64_t metric_bounds_us[METRIC_BUCKETS] = {100,     250,     500,     1000,     2500,     5000,
                                                         10000,   25000,   50000,   100000,   250000,   500000,
                                                         1000000, 2500000, 5000000, 10000000, 30000000, 60000000};

// One for each declared value, the last for values nobody declared.
struct metric_series {
        _Atomic uint64_t value; // a counter's; of a gauge the bits of a double
        _Atomic uint64_t sum_us;
        _Atomic uint64_t buckets[METRIC_BUCKETS + 1]; // not cumulative; the last holds what is above all bounds
};
static struct metric_series metric_data[METRIC_COUNT_][METRIC_VALUES_MAX + 1];

// The i-th of "a|b|c", or NULL. *ret_len is its length.
static const char *metric_value(const char *values, size_t i, size_t *ret_len) {
        for (; values; values = strchr(values, '|') ? strchr(values, '|') + 1 : NULL) {
                if (i-- > 0)
                        continue;
                *ret_len = strcspn(values, "|");
                return values;
        }
        return NULL;
}

static struct metric_series *metric_find(enum metric_id id, enum metric_kind kind, const char *value) {
        const struct metric_spec *m;
        const char *name;
        size_t len;

        if ((unsigned) id >= METRIC_COUNT_ || metric_specs[id].kind != kind)
                return NULL;
        m = &metric_specs[id];
        if (!m->label)
                return &metric_data[id][0];
        for (size_t i = 0; i < METRIC_VALUES_MAX && (name = metric_value(m->values, i, &len)); i++)
                if (value && strncmp(value, name, len) == 0 && value[len] == '\0')
                        return &metric_data[id][i];
        return &metric_data[id][METRIC_VALUES_MAX];
}

void metric_add(enum metric_id id, const char *value, uint64_t n) {
        struct metric_series *s = metric_find(id, METRIC_KIND_COUNTER, value);

        if (s)
                atomic_fetch_add_explicit(&s->value, n, memory_order_relaxed);
}

void metric_set(enum metric_id id, const char *value, double v) {
        struct metric_series *s = metric_find(id, METRIC_KIND_GAUGE, value);
        uint64_t bits;

        if (!s)
                return;
        memcpy(&bits, &v, sizeof(bits));
        atomic_store_explicit(&s->value, bits, memory_order_relaxed);
}

void metric_observe_us(enum metric_id id, const char *value, int64_t micros) {
        struct metric_series *s = metric_find(id, METRIC_KIND_HISTOGRAM, value);
        size_t i = 0;

        if (!s)
                return;
        micros = MAX(micros, 0);
        while (i < METRIC_BUCKETS && micros > metric_bounds_us[i])
                i++;
        atomic_fetch_add_explicit(&s->buckets[i], 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&s->sum_us, (uint64_t) micros, memory_order_relaxed);
}

uint64_t metric_read(enum metric_id id, const char *value) {
        struct metric_series *s = metric_find(id, METRIC_KIND_COUNTER, value);

        return s ? atomic_load_explicit(&s->value, memory_order_relaxed) : 0;
}

static uint64_t metric_count(struct metric_series *s) {
        uint64_t n = 0;

        for (size_t i = 0; i <= METRIC_BUCKETS; i++)
                n += atomic_load_explicit(&s->buckets[i], memory_order_relaxed);
        return n;
}

double metric_mean_ms(enum metric_id id, const char *value) {
        struct metric_series *s = metric_find(id, METRIC_KIND_HISTOGRAM, value);
        uint64_t n = s ? metric_count(s) : 0;

        return n > 0 ? (double) atomic_load_explicit(&s->sum_us, memory_order_relaxed) / (double) n / 1000 : 0;
}

// A help text or a label's value: the format escapes backslash and line break, and in values the quote.
static void metric_escape(struct buffer *out, const char *s, size_t n, bool quotes) {
        for (size_t i = 0; i < n; i++) {
                if (s[i] == '\n')
                        buffer_add_str(out, "\\n");
                else if (s[i] == '\\' || (quotes && s[i] == '"'))
                        buffer_addf(out, "\\%c", s[i]);
                else
                        buffer_add_char(out, s[i]);
        }
}

struct metric_label {
        const char *name, *value; // name NULL: none
        size_t value_len;
};

// name + suffix, the labels and a space.
static void metric_write_name(struct buffer *out, const struct metric_spec *m, const char *suffix,
                              const struct metric_label *l, const char *le) {
        buffer_addf(out, "%s%s", m->name, suffix);
        if (l->name || le)
                buffer_add_char(out, '{');
        if (l->name) {
                buffer_addf(out, "%s=\"", l->name);
                metric_escape(out, l->value, l->value_len, true);
                buffer_add_char(out, '"');
        }
        if (le)
                buffer_addf(out, "%sle=\"%s\"", l->name ? "," : "", le);
        if (l->name || le)
                buffer_add_char(out, '}');
        buffer_add_char(out, ' ');
}

static void metric_write_real(struct buffer *out, double v) {
        if (isnan(v))
                buffer_add_str(out, "NaN\n");
        else if (isinf(v))
                buffer_add_str(out, v > 0 ? "+Inf\n" : "-Inf\n");
        else
                buffer_addf(out, "%.15g\n", v);
}

static void metric_write_histogram(struct buffer *out, const struct metric_spec *m, const struct metric_label *l,
                                   struct metric_series *s) {
        uint64_t below = 0;
        char le[32];

        // The count is what the buckets sum to in this reading, so that the series agree while others update them.
        for (size_t i = 0; i <= METRIC_BUCKETS; i++) {
                below += atomic_load_explicit(&s->buckets[i], memory_order_relaxed);
                if (i < METRIC_BUCKETS)
                        (void) snprintf(le, sizeof(le), "%g", (double) metric_bounds_us[i] / 1e6);
                metric_write_name(out, m, "_bucket", l, i < METRIC_BUCKETS ? le : "+Inf");
                buffer_addf(out, "%llu\n", (unsigned long long) below);
        }
        metric_write_name(out, m, "_sum", l, NULL);
        metric_write_real(out, (double) atomic_load_explicit(&s->sum_us, memory_order_relaxed) / 1e6);
        metric_write_name(out, m, "_count", l, NULL);
        buffer_addf(out, "%llu\n", (unsigned long long) below);
}

static void metric_write_series(struct buffer *out, const struct metric_spec *m, const struct metric_label *l,
                                struct metric_series *s) {
        uint64_t bits = atomic_load_explicit(&s->value, memory_order_relaxed);
        double v;

        if (m->kind == METRIC_KIND_HISTOGRAM) {
                metric_write_histogram(out, m, l, s);
                return;
        }
        metric_write_name(out, m, "", l, NULL);
        if (m->kind == METRIC_KIND_COUNTER) {
                buffer_addf(out, "%llu\n", (unsigned long long) bits);
                return;
        }
        memcpy(&v, &bits, sizeof(v));
        metric_write_real(out, v);
}

static void metric_write(struct buffer *out, enum metric_id id) {
        static const char *const kinds[] = {"counter", "gauge", "histogram"};
        const struct metric_spec *m = &metric_specs[id];
        struct metric_series *other = &metric_data[id][METRIC_VALUES_MAX];
        struct metric_label l = {m->label, NULL, 0};

        buffer_addf(out, "# HELP %s ", m->name);
        metric_escape(out, m->help, strlen(m->help), false);
        buffer_addf(out, "\n# TYPE %s %s\n", m->name, kinds[m->kind]);
        if (!m->label) {
                metric_write_series(out, m, &l, &metric_data[id][0]);
                return;
        }
        for (size_t i = 0; i < METRIC_VALUES_MAX && (l.value = metric_value(m->values, i, &l.value_len)); i++)
                metric_write_series(out, m, &l, &metric_data[id][i]);
        // Only a value missing in the table gets here, so the series appears only when there is one.
        if (atomic_load(&other->value) != 0 || metric_count(other) > 0) {
                l = (struct metric_label){m->label, "other", strlen("other")};
                metric_write_series(out, m, &l, other);
        }
}

void metrics_write(struct buffer *out) {
        for (unsigned id = 0; id < METRIC_COUNT_; id++)
                metric_write(out, (enum metric_id) id);
}
