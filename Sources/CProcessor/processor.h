// What Swift cannot see for itself: the control register that decides what happens to denormal numbers, the hint that a
// thread waits, how wide the vectors are that this build is compiled for, and the square root of a vector.
#pragma once
#include <stdint.h>

/// 1 where sixteen floats are one register and there are 32 of them; 0 where they are two or more.
#if defined(__AVX512F__)
#define VFM_WIDE_VECTORS 1
#else
#define VFM_WIDE_VECTORS 0
#endif

/// 1 where this build multiplies pairs of bfloat16 by one instruction (Zen 4, Cooper Lake, Sapphire Rapids and later).
#if defined(__AVX512BF16__)
#define VFM_BFLOAT16_PRODUCTS 1
#else
#define VFM_BFLOAT16_PRODUCTS 0
#endif

/// Sixteen floats, SIMD16<Float> in Swift.
typedef float vfm_lanes __attribute__((ext_vector_type(16)));
/// Their square roots. Swift's own go through the lanes one by one.
static inline __attribute__((always_inline)) vfm_lanes vfm_square_roots(vfm_lanes x) {
  return __builtin_elementwise_sqrt(x);
}

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
