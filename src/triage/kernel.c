#include "triage/kernel.h"

#include <math.h>

#include "model/encoder.h"

// Between half and double of it nothing changes much; four times as much sees only what is nearest (doc/quality.md).
static const double SHARPNESS = 2;

void kernel_quantise(const float *vector, size_t dimensions, int8_t *ret) {
        float largest = 0;

        for (size_t i = 0; i < dimensions; i++)
                largest = fmaxf(largest, fabsf(vector[i]));
        for (size_t i = 0; i < dimensions; i++)
                ret[i] = largest > 0 ? (int8_t) lroundf(vector[i] / largest * INT8_MAX) : 0;
}

void kernel_unit(const int8_t *quantised, size_t dimensions, float *ret) {
        double sum = 0;

        for (size_t i = 0; i < dimensions; i++)
                sum += quantised[i] * quantised[i];
        for (size_t i = 0; i < dimensions; i++)
                ret[i] = sum > 0 ? (float) (quantised[i] / sqrt(sum)) : 0;
}

double kernel(const float *a, const float *b, size_t dimensions) {
        return exp(SHARPNESS * ((double) vector_dot(a, b, dimensions) - 1));
}
