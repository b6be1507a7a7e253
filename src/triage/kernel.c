#include "triage/kernel.h"

#include <math.h>

// Between half and double of it nothing changes much; four times as much sees only what is nearest (doc/quality.md).
static const double SHARPNESS = 2;

enum { BLOCK = 64 }; // values whose number the compiler knows, so that it multiplies many at a time

bool kernel_quantise(const float *vector, size_t dimensions, int8_t *ret) {
        float largest = 0;

        for (size_t i = 0; i < dimensions; i++) {
                if (!isfinite(vector[i]))
                        return false;
                largest = fmaxf(largest, fabsf(vector[i]));
        }
        for (size_t i = 0; i < dimensions; i++)
                ret[i] = largest > 0 ? (int8_t) lroundf(vector[i] / largest * INT8_MAX) : 0;
        return true;
}

static int32_t dot(const int16_t *a, const int16_t *b, size_t n) {
        int32_t sum = 0;
        size_t i = 0;

        for (; i + BLOCK <= n; i += BLOCK)
                for (size_t k = i; k < i + BLOCK; k++)
                        sum += a[k] * b[k];
        for (; i < n; i++)
                sum += a[i] * b[i];
        return sum;
}

double kernel_widen(const int8_t *quantised, size_t dimensions, int16_t *ret) {
        for (size_t i = 0; i < dimensions; i++)
                ret[i] = (int16_t) quantised[i];
        return sqrt((double) dot(ret, ret, dimensions));
}

double kernel(const int16_t *a, double length_a, const int16_t *b, double length_b, size_t dimensions) {
        double lengths = length_a * length_b, cosine = lengths > 0 ? (double) dot(a, b, dimensions) / lengths : 0;

        return exp(SHARPNESS * (cosine - 1));
}
