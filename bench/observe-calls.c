/* The BLAS and LAPACK calls that caustic observe makes on a checkpoint with the shapes of GPT-2, and nothing
   else. Usage: observe-calls LAYERS [values]; with `values` only those that the values take, without the
   proofs of their bounds. */
#include <stdlib.h>
#include <string.h>

#include <cblas.h>
#include <lapacke.h>

enum
{
    WIDTH = 768,
    HEADS = 12,
    KEY = 64,
    UNITS = 3072,
    WORDS = 50257,
    POSITIONS = 1024,
    PIECE = 1024
};

static double *a, *b, *c, *work;

static double *
matrix(long length)
{
    double *x = malloc((size_t) length * sizeof *x);
    unsigned long state = 1;

    for (long i = 0; x && i < length; i++)
    {
        state = state * 6364136223846793005UL + 1442695040888963407UL;
        x[i] = (double) (state >> 33) / (double) (1UL << 31) - 0.5;
    }
    return x;
}

static void
product(int n, int m, int k)
{
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, m, k, 1, a, k, b, m, 0, c, m);
}

static void
gram(int n, int k)
{
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, n, k, 1, a, n, 0, c, n);
}

/* Cholesky's factor of n x n Gram matrix of k rows, and the proof that it is one. */
static void
factor(int n, int k, int proofs)
{
    gram(n, k);
    for (int i = 0; i < n; i++)
        c[i * (n + 1)] += k;
    LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 'U', n, c, n);
    if (!proofs)
        return;
    LAPACKE_dtrtri(LAPACK_ROW_MAJOR, 'U', 'N', n, c, n);
    memcpy(work, a, (size_t) n * (size_t) n * sizeof *work);
    for (int i = 0; i < 3; i++)
        cblas_dtrmm(CblasRowMajor, CblasLeft, CblasUpper, CblasNoTrans, CblasNonUnit, n, n, 1, c, n, work, n);
}

/* All singular values of a matrix of WIDTH rows and columns. */
static void
large_spectrum(int proofs)
{
    gram(WIDTH, WIDTH);
    LAPACKE_dsyevd(LAPACK_COL_MAJOR, proofs ? 'V' : 'N', 'L', WIDTH, c, WIDTH, work);
    if (!proofs)
        return;
    product(WIDTH, WIDTH, WIDTH);
    gram(WIDTH, WIDTH);
    gram(WIDTH, WIDTH);
}

/* Of a head's products: both factors by their Gram matrices, then the small one. */
static void
head_spectra(int count, int proofs)
{
    double s[KEY];

    product(KEY, KEY, KEY);
    for (int k = 0; k < count; k++)
    {
        memcpy(work, a, KEY * KEY * sizeof *work);
        LAPACKE_dgesdd(LAPACK_COL_MAJOR, proofs ? 'S' : 'N', KEY, KEY, work, KEY, s, b, KEY, c, KEY);
        if (!proofs)
            continue;
        product(KEY, KEY, KEY);
        gram(KEY, KEY);
        gram(KEY, KEY);
    }
}

static void
layer(int proofs)
{
    for (int h = 0; h < HEADS; h++)
    {
        for (int i = 0; i < 4; i++) /* queries, keys, values of the words; outputs to the logits */
            product(WIDTH, KEY, WIDTH);
        for (int i = 0; i < 8; i++)
            factor(KEY, WIDTH, proofs);
        product(KEY, KEY, WIDTH); /* moment maps */
        product(KEY, KEY, WIDTH);
        product(KEY, KEY, WIDTH);
        product(KEY, KEY, WIDTH);
        head_spectra(6, proofs);
    }
    product(WIDTH, UNITS, WIDTH);
    product(WIDTH, UNITS, WIDTH);
    factor(WIDTH, UNITS, proofs);
    product(WIDTH, WIDTH, WIDTH);
    large_spectrum(proofs);
}

int
main(int argc, char **argv)
{
    int layers = argc > 1 ? atoi(argv[1]) : 12, proofs = argc < 3;

    a = matrix(WIDTH * UNITS);
    b = matrix(WIDTH * UNITS);
    c = matrix(WIDTH * UNITS);
    work = matrix(WIDTH * WIDTH);
    if (!a || !b || !c || !work)
        return 1;
    for (int from = 0; from < WORDS; from += PIECE)
        gram(WIDTH, WORDS - from < PIECE ? WORDS - from : PIECE);
    factor(WIDTH, KEY, proofs);
    factor(WIDTH, WIDTH + POSITIONS, proofs);
    product(WIDTH, WIDTH, WIDTH);
    large_spectrum(proofs);
    large_spectrum(proofs);
    for (int n = 0; n < layers; n++)
        layer(proofs);
    free(a);
    free(b);
    free(c);
    free(work);
    return 0;
}
