#include "model/pattern_set.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/unicode.h"

enum {
        SETS_MAX = 512,   // the longest pattern in public use has about 150 steps, and fewer sets
        ITEMS_MAX = 4096, // of all sets together
};

// ---- asking

static bool white_space(uint32_t cp) {
        return cp == 0x85 || (cp != 0xFEFF && unicode_space(cp));
}

static bool item_has(const struct item *x, uint32_t cp) {
        bool in;

        if (x->space)
                in = white_space(cp);
        else if (x->category[0])
                in = unicode_category(cp, x->category);
        else
                in = cp >= x->first && cp <= x->last;
        return in != x->negated;
}

bool sets_has(const struct sets *sets, uint32_t number, uint32_t cp) {
        const struct set *s = &sets->at[number];

        for (size_t i = 0; i < s->n; i++)
                if (item_has(&sets->items[s->first + i], cp))
                        return !s->negated;
        return s->negated;
}

// ---- from the source

struct reader {
        struct sets *sets;
        struct source *s;
        bool fold; // the case of ASCII letters does not matter
};

static int begin_set(struct reader *x, bool negated) {
        struct sets *sets = x->sets;

        if (sets->n == SETS_MAX)
                return source_too_long(x->s);
        if (memory_grow((void **) &sets->at, &sets->cap, sets->n + 1, sizeof(*sets->at)) < 0)
                return source_no_memory(x->s);
        sets->at[sets->n++] = (struct set){.first = sets->items_n, .negated = negated};
        return 0;
}

// To the set begun last.
static int add_item(struct reader *x, struct item item) {
        struct sets *sets = x->sets;

        if (sets->items_n == ITEMS_MAX)
                return source_too_long(x->s);
        if (memory_grow((void **) &sets->items, &sets->items_cap, sets->items_n + 1, sizeof(*sets->items)) < 0)
                return source_no_memory(x->s);
        sets->items[sets->items_n++] = item;
        sets->at[sets->n - 1].n++;
        return 0;
}

static bool ascii_letter(uint32_t cp) {
        return (cp | 0x20) >= 'a' && (cp | 0x20) <= 'z';
}

static int add_character(struct reader *x, uint32_t cp) {
        int r = add_item(x, (struct item){.first = cp, .last = cp});

        if (r == 0 && x->fold && ascii_letter(cp))
                r = add_item(x, (struct item){.first = cp ^ 0x20, .last = cp ^ 0x20});
        return r;
}

// "{41}" behind \x, and two digits without braces.
static int parse_hex(struct reader *x, uint32_t *ret) {
        struct source *s = x->s;
        bool braces = source_take(s, "{");
        char digits[9] = {0};
        size_t k = 0;
        unsigned value;

        while (s->i < s->n && k < (braces ? 8u : 2u) && s->at[s->i] < 0x80 &&
               strchr("0123456789abcdefABCDEF", (char) s->at[s->i]) && s->at[s->i])
                digits[k++] = (char) s->at[s->i++];
        if (k == 0 || (!braces && k != 2) || (braces && !source_take(s, "}")) || sscanf(digits, "%x", &value) != 1)
                return source_malformed(s, "a number behind \\x");
        *ret = value;
        return 0;
}

static int parse_property(struct reader *x, bool negated) {
        struct source *s = x->s;
        struct item item = {.negated = negated};
        size_t k = 0;

        if (!source_take(s, "{"))
                return source_malformed(s, "\\p without a name");
        if (source_take(s, "^"))
                item.negated = !item.negated;
        while (s->i < s->n && s->at[s->i] != '}' && k < sizeof(item.category) - 1)
                item.category[k++] = (char) (s->at[s->i] < 0x80 ? s->at[s->i] : '?'), s->i++;
        if (!source_take(s, "}") || !unicode_category_known(item.category))
                return source_refuse(s, "a property other than a general category");
        return add_item(x, item);
}

// What follows a backslash: adds it to the set begun last. *ret_single: it is this one character, which a range may
// begin with; UINT32_MAX: it is a class.
static int parse_escape(struct reader *x, uint32_t *ret_single) {
        struct source *s = x->s;
        static const struct {
                uint32_t letter, cp;
        } controls[] = {{'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'f', '\f'}, {'v', '\v'}, {'a', '\a'}, {'e', 0x1B}};
        uint32_t c;

        *ret_single = UINT32_MAX;
        if (s->i == s->n)
                return source_malformed(s, "a backslash at the end");
        c = s->at[s->i++];
        if (c == 's' || c == 'S')
                return add_item(x, (struct item){.space = true, .negated = c == 'S'});
        if (c == 'd' || c == 'D')
                return add_item(x, (struct item){.category = "Nd", .negated = c == 'D'});
        if (c == 'p' || c == 'P')
                return parse_property(x, c == 'P');
        if (c == 'x') {
                int r = parse_hex(x, ret_single);
                return r;
        }
        for (size_t i = 0; i < ARRAY_LEN(controls); i++)
                if (controls[i].letter == c) {
                        *ret_single = controls[i].cp;
                        return 0;
                }
        if (ascii_letter(c) || (c >= '0' && c <= '9'))
                return s->i--, source_refuse(s, "this escape");
        *ret_single = c;
        return 0;
}

static int parse_class_part(struct reader *x) {
        struct source *s = x->s;
        uint32_t first = s->at[s->i++], last;
        int r = 0;

        if (first == '[')
                return s->i--, source_refuse(s, "a class in a class");
        if (first == '&' && source_peek(s, "&"))
                return s->i--, source_refuse(s, "an intersection of classes");
        if (first == '\\')
                r = parse_escape(x, &first);
        if (r < 0 || first == UINT32_MAX)
                return r;
        if (!source_peek(s, "-") || s->i + 1 >= s->n || s->at[s->i + 1] == ']')
                return add_character(x, first);
        s->i++;
        last = s->at[s->i++];
        if (last == '\\')
                r = parse_escape(x, &last);
        if (r == 0 && (last == UINT32_MAX || last < first))
                return source_malformed(s, "a range that does not go up");
        if (r == 0 && x->fold)
                return source_refuse(s, "a range where case does not matter");
        return r < 0 ? r : add_item(x, (struct item){.first = first, .last = last});
}

static int parse_class(struct reader *x) {
        struct source *s = x->s;
        bool negated = source_take(s, "^"), any = false;
        int r = begin_set(x, negated);

        while (r == 0 && s->i < s->n && (s->at[s->i] != ']' || !any)) {
                r = parse_class_part(x);
                any = true;
        }
        if (r == 0 && !source_take(s, "]"))
                return source_malformed(s, "a class without its end");
        return r;
}

int sets_parse(struct sets *sets, struct source *s, bool fold) {
        struct reader x = {.sets = sets, .s = s, .fold = fold};
        uint32_t c = s->at[s->i++];
        int r;

        if (c == '[')
                return parse_class(&x);
        r = begin_set(&x, c == '.');
        if (r == 0 && c == '.')
                return add_item(&x, (struct item){.first = '\n', .last = '\n'});
        if (r == 0 && c == '\\') {
                r = parse_escape(&x, &c);
                if (r < 0 || c == UINT32_MAX)
                        return r;
        }
        return r < 0 ? r : add_character(&x, c);
}

int sets_add(struct sets *sets, struct source *s, uint32_t cp) {
        struct reader x = {.sets = sets, .s = s};
        int r = begin_set(&x, false);

        return r < 0 ? r : add_character(&x, cp);
}

void sets_clear(struct sets *sets) {
        free(sets->at);
        free(sets->items);
        *sets = (struct sets){0};
}
