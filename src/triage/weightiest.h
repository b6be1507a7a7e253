// The texts that weighed most, in order: what people are shown of why something was decided.
#pragma once

#include <stddef.h>

enum { WEIGHTIEST_MAX = 5 };

struct weightiest { // zeroed: none
        double weights[WEIGHTIEST_MAX];
        const char *texts[WEIGHTIEST_MAX]; // borrowed; NULL: no more
};

// Keeps the text if it is one of the `max` (at most WEIGHTIEST_MAX, the same in each call) that weigh most; of equals
// the one that was taken first.
void weightiest_take(struct weightiest *w, size_t max, double weight, const char *text);
// "first, second, third", as many as fit.
void weightiest_join(const struct weightiest *w, char *out, size_t cap);
