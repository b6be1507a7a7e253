// How alike two tickets are, as a value that a sum can be made of: the Gaussian kernel of their vectors, exp(-2 (1 -
// cosine)). With it a linear method tells apart what no plane between the vectors does.
//
// Vectors are compared in whole numbers: the same on every machine, in whatever order they are added, and in half the
// time and room of floats.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"

// Largest models have 4,096. The sum of so many products of bytes is far below what 32 bits hold, and so many values
// may lie on a thread's stack.
enum { KERNEL_DIMENSIONS_MAX = 16384 };

// A vector of any length in a byte for each value: cosines change by less than a thousandth. False: a value is not
// finite; then ret says nothing.
_warn_unused_ bool kernel_quantise(const float *vector, size_t dimensions, int8_t *ret);
// The same values as kernel() takes them. Returns the vector's length.
double kernel_widen(const int8_t *quantised, size_t dimensions, int16_t *ret);
// In (0, 1], of two vectors of these lengths; a vector of length 0 is at a right angle to all.
double kernel(const int16_t *a, double length_a, const int16_t *b, double length_b, size_t dimensions);
