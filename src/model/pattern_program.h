// What a regular expression is compiled to: steps that threads walk through, and the sets of characters that they ask
// for. Shared by pattern.c, which runs it, and pattern_parse.c, which makes it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/pattern_set.h"

enum op { OP_SET, OP_SPLIT, OP_JUMP, OP_LOOK, OP_MATCH };

struct step {
        enum op op;
        bool negated;  // of look: the next character is not in the set
        uint32_t x, y; // set: its number; split: first choice and second; jump: target
};

struct pattern {
        struct step *steps;
        size_t steps_n, steps_cap;
        struct sets sets;
};
