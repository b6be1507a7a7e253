#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "model/pattern.h"
#include "model/pattern_program.h"
#include "model/unicode.h"

enum {
        PROGRAM_MAX = 4096, // steps; the longest pattern in public use has about 150
        SETS_MAX = 512,
        ITEMS_MAX = 4096, // of all sets together
        DEPTH_MAX = 32,   // groups in groups
        REPEAT_MAX = 64,  // of {m,n}
        ALTERNATIVES_MAX = 64,
        SOURCE_MAX = 1024, // characters
};

struct parser {
        struct pattern *p;
        const char *where;
        const uint32_t *at; // the source
        size_t n, i;
        int depth;
        bool fold; // inside "(?i:"
        struct error *e;
};

static int refuse(const struct parser *x, const char *what) {
        return error_set(x->e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE, "%s: %s, at character %zu, is not supported",
                         x->where, what, x->i + 1);
}

static int malformed(const struct parser *x, const char *what) {
        return error_set(x->e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s: %s, at character %zu", x->where, what, x->i + 1);
}

static int too_long(const struct parser *x) {
        return error_set(x->e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s: the pattern is too long", x->where);
}

static int no_memory(const struct parser *x) {
        return error_set(x->e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "%s: not enough memory", x->where);
}

static bool peek(const struct parser *x, const char *s) {
        size_t k = strlen(s);

        if (x->n - x->i < k)
                return false;
        for (size_t i = 0; i < k; i++)
                if (x->at[x->i + i] != (unsigned char) s[i])
                        return false;
        return true;
}

static bool take(struct parser *x, const char *s) {
        bool there = peek(x, s);

        if (there)
                x->i += strlen(s);
        return there;
}

static int emit(struct parser *x, struct step s) {
        struct pattern *p = x->p;

        if (p->steps_n == PROGRAM_MAX)
                return too_long(x);
        if (memory_grow((void **) &p->steps, &p->steps_cap, p->steps_n + 1, sizeof(*p->steps)) < 0)
                return no_memory(x);
        p->steps[p->steps_n++] = s;
        return 0;
}

static int begin_set(struct parser *x, bool negated) {
        struct pattern *p = x->p;

        if (p->sets_n == SETS_MAX)
                return too_long(x);
        if (memory_grow((void **) &p->sets, &p->sets_cap, p->sets_n + 1, sizeof(*p->sets)) < 0)
                return no_memory(x);
        p->sets[p->sets_n++] = (struct set){.first = p->items_n, .negated = negated};
        return 0;
}

// To the set begun last.
static int add_item(struct parser *x, struct item item) {
        struct pattern *p = x->p;

        if (p->items_n == ITEMS_MAX)
                return too_long(x);
        if (memory_grow((void **) &p->items, &p->items_cap, p->items_n + 1, sizeof(*p->items)) < 0)
                return no_memory(x);
        p->items[p->items_n++] = item;
        p->sets[p->sets_n - 1].n++;
        return 0;
}

static bool ascii_letter(uint32_t cp) {
        return (cp | 0x20) >= 'a' && (cp | 0x20) <= 'z';
}

static int add_character(struct parser *x, uint32_t cp) {
        int r = add_item(x, (struct item){.first = cp, .last = cp});

        if (r == 0 && x->fold && ascii_letter(cp))
                r = add_item(x, (struct item){.first = cp ^ 0x20, .last = cp ^ 0x20});
        return r;
}

// "{41}" behind \x, and two digits without braces.
static int parse_hex(struct parser *x, uint32_t *ret) {
        bool braces = take(x, "{");
        char digits[9] = {0};
        size_t k = 0;
        unsigned value;

        while (x->i < x->n && k < (braces ? 8u : 2u) && x->at[x->i] < 0x80 &&
               strchr("0123456789abcdefABCDEF", (char) x->at[x->i]) && x->at[x->i])
                digits[k++] = (char) x->at[x->i++];
        if (k == 0 || (!braces && k != 2) || (braces && !take(x, "}")) || sscanf(digits, "%x", &value) != 1)
                return malformed(x, "a number behind \\x");
        *ret = value;
        return 0;
}

static int parse_property(struct parser *x, bool negated) {
        struct item item = {.negated = negated};
        size_t k = 0;

        if (!take(x, "{"))
                return malformed(x, "\\p without a name");
        if (take(x, "^"))
                item.negated = !item.negated;
        while (x->i < x->n && x->at[x->i] != '}' && k < sizeof(item.category) - 1)
                item.category[k++] = (char) (x->at[x->i] < 0x80 ? x->at[x->i] : '?'), x->i++;
        if (!take(x, "}") || !unicode_category_known(item.category))
                return refuse(x, "a property other than a general category");
        return add_item(x, item);
}

// What follows a backslash: adds it to the set begun last. *ret_single: it is this one character, which a range may
// begin with; UINT32_MAX: it is a class.
static int parse_escape(struct parser *x, uint32_t *ret_single) {
        static const struct {
                uint32_t letter, cp;
        } controls[] = {{'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'f', '\f'}, {'v', '\v'}, {'a', '\a'}, {'e', 0x1B}};
        uint32_t c;

        *ret_single = UINT32_MAX;
        if (x->i == x->n)
                return malformed(x, "a backslash at the end");
        c = x->at[x->i++];
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
                return x->i--, refuse(x, "this escape");
        *ret_single = c;
        return 0;
}

static int parse_class_part(struct parser *x) {
        uint32_t first = x->at[x->i++], last;
        int r = 0;

        if (first == '[')
                return x->i--, refuse(x, "a class in a class");
        if (first == '&' && peek(x, "&"))
                return x->i--, refuse(x, "an intersection of classes");
        if (first == '\\')
                r = parse_escape(x, &first);
        if (r < 0 || first == UINT32_MAX)
                return r;
        if (!peek(x, "-") || x->i + 1 >= x->n || x->at[x->i + 1] == ']')
                return add_character(x, first);
        x->i++;
        last = x->at[x->i++];
        if (last == '\\')
                r = parse_escape(x, &last);
        if (r == 0 && (last == UINT32_MAX || last < first))
                return malformed(x, "a range that does not go up");
        if (r == 0 && x->fold)
                return refuse(x, "a range where case does not matter");
        return r < 0 ? r : add_item(x, (struct item){.first = first, .last = last});
}

static int parse_class(struct parser *x) {
        bool negated = take(x, "^"), any = false;
        int r = begin_set(x, negated);

        while (r == 0 && x->i < x->n && (x->at[x->i] != ']' || !any)) {
                r = parse_class_part(x);
                any = true;
        }
        if (r == 0 && !take(x, "]"))
                return malformed(x, "a class without its end");
        return r;
}

// One character's worth of the source becomes a set, the last of the pattern's.
static int parse_set(struct parser *x) {
        uint32_t c = x->at[x->i++];
        int r;

        if (c == '[')
                return parse_class(x);
        r = begin_set(x, c == '.');
        if (r == 0 && c == '.')
                return add_item(x, (struct item){.first = '\n', .last = '\n'});
        if (r == 0 && c == '\\') {
                r = parse_escape(x, &c);
                if (r < 0 || c == UINT32_MAX)
                        return r;
        }
        return r < 0 ? r : add_character(x, c);
}

static int parse_alternatives(struct parser *x);

static int parse_look(struct parser *x, bool negated) {
        int r;

        if (x->i >= x->n || (x->at[x->i] < 0x80 && strchr("()|*+?^$", (char) x->at[x->i])))
                return refuse(x, "a look at more than one character");
        r = parse_set(x);
        if (r == 0 && !take(x, ")"))
                return refuse(x, "a look at more than one character");
        return r < 0 ? r : emit(x, (struct step){.op = OP_LOOK, .negated = negated, .x = (uint32_t) x->p->sets_n - 1});
}

static int parse_group(struct parser *x) {
        bool fold = x->fold;
        int r;

        if (take(x, "?!"))
                return parse_look(x, true);
        if (take(x, "?="))
                return parse_look(x, false);
        if (take(x, "?i:"))
                x->fold = true;
        else if (!take(x, "?:") && peek(x, "?"))
                return refuse(x, "this kind of group");
        if (++x->depth > DEPTH_MAX)
                return too_long(x);
        r = parse_alternatives(x);
        x->depth--;
        x->fold = fold;
        return r == 0 && !take(x, ")") ? malformed(x, "a group without its end") : r;
}

static int parse_atom(struct parser *x) {
        uint32_t c = x->at[x->i];
        int r;

        if (c == '(') {
                x->i++;
                return parse_group(x);
        }
        if (c == '^' || c == '$')
                return refuse(x, "an anchor");
        if (c == '*' || c == '+' || c == '?')
                return malformed(x, "nothing to repeat");
        r = parse_set(x);
        return r < 0 ? r : emit(x, (struct step){.op = OP_SET, .x = (uint32_t) x->p->sets_n - 1});
}

static int parse_count(struct parser *x, unsigned *ret) {
        unsigned v = 0;
        size_t digits = 0;

        for (; x->i < x->n && x->at[x->i] >= '0' && x->at[x->i] <= '9' && digits < 4; x->i++, digits++)
                v = v * 10 + (x->at[x->i] - '0');
        if (digits == 0 || v > REPEAT_MAX)
                return malformed(x, "a count of repetitions from 0 to 64 is wanted");
        *ret = v;
        return 0;
}

enum { ENDLESS = UINT16_MAX };

// *ret_max ENDLESS: as often as there are. Without a quantifier: once.
static int parse_quantifier(struct parser *x, unsigned *ret_min, unsigned *ret_max, bool *ret_lazy) {
        bool braces = false;
        int r = 0;

        *ret_min = *ret_max = 1;
        *ret_lazy = false;
        if (take(x, "*")) {
                *ret_min = 0, *ret_max = ENDLESS;
        } else if (take(x, "+")) {
                *ret_max = ENDLESS;
        } else if (take(x, "?")) {
                *ret_min = 0;
        } else if (take(x, "{")) {
                braces = true;
                r = peek(x, ",") ? (*ret_min = 0, 0) : parse_count(x, ret_min);
                *ret_max = *ret_min;
                if (r == 0 && take(x, ",")) {
                        *ret_max = ENDLESS;
                        if (!peek(x, "}"))
                                r = parse_count(x, ret_max);
                }
                if (r == 0 && (!take(x, "}") || *ret_max < *ret_min))
                        return malformed(x, "a repetition such as {1,3} is wanted");
        } else {
                return 0;
        }
        if (r < 0)
                return r;
        *ret_lazy = take(x, "?");
        if (peek(x, "*") || peek(x, "{") || (braces && peek(x, "+")))
                return refuse(x, "a repetition of a repetition");
        (void) take(x, "+"); // possessive: read as greedy, as the reference does
        return 0;
}

static int emit_split(struct parser *x, bool lazy, size_t *ret) {
        *ret = x->p->steps_n;
        return emit(x, (struct step){.op = OP_SPLIT, .negated = lazy, .x = (uint32_t) *ret + 1});
}

// The way around what was split off leads to the step that comes now.
static void land(struct parser *x, size_t split) {
        struct step *s = &x->p->steps[split];

        s->y = (uint32_t) x->p->steps_n;
        if (s->negated) {
                uint32_t around = s->y;
                s->y = s->x;
                s->x = around;
        }
        s->negated = false;
}

// Past the atom at x->i without compiling it: to its quantifier.
static int skip_atom(struct parser *x) {
        int depth = 0;

        do {
                uint32_t c = x->i < x->n ? x->at[x->i++] : 0;

                if (c == '(') {
                        depth++;
                } else if (c == ')') {
                        depth--;
                } else if (c == '\\') {
                        bool braces = peek(x, "p{") || peek(x, "P{") || peek(x, "x{");

                        x->i = MIN(x->i + 1, x->n);
                        while (braces && x->i < x->n && x->at[x->i++] != '}')
                                ;
                        if (x->at[x->i - 1] == 'x')
                                x->i = MIN(x->i + 2, x->n);
                } else if (c == '[') {
                        x->i += peek(x, "^") ? 2 : 1; // a "]" that comes first is one of the characters
                        while (x->i < x->n && x->at[x->i] != ']')
                                x->i += x->at[x->i] == '\\' ? 2 : 1;
                        x->i++;
                }
                if (x->i > x->n || (x->i == x->n && depth > 0)) {
                        x->i = x->n;
                        return malformed(x, "a class or a group without its end");
                }
        } while (depth > 0);
        return 0;
}

// How often an atom is compiled: once for each time that it must be there, once for each that it may be.
static int repeat(struct parser *x, size_t atom, unsigned min, unsigned max, bool lazy) {
        size_t splits[REPEAT_MAX], open = 0;
        int r = 0;

        for (unsigned k = 0; r == 0 && k < (max == ENDLESS ? MAX(min, 1u) : max); k++) {
                bool last = max == ENDLESS && k + 1 >= min;
                size_t before = x->p->steps_n, again;

                x->i = atom;
                if (k >= min)
                        r = emit_split(x, lazy, &splits[open++]);
                if (r == 0)
                        r = parse_atom(x);
                if (r < 0 || !last)
                        continue;
                if (min == 0) {
                        r = emit(x, (struct step){.op = OP_JUMP, .x = (uint32_t) before});
                } else {
                        r = emit_split(x, lazy, &again);
                        if (r == 0)
                                r = emit(x, (struct step){.op = OP_JUMP, .x = (uint32_t) before});
                        if (r == 0)
                                land(x, again);
                }
        }
        for (size_t i = 0; r == 0 && i < open; i++)
                land(x, splits[i]);
        return r;
}

static int parse_piece(struct parser *x) {
        size_t atom = x->i, end;
        unsigned min = 1, max = 1;
        bool lazy = false;
        int r = skip_atom(x);

        if (r == 0)
                r = parse_quantifier(x, &min, &max, &lazy);
        end = x->i;
        if (r == 0)
                r = repeat(x, atom, min, max, lazy);
        if (r == 0)
                x->i = end;
        return r;
}

// Is there another alternative behind the one that begins here?
static int alternative_follows(struct parser *x, bool *ret) {
        size_t here = x->i;
        int r = 0;

        while (r == 0 && x->i < x->n && x->at[x->i] != '|' && x->at[x->i] != ')')
                r = skip_atom(x);
        *ret = r == 0 && peek(x, "|");
        if (r == 0)
                x->i = here;
        return r;
}

static int parse_alternatives(struct parser *x) {
        size_t jumps[ALTERNATIVES_MAX], n = 0;
        bool more = true;
        int r = 0;

        while (r == 0 && more) {
                size_t split = x->p->steps_n;

                r = alternative_follows(x, &more);
                if (r == 0 && more && n == ARRAY_LEN(jumps))
                        return too_long(x);
                if (r == 0 && more)
                        r = emit(x, (struct step){.op = OP_SPLIT, .x = (uint32_t) split + 1});
                while (r == 0 && x->i < x->n && x->at[x->i] != '|' && x->at[x->i] != ')')
                        r = parse_piece(x);
                if (r < 0 || !more)
                        break;
                jumps[n++] = x->p->steps_n;
                r = emit(x, (struct step){.op = OP_JUMP});
                x->p->steps[split].y = (uint32_t) x->p->steps_n;
                x->i++;
        }
        for (size_t i = 0; r == 0 && i < n; i++)
                x->p->steps[jumps[i]].x = (uint32_t) x->p->steps_n;
        return r;
}

int pattern_compile(const char *where, const char *source, struct pattern **ret, struct error *e) {
        struct pattern *p _cleanup_(pattern_free_p) = calloc(1, sizeof(*p));
        struct codepoints text _cleanup_codepoints_ = {0};
        struct parser x = {.p = p, .where = where, .e = e};
        int r;

        if (!p || codepoints_decode(&text, source, strlen(source)) < 0)
                return no_memory(&x);
        x.at = text.at;
        x.n = text.n;
        if (x.n == 0 || x.n > SOURCE_MAX)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s: a pattern must have 1 to %d characters",
                                 where, SOURCE_MAX);
        r = parse_alternatives(&x);
        if (r == 0 && x.i < x.n)
                return malformed(&x, "a \")\" without its group");
        if (r == 0)
                r = emit(&x, (struct step){.op = OP_MATCH});
        if (r < 0)
                return r;
        *ret = TAKE_PTR(p);
        return 0;
}

int pattern_literal(const uint32_t *at, size_t n, struct pattern **ret) {
        struct pattern *p _cleanup_(pattern_free_p) = calloc(1, sizeof(*p));
        struct parser x = {.p = p};
        int r = p ? 0 : -ENOMEM;

        for (size_t i = 0; r == 0 && i < n; i++) {
                r = begin_set(&x, false);
                if (r == 0)
                        r = add_character(&x, at[i]);
                if (r == 0)
                        r = emit(&x, (struct step){.op = OP_SET, .x = (uint32_t) p->sets_n - 1});
        }
        if (r == 0)
                r = emit(&x, (struct step){.op = OP_MATCH});
        if (r < 0)
                return -ENOMEM;
        *ret = TAKE_PTR(p);
        return 0;
}
