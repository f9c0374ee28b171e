// What Swift cannot see for itself: the control register that decides what happens to denormal numbers, the hint that a
// thread waits, how wide the vectors are that this build is compiled for, the square root of a vector, and which cores a process
// may use.
#pragma once
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/// The cores that this thread may use, a bit each, in as many bytes; 0 where the system does not tell.
static inline int vfm_usable_cores(uint8_t *bits, int bytes) {
  long written = syscall(SYS_sched_getaffinity, 0, (size_t)bytes, bits);
  return written < 0 ? 0 : (int)written;
}

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

/// Sixteen bfloat16, SIMD16<UInt16> in Swift.
typedef unsigned short vfm_halves __attribute__((ext_vector_type(16)));

/// Sixteen pairs of bfloat16, each in the place of a float.
#if VFM_BFLOAT16_PRODUCTS
#include <immintrin.h>
/// The nearest bfloat16 of each float.
static inline __attribute__((always_inline)) vfm_halves vfm_narrowed(vfm_lanes x) {
  return (vfm_halves)_mm512_cvtneps_pbh((__m512)x);
}
/// sum + the products of both numbers of each pair.
static inline __attribute__((always_inline)) vfm_lanes vfm_add_pair_products(vfm_lanes sum, vfm_lanes a, vfm_lanes b) {
  return (vfm_lanes)_mm512_dpbf16_ps((__m512)sum, (__m512bh)a, (__m512bh)b);
}
/// Pairs of neighbours among 32 floats, of which `first` and `second` are the halves.
static inline __attribute__((always_inline)) vfm_lanes vfm_neighbour_pairs(vfm_lanes first, vfm_lanes second) {
  return (vfm_lanes)_mm512_cvtne2ps_pbh((__m512)second, (__m512)first);
}
/// Pairs of what stands at the same place in both.
static inline __attribute__((always_inline)) vfm_lanes vfm_interleaved_pairs(vfm_lanes first, vfm_lanes second) {
  const __m512i order = _mm512_set_epi16(
      31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  return (vfm_lanes)_mm512_permutexvar_epi16(order, (__m512i)_mm512_cvtne2ps_pbh((__m512)second, (__m512)first));
}
#else
// Nobody calls these where the processor has no such instructions.
static inline vfm_halves vfm_narrowed(vfm_lanes x) { return (vfm_halves)0; }
static inline vfm_lanes vfm_add_pair_products(vfm_lanes sum, vfm_lanes a, vfm_lanes b) { return sum + a * b; }
static inline vfm_lanes vfm_neighbour_pairs(vfm_lanes first, vfm_lanes second) { return first; }
static inline vfm_lanes vfm_interleaved_pairs(vfm_lanes first, vfm_lanes second) { return first; }
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
