#include "command/report_view.h"

#include <stdint.h>

#include "base/string.h"
#include "command/output.h"

enum { GROUPS_SHOWN = 10, POINTS_SHOWN = 8, LINE_SIZE = 80 };

static double number(const json_t *o, const char *key) {
        return json_number_value(json_object_get(o, key));
}

static double percent(const json_t *o, const char *key) {
        return 100 * number(o, key);
}

static const char *string(const json_t *o, const char *key) {
        const char *s = json_string_value(json_object_get(o, key));

        return s ? s : "";
}

static void title(FILE *f, const char *text) {
        fputc('\n', f);
        output_styled(f, OUTPUT_BOLD, text);
        fputc('\n', f);
}

static void view_service(FILE *f, const json_t *report) {
        const json_t *a = json_object_get(report, "automatic"), *d = json_object_get(report, "actions");

        output_field(f, "Tickets", "%.0f, %.0f labelled, in %.1f s", number(report, "tickets"),
                     number(report, "labelled"), number(report, "seconds"));
        if (number(report, "unread_labels") > 0)
                output_field(f, "Not read", "%.0f of the labels (%s)", number(report, "unread_labels"),
                             string(report, "first_unread"));
        if (number(report, "repeats") > 0)
                output_field(f, "Repeats", "%.0f with the text of another; as evidence a text counts once",
                             number(report, "repeats"));
        if (number(report, "learned_from") > 0)
                output_field(f, "Learned", "%.0f taught the classifier that is in use, and are no evidence",
                             number(report, "learned_from"));
        output_field(f, "Resolved", "%.0f", number(d, "auto_resolve"));
        output_field(f, "Answered", "%.0f", number(d, "answer"));
        if (number(d, "draft") > 0)
                output_field(f, "Drafts", "%.0f, for want of evidence", number(d, "draft"));
        output_field(f, "Escalated", "%.0f", number(d, "escalate"));
        if (number(d, "failed") > 0)
                output_field(f, "Failed", "%.0f", number(d, "failed"));
        if (json_is_number(json_object_get(a, "bound")))
                output_field(f, "Wrong",
                             "%.0f of %.0f whose truth is known (%.1f %%; at most %.1f %%): %.0f tier, %.0f article",
                             number(a, "wrong"), number(a, "known"), percent(a, "share_wrong"), percent(a, "bound"),
                             number(a, "wrong_tier"), number(a, "wrong_answer"));
        else if (json_is_number(json_object_get(a, "share_wrong")))
                output_field(f, "Wrong", "%.0f of %.0f, all of which the classifier has learned from",
                             number(a, "wrong"), number(a, "known"));
        else
                output_field(f, "Wrong", "not known: neither labels nor agents' answers tell");
        output_field(f, "Hours saved", "%.1f, at %g min a ticket", number(a, "hours_saved"),
                     number(report, "minutes_per_ticket"));
}

static void view_summaries(FILE *f, const json_t *groups) {
        const char *name;
        json_t *g;

        json_object_foreach((json_t *) (uintptr_t) groups, name, g) {
                fprintf(f, "  %7.0f  %.3f  %.3f  %.3f  ", number(g, "tickets"), number(g, "accuracy"),
                        number(g, "complex_missed"), number(g, "calibration_error"));
                output_line(f, name);
                fputc('\n', f);
        }
}

static void view_quality(FILE *f, const json_t *q) {
        json_t *row;
        size_t i;

        title(f, "Quality");
        if (json_is_number(json_object_get(q, "category_accuracy")))
                output_field(f, "Accuracy", "%.3f tier, %.3f category", number(q, "accuracy"),
                             number(q, "category_accuracy"));
        else
                output_field(f, "Accuracy", "%.3f tier", number(q, "accuracy"));
        output_field(f, "Macro-F1", "%.3f", number(q, "macro_f1"));
        output_field(f, "Missed", "%.3f of the complex ones", number(q, "complex_missed"));
        output_field(f, "Calibration", "%.3f expected error", number(q, "calibration_error"));
        fputs("\n  tickets  recall  said tier_1  tier_2  complex\n", f);
        json_array_foreach(json_object_get(q, "tiers"), i, row) {
                const json_t *said = json_object_get(row, "said");
                fprintf(f, "  %7.0f   %.3f  %11.0f  %6.0f  %7.0f  ", number(row, "tickets"), number(row, "recall"),
                        number(said, "tier_1"), number(said, "tier_2"), number(said, "complex"));
                output_line(f, string(row, "tier"));
                fputc('\n', f);
        }
        fputs("\n  confidence  tickets  right\n", f);
        json_array_foreach(json_object_get(q, "bins"), i, row)
                        fprintf(f, "       %.3f  %7.0f  %.3f\n", number(row, "confidence"), number(row, "tickets"),
                                number(row, "right"));
        fputs("\n  tickets  recall  precision\n", f);
        json_array_foreach(json_object_get(q, "categories"), i, row) {
                fprintf(f, "  %7.0f   %.3f      %.3f  ", number(row, "tickets"), number(row, "recall"),
                        number(row, "precision"));
                output_line(f, string(row, "category"));
                fputc('\n', f);
        }
        fputs("\n  tickets  accuracy, complex missed, calibration error\n", f);
        view_summaries(f, json_object_get(q, "languages"));
        view_summaries(f, json_object_get(q, "lengths"));
}

// A line that says the same as the one above is left out: where confidences are near each other many do.
static void view_curve(FILE *f, const json_t *points) {
        size_t n = json_array_size(points);
        char last[LINE_SIZE] = "", line[LINE_SIZE];

        title(f, "Coverage against risk");
        fputs("  threshold  answered  wrong  at most\n", f);
        for (size_t k = 0; n > 0 && k < POINTS_SHOWN; k++) {
                const json_t *p = json_array_get(points, (k + 1) * n / POINTS_SHOWN - (n >= POINTS_SHOWN));
                if (!p)
                        continue;
                (void) snprintf(line, sizeof(line), "      %.3f   %5.1f %%  %.3f    %.3f\n", number(p, "threshold"),
                                percent(p, "coverage"), number(p, "share_wrong"), number(p, "bound"));
                if (!str_eq(line, last))
                        fputs(line, f);
                str_copy(last, sizeof(last), line);
        }
}

static void view_thresholds(FILE *f, const json_t *t) {
        const json_t *s = json_object_get(t, "splits");
        json_t *row;
        size_t i;

        title(f, "Thresholds");
        output_field(f, "Limit", "%.3f, kept with %.0f %% certainty", number(t, "max_wrong"), percent(t, "certainty"));
        output_field(f, "Tried", "%.0f random halves, broken in %.0f; answered %.1f %%, %.2f %% of these wrong",
                     number(s, "splits"), number(s, "broken"), percent(s, "coverage"), percent(s, "share_wrong"));
        fputs("\n  threshold  evidence  above  wrong  at most\n", f);
        json_array_foreach(json_object_get(t, "categories"), i, row) {
                if (json_is_true(json_object_get(row, "automatic")))
                        fprintf(f, "       %.2f", number(row, "threshold"));
                else
                        fputs("     drafts", f);
                fprintf(f, "   %7.0f  %5.0f  %5.0f    %.3f  ", number(row, "evidence"), number(row, "above"),
                        number(row, "wrong"), number(row, "bound"));
                output_line(f, string(row, "category"));
                fputc('\n', f);
        }
}

static void view_articles(FILE *f, const json_t *list) {
        json_t *row;
        size_t i;

        title(f, "Articles that carried the answers");
        json_array_foreach(list, i, row) {
                if (i == GROUPS_SHOWN)
                        break;
                fprintf(f, "  %7.0f  ", number(row, "tickets"));
                output_line(f, string(row, "title"));
                fputs("  ", f);
                output_styled(f, OUTPUT_DIM, string(row, "document"));
                fputc('\n', f);
        }
}

static void view_gaps(FILE *f, const json_t *gaps) {
        json_t *row;
        size_t i;

        title(f, "Questions that no article answers");
        fprintf(f, "  %7.0f  in all\n", number(gaps, "questions"));
        json_array_foreach(json_object_get(gaps, "groups"), i, row) {
                const char *first = json_string_value(json_array_get(json_object_get(row, "examples"), 0));
                if (i == GROUPS_SHOWN)
                        break;
                fprintf(f, "  %7.0f  ", number(row, "tickets"));
                output_line(f, first ? first : "");
                fputc('\n', f);
        }
}

void report_view(FILE *f, const json_t *report) {
        static const struct {
                const char *name;
                void (*view)(FILE *f, const json_t *part);
        } parts[] = {
                        {"quality", view_quality},   {"curve", view_curve}, {"thresholds", view_thresholds},
                        {"articles", view_articles}, {"gaps", view_gaps},
        };

        view_service(f, report);
        for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
                const json_t *part = json_object_get(report, parts[i].name);
                if (json_is_object(part) || json_array_size(part) > 0)
                        parts[i].view(f, part);
        }
}
