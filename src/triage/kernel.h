// How alike two tickets are, as a value that a sum can be made of: the Gaussian kernel of their vectors, exp(-2 (1 -
// cosine)). With it a linear method tells apart what no plane between the vectors does.
#pragma once

#include <stddef.h>
#include <stdint.h>

// A vector of any length in a byte for each value: cosines change by less than a thousandth.
void kernel_quantise(const float *vector, size_t dimensions, int8_t *ret);
// Back again, of unit length; 0 stays 0.
void kernel_unit(const int8_t *quantised, size_t dimensions, float *ret);
// In (0, 1], of two vectors of unit length.
double kernel(const float *a, const float *b, size_t dimensions);
