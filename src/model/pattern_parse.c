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
        DEPTH_MAX = 32,     // groups in groups
        REPEAT_MAX = 64,    // of {m,n}
        ALTERNATIVES_MAX = 64,
        SOURCE_MAX = 1024, // characters
};

struct parser {
        struct pattern *p;
        struct source s;
        int depth;
        bool fold; // inside "(?i:"
};

static int emit(struct parser *x, struct step s) {
        struct pattern *p = x->p;

        if (p->steps_n == PROGRAM_MAX)
                return source_too_long(&x->s);
        if (memory_grow((void **) &p->steps, &p->steps_cap, p->steps_n + 1, sizeof(*p->steps)) < 0)
                return source_no_memory(&x->s);
        p->steps[p->steps_n++] = s;
        return 0;
}

static int parse_alternatives(struct parser *x);

static int parse_look(struct parser *x, bool negated) {
        int r;

        if (x->s.i >= x->s.n || (x->s.at[x->s.i] < 0x80 && strchr("()|*+?^$", (char) x->s.at[x->s.i])))
                return source_refuse(&x->s, "a look at more than one character");
        r = sets_parse(&x->p->sets, &x->s, x->fold);
        if (r == 0 && !source_take(&x->s, ")"))
                return source_refuse(&x->s, "a look at more than one character");
        return r < 0 ? r : emit(x, (struct step){.op = OP_LOOK, .negated = negated, .x = (uint32_t) x->p->sets.n - 1});
}

static int parse_group(struct parser *x) {
        bool fold = x->fold;
        int r;

        if (source_take(&x->s, "?!"))
                return parse_look(x, true);
        if (source_take(&x->s, "?="))
                return parse_look(x, false);
        if (source_take(&x->s, "?i:"))
                x->fold = true;
        else if (!source_take(&x->s, "?:") && source_peek(&x->s, "?"))
                return source_refuse(&x->s, "this kind of group");
        if (++x->depth > DEPTH_MAX)
                return source_too_long(&x->s);
        r = parse_alternatives(x);
        x->depth--;
        x->fold = fold;
        return r == 0 && !source_take(&x->s, ")") ? source_malformed(&x->s, "a group without its end") : r;
}

static int parse_atom(struct parser *x) {
        uint32_t c = x->s.at[x->s.i];
        int r;

        if (c == '(') {
                x->s.i++;
                return parse_group(x);
        }
        if (c == '^' || c == '$')
                return source_refuse(&x->s, "an anchor");
        if (c == '*' || c == '+' || c == '?')
                return source_malformed(&x->s, "nothing to repeat");
        r = sets_parse(&x->p->sets, &x->s, x->fold);
        return r < 0 ? r : emit(x, (struct step){.op = OP_SET, .x = (uint32_t) x->p->sets.n - 1});
}

static int parse_count(struct parser *x, unsigned *ret) {
        unsigned v = 0;
        size_t digits = 0;

        for (; x->s.i < x->s.n && x->s.at[x->s.i] >= '0' && x->s.at[x->s.i] <= '9' && digits < 4; x->s.i++, digits++)
                v = v * 10 + (x->s.at[x->s.i] - '0');
        if (digits == 0 || v > REPEAT_MAX)
                return source_malformed(&x->s, "a count of repetitions from 0 to 64 is wanted");
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
        if (source_take(&x->s, "*")) {
                *ret_min = 0, *ret_max = ENDLESS;
        } else if (source_take(&x->s, "+")) {
                *ret_max = ENDLESS;
        } else if (source_take(&x->s, "?")) {
                *ret_min = 0;
        } else if (source_take(&x->s, "{")) {
                braces = true;
                r = source_peek(&x->s, ",") ? (*ret_min = 0, 0) : parse_count(x, ret_min);
                *ret_max = *ret_min;
                if (r == 0 && source_take(&x->s, ",")) {
                        *ret_max = ENDLESS;
                        if (!source_peek(&x->s, "}"))
                                r = parse_count(x, ret_max);
                }
                if (r == 0 && (!source_take(&x->s, "}") || *ret_max < *ret_min))
                        return source_malformed(&x->s, "a repetition such as {1,3} is wanted");
        } else {
                return 0;
        }
        if (r < 0)
                return r;
        *ret_lazy = source_take(&x->s, "?");
        if (source_peek(&x->s, "*") || source_peek(&x->s, "{") || (braces && source_peek(&x->s, "+")))
                return source_refuse(&x->s, "a repetition of a repetition");
        (void) source_take(&x->s, "+"); // possessive: read as greedy, as the reference does
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

// How often an atom is compiled: once for each time that it must be there, once for each that it may be.
static int repeat(struct parser *x, size_t atom, unsigned min, unsigned max, bool lazy) {
        size_t splits[REPEAT_MAX], open = 0;
        int r = 0;

        for (unsigned k = 0; r == 0 && k < (max == ENDLESS ? MAX(min, 1u) : max); k++) {
                bool last = max == ENDLESS && k + 1 >= min;
                size_t before = x->p->steps_n, again;

                x->s.i = atom;
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
        size_t atom = x->s.i, end;
        unsigned min = 1, max = 1;
        bool lazy = false;
        int r = source_skip_atom(&x->s);

        if (r == 0)
                r = parse_quantifier(x, &min, &max, &lazy);
        end = x->s.i;
        if (r == 0)
                r = repeat(x, atom, min, max, lazy);
        if (r == 0)
                x->s.i = end;
        return r;
}

// Is there another alternative behind the one that begins here?
static int alternative_follows(struct parser *x, bool *ret) {
        size_t here = x->s.i;
        int r = 0;

        while (r == 0 && x->s.i < x->s.n && x->s.at[x->s.i] != '|' && x->s.at[x->s.i] != ')')
                r = source_skip_atom(&x->s);
        *ret = r == 0 && source_peek(&x->s, "|");
        if (r == 0)
                x->s.i = here;
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
                        return source_too_long(&x->s);
                if (r == 0 && more)
                        r = emit(x, (struct step){.op = OP_SPLIT, .x = (uint32_t) split + 1});
                while (r == 0 && x->s.i < x->s.n && x->s.at[x->s.i] != '|' && x->s.at[x->s.i] != ')')
                        r = parse_piece(x);
                if (r < 0 || !more)
                        break;
                jumps[n++] = x->p->steps_n;
                r = emit(x, (struct step){.op = OP_JUMP});
                x->p->steps[split].y = (uint32_t) x->p->steps_n;
                x->s.i++;
        }
        for (size_t i = 0; r == 0 && i < n; i++)
                x->p->steps[jumps[i]].x = (uint32_t) x->p->steps_n;
        return r;
}

int pattern_compile(const char *where, const char *source, struct pattern **ret, struct error *e) {
        struct pattern *p _cleanup_(pattern_free_p) = calloc(1, sizeof(*p));
        struct codepoints text _cleanup_codepoints_ = {0};
        struct parser x = {.p = p, .s = {.where = where, .e = e}};
        int r;

        if (!p || codepoints_decode(&text, source, strlen(source)) < 0)
                return source_no_memory(&x.s);
        x.s.at = text.at;
        x.s.n = text.n;
        if (x.s.n == 0 || x.s.n > SOURCE_MAX)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s: a pattern must have 1 to %d characters",
                                 where, SOURCE_MAX);
        r = parse_alternatives(&x);
        if (r == 0 && x.s.i < x.s.n)
                return source_malformed(&x.s, "a \")\" without its group");
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
                r = sets_add(&p->sets, &x.s, at[i]);
                if (r == 0)
                        r = emit(&x, (struct step){.op = OP_SET, .x = (uint32_t) p->sets.n - 1});
        }
        if (r == 0)
                r = emit(&x, (struct step){.op = OP_MATCH});
        if (r < 0)
                return -ENOMEM;
        *ret = TAKE_PTR(p);
        return 0;
}
