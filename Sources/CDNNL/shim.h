// oneDNN, which computes products of bfloat16 factors.
#pragma once
#include <oneapi/dnnl/dnnl.h>

#if DNNL_VERSION_MAJOR != 2
#error "the products of bfloat16 are written for oneDNN 2 (Debian 12: libdnnl-dev 2.6), whose interface version 3 changed"
#endif

/// Of GNU's OpenMP, which Debian's oneDNN is built on: how many threads the calling thread's next calls use.
void omp_set_num_threads(int threads);

/// Tells oneDNN to compute on the calling thread alone: the number is each thread's own.
static inline void vfm_dnnl_on_this_thread(void) {
  static _Thread_local int told = 0;
  if (!told) {
    omp_set_num_threads(1);
    told = 1;
  }
}
