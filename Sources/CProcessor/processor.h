// What Swift cannot see for itself: the control register that decides what happens to denormal numbers, the hint that a
// thread waits, and how wide the vectors are that this build is compiled for.
#pragma once
#include <stdint.h>

/// 1 where sixteen floats are one register and there are 32 of them; 0 where they are two or more.
#if defined(__AVX512F__)
#define VFM_WIDE_VECTORS 1
#else
#define VFM_WIDE_VECTORS 0
#endif

#if defined(__x86_64__)
#include <xmmintrin.h>
/// Flush-to-zero and denormals-are-zero for the calling thread: tiny gradients would otherwise run 5 to 10 times slower.
static inline void vfm_flush_denormals(void) { _mm_setcsr(_mm_getcsr() | 0x8040); }
/// Tells the processor that the calling thread waits in a loop.
static inline void vfm_pause(void) { _mm_pause(); }
#elif defined(__aarch64__)
static inline void vfm_flush_denormals(void) {
  uint64_t fpcr;
  __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
  __asm__ volatile("msr fpcr, %0" ::"r"(fpcr | (1ull << 24)));
}
static inline void vfm_pause(void) { __asm__ volatile("yield"); }
#else
static inline void vfm_flush_denormals(void) {}
static inline void vfm_pause(void) {}
#endif
