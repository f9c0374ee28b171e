// OpenBLAS, which computes the products of linear layers.
#pragma once
#include <cblas.h>

/// Tells OpenBLAS to compute on the calling thread alone: once on each thread, since a build of it on OpenMP keeps the
/// number of threads for each thread that calls; a build on pthreads keeps one for all.
static inline void vfm_openblas_on_this_thread(void) {
  static _Thread_local int told = 0;
  if (!told) {
    openblas_set_num_threads(1);
    told = 1;
  }
}
