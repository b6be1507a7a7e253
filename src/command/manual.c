// The manual page, doc/firstline.1, generated: `firstline help --man`.
#include <ctype.h>
#include <string.h>

#include "base/build.h"
#include "base/string.h"
#include "command/help.h"

// Text for man(7): a backslash, a hyphen and a line that begins like a request are escaped.
static void put_text(FILE *f, const char *s) {
        bool line_start = true;

        for (; *s; s++) {
                if (line_start && (*s == '.' || *s == '\''))
                        fputs("\\&", f);
                if (*s == '\\')
                        fputs("\\e", f);
                else if (*s == '-')
                        fputs("\\-", f);
                else if (*s == '\n')
                        fputs("\n.PP", f);
                if (*s != '\\' && *s != '-')
                        fputc(*s, f);
                line_start = *s == '\n';
        }
}

static void put_item(FILE *f, const char *term, const char *value, const char *text) {
        fputs(".TP\n.B ", f);
        put_text(f, term);
        if (value) {
                fputs(" \\fI", f);
                put_text(f, value);
                fputs("\\fR", f);
        }
        fputc('\n', f);
        put_text(f, text);
        fputc('\n', f);
}

static void put_command(FILE *f, const struct command *c) {
        fprintf(f, ".SS %s", c->name);
        if (c->operands) {
                fputc(' ', f);
                put_text(f, c->operands);
        }
        fputc('\n', f);
        fprintf(f, "%c", toupper(c->summary[0]));
        put_text(f, c->summary + 1);
        fputs(".\n.PP\n", f);
        put_text(f, c->about);
        fputc('\n', f);
        for (size_t i = 0; c->options && c->options[i].name; i++)
                if (!c->options[i].hidden)
                        put_item(f, c->options[i].name, c->options[i].value, c->options[i].help);
}

static void put_setting(FILE *f, const struct setting_spec *s) {
        put_item(f, s->name, NULL, s->help);
        switch (s->type) {
        case SETTING_TYPE_INT:
                fprintf(f, "From %.0f to %.0f. ", s->min, s->max);
                break;
        case SETTING_TYPE_REAL:
                fprintf(f, "From %g to %g. ", s->min, s->max);
                break;
        case SETTING_TYPE_CHOICE:
                fputs("One of ", f);
                put_text(f, s->choices);
                fputs(". ", f);
                break;
        case SETTING_TYPE_BOOL:
                fputs("true or false. ", f);
                break;
        case SETTING_TYPE_TEXT:
                if (s->secret)
                        fputs("A secret. ", f);
                break;
        }
        fputs("Default: ", f);
        put_text(f, *s->def ? s->def : "empty");
        fputs(".\n", f);
}

void manual_write(FILE *f, const struct command *const *commands, size_t n) {
        fprintf(f, ".TH FIRSTLINE 1 \"\" \"Firstline %s\" \"User Commands\"\n", FIRSTLINE_VERSION);
        fputs(".SH NAME\nfirstline \\- first\\-line support agent for a Freshdesk help desk\n"
              ".SH SYNOPSIS\n.B firstline\n.I COMMAND\n.RI [ OPTION... ]\n"
              ".SH DESCRIPTION\n"
              "Firstline reads the tickets of a help desk, decides what kind each one is and how sure that is, looks "
              "the answer up in a folder of\ndocuments, and answers, answers and offers a person, or hands the ticket "
              "to a person with what it found.\n"
              "It runs as one process with one database file, and sends nothing to anyone but Freshdesk.\n"
              ".SH COMMANDS\n",
              f);
        for (size_t i = 0; i < n; i++)
                put_command(f, commands[i]);
        fputs(".SH OPTIONS\nOptions of every command:\n", f);
        put_item(f, "--json", NULL, "Print JSON, for machines.");
        put_item(f, "--help", NULL, "Explain the command.");
        fputs(".PP\nEvery setting is an option as well: LOG_LEVEL is\n.BR \\-\\-log\\-level .\n"
              ".SH SETTINGS\n"
              "From the command line, the environment, the file\n.I .env\nin the working folder, or the default: the "
              "first that has a value counts.\nAn unknown name in\n.I .env\nor on the command line and a malformed "
              "value anywhere stop the start.\n",
              f);
        for (unsigned i = 0; i < SETTING_COUNT_; i++)
                put_setting(f, &settings_table[i]);
        fputs(".SH SIGNALS\n", f);
        put_item(f, "SIGINT, SIGTERM", NULL,
                 "Stop: no new connections, requests in hand are answered, tickets in work are handed back. A second "
                 "one ends the program at once; nothing that was accepted is lost.");
        put_item(f, "SIGHUP", NULL,
                 "Read TLS_CERTIFICATE and TLS_KEY again, and look at the knowledge folder now. Settings are read at "
                 "the start only.");
        fputs(".SH EXIT STATUS\n", f);
        put_item(f, "0", NULL, "It worked.");
        put_item(f, "1", NULL, "It did not; one line on standard error says why and what to do.");
        put_item(f, "2", NULL, "The command line was wrong.");
        put_item(f, "3", NULL,
                 "rehearse --max-wrong: it is known of no answer whether it was wrong, so that nothing was shown.");
        fputs(".SH ENVIRONMENT\n", f);
        put_item(f, "NO_COLOR", NULL, "When set, nothing is coloured.");
        fputs(".SH FILES\n", f);
        put_item(f, ".env", NULL, "Settings, one NAME=VALUE per line, read from the working folder.");
        put_item(f, "firstline.db", NULL, "The database, in the working folder unless DATABASE_URL says otherwise.");
}
