#include "desk/curve.h"

#include "base/json.h"

json_t *curve_json(struct risk_row *rows, size_t n, size_t all) {
        struct risk_point points[RISK_POINTS_MAX];
        size_t k = risk_curve(rows, n, points);
        json_t *list = json_array();

        for (size_t i = 0; i < k; i++)
                json_array_append_new(list, json_pack("{s:o, s:o, s:I, s:I, s:o, s:o}", "threshold",
                                                      json_rounded(points[i].threshold), "coverage",
                                                      json_ratio(points[i].n, all), "tickets", (json_int_t) points[i].n,
                                                      "wrong", (json_int_t) points[i].wrong, "share_wrong",
                                                      json_ratio(points[i].wrong, points[i].n), "bound",
                                                      json_rounded(risk_upper_bound(points[i].wrong, points[i].n,
                                                                                    RISK_CERTAINTY))));
        return list;
}

json_t *bins_json(const struct measure *m) {
        json_t *list = json_array();

        for (size_t b = 0; b < MEASURE_BINS; b++)
                if (m->bin_n[b] > 0)
                        json_array_append_new(list,
                                              json_pack("{s:o, s:o, s:I, s:o, s:o}", "from",
                                                        json_rounded((double) b / MEASURE_BINS), "to",
                                                        json_rounded((double) (b + 1) / MEASURE_BINS), "tickets",
                                                        (json_int_t) m->bin_n[b], "confidence",
                                                        json_rounded(m->bin_confidence[b] / (double) m->bin_n[b]),
                                                        "right",
                                                        json_rounded((double) m->bin_right[b] / (double) m->bin_n[b])));
        return list;
}
