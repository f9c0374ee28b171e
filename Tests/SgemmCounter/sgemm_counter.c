#define _GNU_SOURCE
#include "sgemm_counter.h"
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static atomic_long calls, operations;

long sgemm_calls(void) { return calls; }
long sgemm_operations(void) { return operations; }

// Declared here, not by cblas.h: the linker takes a symbol of the program's own before one of a library, and that is the
// whole trick. Enumerations of C are passed as int.
typedef void sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, const float *a, int lda,
                   const float *b, int ldb, float beta, float *c, int ldc);

sgemm cblas_sgemm;

void cblas_sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, const float *a, int lda,
                 const float *b, int ldb, float beta, float *c, int ldc) {
  static _Atomic(sgemm *) next;
  sgemm *library = next;
  if (!library) {
    library = (sgemm *)dlsym(RTLD_NEXT, "cblas_sgemm");
    if (!library) {
      fputs("no library after this program has cblas_sgemm\n", stderr);
      abort();
    }
    next = library;
  }
  calls++;
  operations += 2L * m * n * k;
  library(order, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
