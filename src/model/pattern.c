#include "model/pattern.h"

#include <errno.h>
#include <stdbool.h>

#include "model/pattern_program.h"

struct thread {
        uint32_t step;
        size_t start;
};

// Threads by priority; a step is in a list once, for its first thread is the one that a backtracking matcher tries.
struct threads {
        struct thread *at;
        size_t n;
};

struct run {
        const struct pattern *p;
        const uint32_t *text;
        size_t n;
        size_t *seen; // by step: position + 1 at which it was last put on a list
        uint32_t *stack;
};

// Puts the thread and all it reaches without a character on the list, in order of priority.
static void follow(struct run *r, struct threads *list, uint32_t step, size_t start, size_t at) {
        size_t depth = 0;

        r->stack[depth++] = step;
        while (depth > 0) {
                uint32_t pc = r->stack[--depth];
                const struct step *s = &r->p->steps[pc];

                if (r->seen[pc] == at + 1)
                        continue;
                r->seen[pc] = at + 1;
                if (s->op == OP_JUMP) {
                        r->stack[depth++] = s->x;
                } else if (s->op == OP_SPLIT) {
                        r->stack[depth++] = s->y;
                        r->stack[depth++] = s->x;
                } else if (s->op == OP_LOOK) {
                        if ((at < r->n && sets_has(&r->p->sets, s->x, r->text[at])) != s->negated)
                                r->stack[depth++] = pc + 1;
                } else {
                        list->at[list->n++] = (struct thread){.step = pc, .start = start};
                }
        }
}

static int search(struct run *r, struct threads *now, struct threads *next, size_t from, size_t *ret_start,
                  size_t *ret_end) {
        int found = 0;

        now->n = 0;
        for (size_t at = from; at <= r->n; at++) {
                struct threads *swap = now;

                if (!found) // a match that begins later has the lowest priority
                        follow(r, now, 0, at, at);
                next->n = 0;
                for (size_t i = 0; i < now->n; i++) {
                        const struct thread *t = &now->at[i];
                        const struct step *s = &r->p->steps[t->step];

                        if (s->op == OP_MATCH) {
                                found = 1;
                                *ret_start = t->start;
                                *ret_end = at;
                                break; // threads of lower priority are cut off
                        }
                        if (at < r->n && sets_has(&r->p->sets, s->x, r->text[at]))
                                follow(r, next, t->step + 1, t->start, at + 1);
                }
                if (found && next->n == 0)
                        break;
                now = next;
                next = swap;
        }
        return found;
}

int pattern_find(const struct pattern *p, const uint32_t *text, size_t n, size_t from, size_t *ret_start,
                 size_t *ret_end) {
        size_t *seen _cleanup_free_ = calloc(p->steps_n, sizeof(*seen));
        uint32_t *stack _cleanup_free_ = calloc(p->steps_n * 2 + 1, sizeof(*stack));
        struct thread *threads _cleanup_free_ = calloc(p->steps_n * 2, sizeof(*threads));
        struct run r = {.p = p, .text = text, .n = n, .seen = seen, .stack = stack};

        if (!seen || !stack || !threads)
                return -ENOMEM;
        return search(&r, &(struct threads){.at = threads}, &(struct threads){.at = threads + p->steps_n}, from,
                      ret_start, ret_end);
}

struct pattern *pattern_free(struct pattern *p) {
        if (!p)
                return NULL;
        free(p->steps);
        sets_clear(&p->sets);
        free(p);
        return NULL;
}
