// What a regular expression is compiled to: steps that threads walk through, and the sets of characters that they ask
// for. Shared by pattern.c, which runs it, and pattern_parse.c, which makes it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum op { OP_SET, OP_SPLIT, OP_JUMP, OP_LOOK, OP_MATCH };

struct step {
        enum op op;
        bool negated;  // of look: the next character is not in the set
        uint32_t x, y; // set: its number; split: first choice and second; jump: target
};

// One part of a class: a range, or a general category by its letters ("L", "Nd").
struct item {
        uint32_t first, last;
        char category[3];
        bool space, negated; // White_Space of Unicode, which is not ECMAScript's \s
};

struct set {
        size_t first, n; // of the items
        bool negated;
};

struct pattern {
        struct step *steps;
        size_t steps_n, steps_cap;
        struct set *sets;
        size_t sets_n, sets_cap;
        struct item *items;
        size_t items_n, items_cap;
};
