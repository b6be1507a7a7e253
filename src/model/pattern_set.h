// The sets of characters that a regular expression asks for: literals, ".", classes and escapes, by number.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "model/pattern_source.h"

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

struct sets {
        struct set *at;
        size_t n, cap;
        struct item *items;
        size_t items_n, items_cap;
};

// One character's worth of the source ("a", ".", "\s", "[^a-z]") becomes a set, with the number n - 1. fold: the case
// of ASCII letters does not matter. The source is not at its end. -EINVAL, -ENOTSUP, -ENOMEM, with words.
_warn_unused_ int sets_parse(struct sets *sets, struct source *s, bool fold);
// The same of this very character; s is for errors.
_warn_unused_ int sets_add(struct sets *sets, struct source *s, uint32_t cp);
bool sets_has(const struct sets *sets, uint32_t number, uint32_t cp);
void sets_clear(struct sets *sets);
