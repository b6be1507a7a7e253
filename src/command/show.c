#include "command/show.h"

#include <string.h>

#include "base/string.h"
#include "command/output.h"
#include "command/parts.h"

enum { INDENT = 2, PERCENT = 100 };

void show_findings(FILE *f, const struct findings *found, bool passages) {
        for (size_t i = 0; i < found->n; i++) {
                const struct finding *item = &found->items[i];

                if (passages && i > 0)
                        fputc('\n', f);
                fprintf(f, "  %.2f  ", item->score);
                output_styled(f, item->above ? OUTPUT_BOLD : OUTPUT_PLAIN, item->title);
                fputs("  ", f);
                output_styled(f, OUTPUT_DIM, item->document);
                if (!item->above)
                        output_styled(f, OUTPUT_DIM, "  (under the floor)");
                fputc('\n', f);
                if (passages)
                        output_paragraphs(f, item->passage, INDENT + 6, output_width(f));
        }
}

void show_outcome(FILE *f, const struct outcome *o) {
        const struct verdict *v = &o->verdict;

        if (o->ticket_id)
                output_field(f, "Ticket", "%lld", (long long) o->ticket_id);
        output_field(f, "Tier", "%s, %.0f %% sure, by %s", tier_name(v->tier), v->confidence * PERCENT,
                     triage_method_name(v->method));
        output_field(f, "Category", "%s, %.0f %% sure", v->category, v->category_confidence * PERCENT);
        if (*v->why)
                output_field(f, "Because", "%s", v->why);
        if (o->language.guess.language != LANGUAGE_UNKNOWN)
                output_field(f, "Language", "%s, %.0f %% sure%s", language_name(o->language.guess.language),
                             o->language.guess.confidence * PERCENT, o->language.served ? "" : ", not served");
        for (size_t i = 0; i < o->signals.n; i++) {
                const struct signal *s = &o->signals.items[i];
                output_field(f, i == 0 ? "Signals" : "", "%s: %s (%s)", s->name, s->words,
                             signal_effect_name(s->effect));
        }
        output_field(f, "Action", "%s", action_name(o->action));
        output_field(f, "Reason", "%s", o->reason);
        if (o->ticket_id)
                output_field(f, "Delivered", "%s", o->delivered ? "yes, confirmed by Freshdesk" : "no");
        output_field(f, "Took", "%.1f ms", o->duration_ms);
        if (o->findings.n > 0) {
                fputs("\nFound\n", f);
                show_findings(f, &o->findings, false);
        }
        if (!str_empty(o->response)) {
                fputs("\nResponse\n", f);
                output_paragraphs(f, o->response, INDENT, output_width(f));
        }
}

unsigned desk_flags_to_look(const struct settings *s) {
        return parts_database_exists(s) ? DESK_STORE | DESK_STORE_NEEDED : 0;
}
