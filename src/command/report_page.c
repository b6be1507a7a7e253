#include "command/report_page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "text/html.h"

enum {
        PLOT_WIDTH = 480,
        PLOT_HEIGHT = 280,
        PLOT_LEFT = 64, // room for the axis' title and for "100 %"
        PLOT_BOTTOM = 44,
        PLOT_MARGIN = 22, // half of "100 %", which stands under the right end
        CELL_MAX = 400
};

static const char style[] =
                "body{font:15px/1.45 system-ui,sans-serif;color:#1c2430;max-width:60rem;margin:2rem auto;padding:0 "
                "1rem}"
                "h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}table{border-collapse:collapse;margin:.5rem "
                "0;display:block;overflow-x:auto}"
                "td,th{padding:.25rem .7rem;border-bottom:1px solid #d9dee5;text-align:left;vertical-align:top}"
                "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}svg{max-width:100%;height:auto}"
                ".key{display:flex;flex-wrap:wrap;gap:.8rem}.key div{border:1px solid #d9dee5;border-radius:.4rem;"
                "padding:.6rem 1rem}.key b{display:block;font-size:1.35rem}";

static void text(struct buffer *out, const char *s) {
        html_escape(out, s, strlen(s));
}

static double number(const json_t *o, const char *key) {
        return json_number_value(json_object_get(o, key));
}

static void heading(struct buffer *out, const char *title, const char *about) {
        buffer_add_str(out, "<h2>");
        text(out, title);
        buffer_add_str(out, "</h2>\n<p>");
        text(out, about);
        buffer_add_str(out, "</p>\n");
}

static void key_figure(struct buffer *out, const char *name, int decimals, const char *unit, double value) {
        buffer_addf(out, "<div><b>%.*f%s</b>", decimals, value, unit);
        text(out, name);
        buffer_add_str(out, "</div>\n");
}

static void key_figures(struct buffer *out, const json_t *report) {
        const json_t *a = json_object_get(report, "automatic"), *q = json_object_get(report, "quality");

        buffer_add_str(out, "<div class=\"key\">\n");
        key_figure(out, "tickets", 0, "", number(report, "tickets"));
        key_figure(out, "answered", 1, " %", 100 * number(a, "share"));
        if (json_is_number(json_object_get(a, "share_wrong"))) {
                key_figure(out, "of these wrong, where it is known", 1, " %", 100 * number(a, "share_wrong"));
                if (json_is_number(json_object_get(a, "bound")))
                        key_figure(out, "at most, with 95 % certainty", 1, " %", 100 * number(a, "bound"));
        }
        key_figure(out, "hours saved", 1, "", number(a, "hours_saved"));
        if (q) {
                key_figure(out, "tier right", 1, " %", 100 * number(q, "accuracy"));
                key_figure(out, "complex missed", 1, " %", 100 * number(q, "complex_missed"));
                key_figure(out, "calibration error", 3, "", number(q, "calibration_error"));
        }
        buffer_add_str(out, "</div>\n");
}

// ---- tables: each row an object, each column one of its values

static void cell(struct buffer *out, const json_t *v) {
        if (json_is_number(v)) {
                buffer_addf(out, "<td class=\"n\">%.*f</td>", json_is_integer(v) ? 0 : 3, json_number_value(v));
                return;
        }
        buffer_add_str(out, "<td>");
        if (json_is_string(v)) {
                const char *s = json_string_value(v);
                html_escape(out, s, strnlen(s, CELL_MAX));
        } else if (json_is_array(v)) {
                for (size_t i = 0; i < json_array_size(v); i++) {
                        const char *s = json_string_value(json_array_get(v, i));
                        buffer_add_str(out, i ? "<br>" : "");
                        text(out, s ? s : "");
                }
        } else if (json_is_object(v)) {
                const char *key;
                json_t *value;
                bool first = true;
                json_object_foreach((json_t *) (uintptr_t) v, key, value) {
                        buffer_add_str(out, first ? "" : ", ");
                        text(out, key);
                        buffer_addf(out, " %.0f", json_number_value(value));
                        first = false;
                }
        } else {
                buffer_add_str(out, json_is_true(v) ? "yes" : json_is_false(v) ? "no" : "–");
        }
        buffer_add_str(out, "</td>");
}

static void head_cell(struct buffer *out, const char *name, bool right) {
        buffer_add_str(out, right ? "<th class=\"n\">" : "<th>");
        for (; *name; name++)
                buffer_add_char(out, *name == '_' ? ' ' : *name);
        buffer_add_str(out, "</th>");
}

static void table_row(struct buffer *out, const char *name, const json_t *row, bool head) {
        const char *key;
        json_t *value;

        buffer_add_str(out, "<tr>");
        if (name && head)
                buffer_add_str(out, "<th></th>");
        if (name && !head) {
                buffer_add_str(out, "<td>");
                text(out, name);
                buffer_add_str(out, "</td>");
        }
        json_object_foreach((json_t *) (uintptr_t) row, key, value) {
                if (head)
                        head_cell(out, key, json_is_number(value));
                else
                        cell(out, value);
        }
        buffer_add_str(out, "</tr>\n");
}

static void table(struct buffer *out, const json_t *rows) {
        const char *key;
        json_t *row;
        size_t i;
        bool head = true;

        buffer_add_str(out, "<table>\n");
        json_array_foreach(rows, i, row) {
                if (i == 0)
                        table_row(out, NULL, row, true);
                table_row(out, NULL, row, false);
        }
        if (json_is_object(rows))
                json_object_foreach((json_t *) (uintptr_t) rows, key, row) {
                        if (head)
                                table_row(out, key, row, true);
                        table_row(out, key, row, false);
                        head = false;
                }
        buffer_add_str(out, "</table>\n");
}

// ---- plots

static double place_x(double share) {
        return PLOT_LEFT + fmin(fmax(share, 0), 1) * (PLOT_WIDTH - PLOT_LEFT - PLOT_MARGIN);
}

static double place_y(double share) {
        return PLOT_HEIGHT - PLOT_BOTTOM - fmin(fmax(share, 0), 1) * (PLOT_HEIGHT - PLOT_BOTTOM - PLOT_MARGIN);
}

static void plot_begin(struct buffer *out, const char *across, const char *up, double highest) {
        buffer_addf(out, "<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" font-size=\"11\">\n",
                    PLOT_WIDTH, PLOT_HEIGHT, PLOT_WIDTH, PLOT_HEIGHT);
        for (int i = 0; i <= 4; i++) {
                double at = i / 4.0;
                buffer_addf(out,
                            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#e3e7ec\"/>"
                            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%.*f %%</text>"
                            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%.0f %%</text>\n",
                            place_x(0), place_y(at), place_x(1), place_y(at), place_x(0) - 4, place_y(at) + 4,
                            highest < 0.2 ? 1 : 0, 100 * at * highest, place_x(at), place_y(0) + 19, 100 * at);
        }
        buffer_addf(out,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>"
                    "<text x=\"12\" y=\"%.1f\" text-anchor=\"middle\" transform=\"rotate(-90 12 %.1f)\">%s</text>\n",
                    place_x(0.5), PLOT_HEIGHT - 8, across, place_y(0.5), place_y(0.5), up);
}

static void plot_line(struct buffer *out, const json_t *points, const char *y_name, double highest, const char *look) {
        json_t *p;
        size_t i;

        buffer_add_str(out, "<polyline fill=\"none\" ");
        buffer_add_str(out, look);
        buffer_add_str(out, " points=\"");
        json_array_foreach(points, i, p) buffer_addf(out, "%.1f,%.1f ", place_x(number(p, "coverage")),
                                                     place_y(number(p, y_name) / highest));
        buffer_add_str(out, "\"/>\n");
}

static void plot_risk(struct buffer *out, const json_t *report) {
        const json_t *points = json_object_get(report, "curve"), *limit = json_object_get(report, "thresholds");
        double highest = 0.05;
        json_t *p;
        size_t i;

        if (!json_array_size(points))
                return;
        json_array_foreach(points, i, p) highest = fmax(highest, number(p, "share_wrong"));
        highest = fmin(1, ceil(highest * 24) / 20);
        heading(out, "Coverage against risk",
                "How many of all tickets would be answered as the threshold falls, and what share of these would be "
                "wrong. Dashed: the bound on it, with 95 % certainty for each threshold by itself.");
        plot_begin(out, "tickets answered", "wrong", highest);
        plot_line(out, points, "bound", highest, "stroke=\"#8a94a3\" stroke-dasharray=\"4 3\"");
        plot_line(out, points, "share_wrong", highest, "stroke=\"#1f5fbf\" stroke-width=\"2\"");
        if (limit)
                buffer_addf(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#c0392b\"/>\n",
                            place_x(0), place_y(number(limit, "max_wrong") / highest), place_x(1),
                            place_y(number(limit, "max_wrong") / highest));
        buffer_add_str(out, "</svg>\n");
}

static void plot_bins(struct buffer *out, const json_t *bins) {
        json_t *b;
        size_t i;

        plot_begin(out, "confidence", "right", 1);
        buffer_addf(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#8a94a3\"/>\n", place_x(0),
                    place_y(0), place_x(1), place_y(1));
        json_array_foreach(bins, i, b) {
                double x = place_x(number(b, "from")), right = number(b, "right");
                buffer_addf(out,
                            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#1f5fbf\" "
                            "fill-opacity=\".55\"/>\n",
                            x + 1, place_y(right), place_x(number(b, "to")) - x - 2, place_y(0) - place_y(right));
        }
        buffer_add_str(out, "</svg>\n");
}

static void quality(struct buffer *out, const json_t *q) {
        if (!q)
                return;
        heading(out, "Tiers", "What tickets are, and what was said of them.");
        table(out, json_object_get(q, "tiers"));
        heading(out, "Calibration",
                "Of the tickets with a confidence of 0.8, 8 in 10 should be right: bars on the line.");
        plot_bins(out, json_object_get(q, "bins"));
        table(out, json_object_get(q, "bins"));
        heading(out, "Categories",
                "Recall: of the tickets of a category, how many were put there. Precision: of those "
                "put there, how many belong.");
        table(out, json_object_get(q, "categories"));
        heading(out, "Languages", "As the file says, else as it is recognised.");
        table(out, json_object_get(q, "languages"));
        heading(out, "Lengths", "Of subject and description together.");
        table(out, json_object_get(q, "lengths"));
}

static void risk(struct buffer *out, const json_t *t) {
        const json_t *splits = json_object_get(t, "splits");

        if (!t)
                return;
        heading(out, "Thresholds",
                "The smallest confidence for each category under which the share of wrong answers stays under the "
                "limit "
                "with 95 % certainty, and the evidence for it. Where there is none, agents get drafts.");
        buffer_addf(out,
                    "<p>Limit %.3f. Tried on %.0f random halves: in %.0f of them more was wrong in the other half; "
                    "%.1f "
                    "%% of the tickets were answered, %.2f %% of these wrong.</p>\n",
                    number(t, "max_wrong"), number(splits, "splits"), number(splits, "broken"),
                    100 * number(splits, "coverage"), 100 * number(splits, "share_wrong"));
        table(out, json_object_get(t, "categories"));
}

static void service(struct buffer *out, const json_t *report) {
        const json_t *gaps = json_object_get(report, "gaps");

        if (json_array_size(json_object_get(report, "articles"))) {
                heading(out, "Articles that carried the answers", "The first thirty.");
                table(out, json_object_get(report, "articles"));
        }
        if (json_array_size(json_object_get(gaps, "groups"))) {
                heading(out, "Questions that no article answers",
                        "Of tickets that an article could resolve, put together by likeness: what to write next.");
                table(out, json_object_get(gaps, "groups"));
        }
}

void report_page(struct buffer *out, const char *title, const char *file, const json_t *report) {
        char now[CLOCK_ISO_SIZE];

        clock_iso(clock_now_ms(), now);
        buffer_add_str(out, REPORT_PAGE_START
                       "<meta name=\"viewport\" content=\"width=device-width\">"
                       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
                       "'unsafe-inline'\"><title>");
        text(out, title);
        buffer_addf(out, "</title><style>%s</style></head><body>\n<h1>", style);
        text(out, title);
        buffer_add_str(out, "</h1>\n<p>");
        text(out, file);
        buffer_addf(out, ", %s. Nothing was sent and nothing was stored.</p>\n", now);
        key_figures(out, report);
        heading(out, "Decisions", "What would have been done.");
        buffer_add_str(out, "<table>");
        table_row(out, NULL, json_object_get(report, "actions"), true);
        table_row(out, NULL, json_object_get(report, "actions"), false);
        buffer_add_str(out, "</table>\n");
        plot_risk(out, report);
        risk(out, json_object_get(report, "thresholds"));
        service(out, report);
        quality(out, json_object_get(report, "quality"));
        buffer_add_str(out, "</body></html>\n");
}
