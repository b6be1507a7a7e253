// Systems of linear equations whose matrix is symmetric and positive definite. Matrices are full, row by row; of a
// symmetric one only the lower half is read and written. No result depends on the number of threads.
#pragma once

#include <stddef.h>

#include "base/memory.h"

enum {
        CHOLESKY_TILE = 4,   // rows that are worked on together
        CHOLESKY_BLOCK = 64, // columns at a time: what is shared out stays in the cache
};

// a += p * p', for p of n rows and k columns, given by tiles of CHOLESKY_TILE rows: in each the columns one after the
// other; rows beyond n are 0.
void cholesky_add(double *a, size_t n, const double *p, size_t k, unsigned threads);

// In place: the lower half becomes l with a = l * l' (G. Golub, C. Van Loan, Matrix Computations, 4.2.9). -EDOM: not
// positive definite; -ENOMEM. a is spoilt in both cases.
_warn_unused_ int cholesky_factor(double *a, size_t n, unsigned threads);
// In place: b, of n rows and `columns` columns, becomes the x of l * l' * x = b.
void cholesky_solve(const double *l, size_t n, double *b, size_t columns);
