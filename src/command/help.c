#include "command/help.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "base/string.h"
#include "command/list.h"
#include "command/output.h"

enum { HELP_COLUMN = 26 }; // where explanations begin

static void heading(FILE *f, const char *text) {
        fputc('\n', f);
        output_styled(f, OUTPUT_BOLD, text);
        fputc('\n', f);
}

// A term on the left, its explanation broken into a column of its own on the right.
static void item(FILE *f, const char *term, const char *text) {
        char *wrapped _cleanup_free_ = NULL;
        size_t size;
        FILE *m = open_memstream(&wrapped, &size);

        if (!m)
                return;
        output_paragraphs(m, text, HELP_COLUMN, output_width(f));
        if (fclose(m) != 0)
                return;
        // A term that is too long has a line to itself.
        if (strlen(term) + 4 > HELP_COLUMN) {
                fprintf(f, "  %s\n%s", term, wrapped);
                return;
        }
        fprintf(f, "  %-*s%s", HELP_COLUMN - 2, term, wrapped + MIN(size, (size_t) HELP_COLUMN));
}

static void option_item(FILE *f, const struct command_option *o) {
        char term[64];

        (void) snprintf(term, sizeof(term), "%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
        item(f, term, o->help);
}

static void setting_item(FILE *f, const struct setting_spec *s) {
        char option[64], term[96], text[512];
        size_t i = 0;

        for (; s->name[i] && i + 1 < sizeof(option); i++)
                option[i] = s->name[i] == '_' ? '-' : (char) tolower(s->name[i]);
        option[i] = '\0';
        (void) snprintf(term, sizeof(term), "--%s%s", option,
                        s->type == SETTING_TYPE_BOOL     ? ""
                        : s->type == SETTING_TYPE_TEXT   ? " TEXT"
                        : s->type == SETTING_TYPE_CHOICE ? " WORD"
                                                         : " NUMBER");
        (void) snprintf(text, sizeof(text), "%s%s%s%s%s", s->help, s->choices ? "; one of " : "",
                        s->choices ? s->choices : "", *s->def ? ". Default: " : "", s->def);
        item(f, term, text);
}

static const struct command_option common_options[] = {
                {.name = "--json", .help = "print JSON, for machines"},
                {.name = "--help", .help = "print this"},
                {.name = NULL},
};

static void command_help_text(FILE *f, const struct command *c) {
        fprintf(f, "firstline %s: %s\n", c->name, c->summary);
        heading(f, "Usage");
        fprintf(f, "  firstline %s%s%s [OPTION...]\n", c->name, c->operands ? " " : "", c->operands ? c->operands : "");
        fputc('\n', f);
        output_paragraphs(f, c->about, 0, output_width(f));
        heading(f, "Options");
        for (size_t i = 0; c->options && c->options[i].name; i++)
                if (!c->options[i].hidden)
                        option_item(f, &c->options[i]);
        for (size_t i = 0; common_options[i].name; i++)
                option_item(f, &common_options[i]);
        fputs("\nEvery setting is an option as well, such as --log-level DEBUG; `firstline --help` lists them.\n", f);
}

static void program_help_text(FILE *f, const struct invocation *inv) {
        fputs("Firstline: a first-line support agent for a Freshdesk help desk.\n", f);
        heading(f, "Usage");
        fputs("  firstline COMMAND [OPTION...]\n  firstline COMMAND --help\n", f);
        heading(f, "Commands");
        for (size_t i = 0; i < inv->n_commands; i++)
                item(f, inv->commands[i]->name, inv->commands[i]->summary);
        heading(f, "Options of every command");
        for (size_t i = 0; common_options[i].name; i++)
                option_item(f, &common_options[i]);
        heading(f, "Settings");
        output_paragraphs(
                        f,
                        "Each is also a variable of the environment and a line of the file .env in the working folder, "
                        "in capitals: --log-level is LOG_LEVEL. The command line is stronger than the environment, "
                        "which is stronger than .env. On a command line others can read a secret: keep those in .env.",
                        2, output_width(f));
        fputc('\n', f);
        for (unsigned i = 0; i < SETTING_COUNT_; i++)
                setting_item(f, &settings_table[i]);
}

static json_t *command_json(const struct command *c) {
        json_t *options = json_array();

        for (size_t i = 0; options && c->options && c->options[i].name; i++)
                if (!c->options[i].hidden)
                        json_array_append_new(options,
                                              json_pack("{s:s, s:s?, s:s}", "name", c->options[i].name, "value",
                                                        c->options[i].value, "help", c->options[i].help));
        return json_pack("{s:s, s:s, s:s?, s:s, s:o}", "name", c->name, "summary", c->summary, "operands", c->operands,
                         "about", c->about, "options", options);
}

int help_show(const struct invocation *i, const struct command *c, struct error *e) {
        json_t *list;

        if (!i->json) {
                if (c)
                        command_help_text(stdout, c);
                else
                        program_help_text(stdout, i);
                return output_end(0, e);
        }
        list = json_array();
        for (size_t k = 0; list && k < i->n_commands; k++)
                if (!c || c == i->commands[k])
                        json_array_append_new(list, command_json(i->commands[k]));
        return output_json(stdout, json_pack("{s:o}", "commands", list), e);
}

static int run(const struct invocation *i, struct error *e) {
        const struct command *c = NULL;

        if (invocation_value(i, "--man")) {
                manual_write(stdout, i->commands, i->n_commands);
                return 0;
        }
        if (i->n_operands > 0) {
                c = command_find(i->commands, i->n_commands, i->operands[0]);
                if (!c)
                        return error_set(e, -EINVAL, ERROR_USAGE, "%s is not a command; see firstline --help",
                                         i->operands[0]);
        }
        return help_show(i, c, e);
}

static const struct command_option options[] = {
                {.name = "--man", .help = "print the manual page", .hidden = true},
                {.name = NULL},
};

const struct command command_help = {
                .name = "help",
                .summary = "explain the program or one command",
                .operands = "[COMMAND]",
                .about = "Prints what the commands, options and settings are. `firstline COMMAND --help` does the "
                         "same.",
                .options = options,
                .operands_max = 1,
                .flags = COMMAND_WITHOUT_SETTINGS,
                .run = run,
};
