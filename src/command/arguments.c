#include "command/arguments.h"

#include <errno.h>
#include <string.h>

#include "base/string.h"

const struct command *command_find(const struct command *const *commands, size_t n, const char *name) {
        for (size_t i = 0; i < n; i++)
                if (str_eq(commands[i]->name, name))
                        return commands[i];
        return NULL;
}

const char *invocation_value(const struct invocation *i, const char *option) {
        for (size_t row = 0; i->command->options && i->command->options[row].name; row++)
                if (str_eq(i->command->options[row].name, option))
                        return i->values[row];
        return NULL;
}

// ---- the words themselves

static bool is_option(const char *word) {
        return word[0] == '-' && word[1] != '\0';
}

static void hide(char *value) {
        size_t n = strlen(value);

        explicit_bzero(value, n);
        if (n > 0)
                value[0] = '*';
}

static void hide_secrets(int argc, char **argv) {
        for (int i = 1; i < argc; i++) {
                char *equals = strchr(argv[i], '=');

                if (!is_option(argv[i]) || !settings_is_secret(argv[i]))
                        continue;
                if (equals)
                        hide(equals + 1);
                else if (i + 1 < argc)
                        hide(argv[++i]);
        }
}

char **arguments_take(int argc, char **argv) {
        char **words _cleanup_(arguments_free_p) = calloc((size_t) argc + 1, sizeof(*words));

        for (int i = 0; words && i < argc; i++) {
                words[i] = str_dup(argv[i]);
                if (!words[i])
                        return NULL;
        }
        if (words)
                hide_secrets(argc, argv);
        return TAKE_PTR(words);
}

char **arguments_free(char **words) {
        for (size_t i = 0; words && words[i]; i++) {
                explicit_bzero(words[i], strlen(words[i]));
                free(words[i]);
        }
        free(words);
        return NULL;
}

// ---- reading them

struct cursor {
        int argc, at;
        char **argv;
};

// The first word that is neither an option nor a setting's value. Returns its index, or argc.
static int find_command(int argc, char **argv) {
        for (int i = 1; i < argc; i++) {
                bool takes_next = false;

                if (!is_option(argv[i]))
                        return i;
                if (settings_is_option(argv[i], &takes_next) && takes_next)
                        i++;
        }
        return argc;
}

// "--name" or "--name=value" as a row of the table. *ret_value is what follows "=", or NULL.
static bool find_option(const struct command *c, const char *word, size_t *ret, const char **ret_value) {
        for (size_t i = 0; c->options && c->options[i].name; i++) {
                size_t n = strlen(c->options[i].name);

                if (strncmp(word, c->options[i].name, n) == 0 && (word[n] == '\0' || word[n] == '=')) {
                        *ret = i;
                        *ret_value = word[n] ? word + n + 1 : NULL;
                        return true;
                }
        }
        return false;
}

static int take_option(struct invocation *inv, struct cursor *c, size_t row, const char *value, struct error *e) {
        const struct command_option *o = &inv->command->options[row];

        if (!o->value && value)
                return error_set(e, -EINVAL, ERROR_USAGE, "%s takes no value", o->name);
        if (o->value && !value) {
                if (c->at + 1 >= c->argc)
                        return error_set(e, -EINVAL, ERROR_USAGE, "%s needs a value: %s %s", o->name, o->name,
                                         o->value);
                value = c->argv[++c->at];
        }
        if (inv->values[row])
                return error_set(e, -EINVAL, ERROR_USAGE, "%s is given twice", o->name);
        inv->values[row] = value ? value : "";
        return 0;
}

static int take_setting(struct invocation *inv, struct cursor *c, bool takes_next, struct error *e) {
        if (inv->n_setting_words + 2 > COMMAND_SETTINGS_MAX)
                return error_set(e, -EINVAL, ERROR_USAGE, "too many options");
        if (takes_next && c->at + 1 >= c->argc)
                return error_set(e, -EINVAL, ERROR_USAGE, "%s needs a value", c->argv[c->at]);
        inv->setting_words[inv->n_setting_words++] = c->argv[c->at];
        if (takes_next)
                inv->setting_words[inv->n_setting_words++] = c->argv[++c->at];
        return 0;
}

static int take_operand(struct invocation *inv, const char *word, struct error *e) {
        const struct command *c = inv->command;

        if (!c)
                return error_set(e, -EINVAL, ERROR_USAGE, "%s is not a command; see firstline --help", word);
        if (inv->n_operands >= MIN(c->operands_max, (unsigned) COMMAND_OPERANDS_MAX))
                return error_set(e, -EINVAL, ERROR_USAGE, "%s is one word too many; see firstline %s --help", word,
                                 c->name);
        inv->operands[inv->n_operands++] = word;
        return 0;
}

static int take_word(struct invocation *inv, struct cursor *c, struct error *e) {
        const char *word = c->argv[c->at], *value;
        bool takes_next;
        size_t row;

        if (str_eq(word, "--help") || str_eq(word, "-h"))
                inv->help = true;
        else if (str_eq(word, "--json"))
                inv->json = true;
        else if (inv->command && find_option(inv->command, word, &row, &value))
                return take_option(inv, c, row, value, e);
        else if (settings_is_option(word, &takes_next))
                return take_setting(inv, c, takes_next, e);
        else if (is_option(word))
                return settings_refuse_option(word, e);
        else
                return take_operand(inv, word, e);
        return 0;
}

static bool is_common(const char *word) {
        static const char *const words[] = {"--help", "-h", "--json", "--version", "--"};

        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (str_eq(word, words[i]))
                        return true;
        return false;
}

// What is taken for the command may be the value of an option that there is not: that is what is wrong then.
static int refuse_command(char **argv, int named, struct error *e) {
        bool takes_next;

        for (int i = 1; i < named; i++)
                if (is_option(argv[i]) && !is_common(argv[i]) && !settings_is_option(argv[i], &takes_next))
                        return settings_refuse_option(argv[i], e);
        return error_set(e, -EINVAL, ERROR_USAGE, "%s is not a command; see firstline --help", argv[named]);
}

static size_t count_options(const struct command *c) {
        size_t n = 0;

        while (c->options && c->options[n].name)
                n++;
        return n;
}

int arguments_parse(const struct command *const *commands, size_t n, int argc, char **argv, struct invocation *ret,
                    struct error *e) {
        struct invocation inv = {.commands = commands, .n_commands = n};
        int named = find_command(argc, argv), r = 0;
        bool options_end = false;

        if (named < argc) {
                inv.command = command_find(commands, n, argv[named]);
                if (!inv.command)
                        return refuse_command(argv, named, e);
                if (count_options(inv.command) > COMMAND_OPTIONS_MAX)
                        return error_set(e, -E2BIG, ERROR_INTERNAL, "%s has more options than there is room for",
                                         inv.command->name);
        }
        for (struct cursor c = {argc, 1, argv}; c.at < argc && r == 0; c.at++) {
                if (c.at == named)
                        continue;
                if (options_end) {
                        r = take_operand(&inv, argv[c.at], e);
                } else if (str_eq(argv[c.at], "--")) {
                        options_end = true;
                } else if (str_eq(argv[c.at], "--version") && !inv.command) {
                        inv.command = command_find(commands, n, "version");
                } else {
                        r = take_word(&inv, &c, e);
                }
        }
        if (r < 0)
                return r;
        if (inv.command && !inv.help && inv.n_operands < inv.command->operands_min)
                return error_set(e, -EINVAL, ERROR_USAGE, "usage: firstline %s %s", inv.command->name,
                                 inv.command->operands);
        *ret = inv;
        return 0;
}
