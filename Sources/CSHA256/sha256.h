#pragma once
// SHA-256 blocks by the processor's own instructions (Intel SHA extensions), which Swift cannot name.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

/// Whether this processor has the SHA extensions (and the SSE4.1 shuffles used beside them).
static inline bool sha256_instructions_available(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSE4_1)) return false;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

/// Takes `count` blocks of 64 bytes into `state` (a b c d e f g h); `constants` are the 64 round constants.
__attribute__((target("sha,sse4.1"))) static inline void sha256_blocks(
    uint32_t state[8], const uint32_t constants[64], const uint8_t *bytes, size_t count) {
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
  // The instructions want the eight words as (a b e f) and (c d g h), highest word first.
  const __m128i dcba = _mm_loadu_si128((const __m128i *)state);
  const __m128i hgfe = _mm_loadu_si128((const __m128i *)(state + 4));
  const __m128i cdab = _mm_shuffle_epi32(dcba, 0xB1), efgh = _mm_shuffle_epi32(hgfe, 0x1B);
  __m128i abef = _mm_alignr_epi8(cdab, efgh, 8), cdgh = _mm_blend_epi16(efgh, cdab, 0xF0);

  for (; count > 0; count--, bytes += 64) {
    const __m128i abef_before = abef, cdgh_before = cdgh;
    __m128i words[4];  // the last sixteen words of the message schedule
    for (int i = 0; i < 4; i++)
      words[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)bytes + i), big_endian);
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) {  // four rounds each
      const __m128i now = words[i & 3];
      const __m128i sum = _mm_add_epi32(now, _mm_loadu_si128((const __m128i *)constants + i));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0E));
      // The four words sixteen places on: w[t] = w[t-16] + s0(w[t-15]) + w[t-7] + s1(w[t-2]).
      const __m128i one = words[(i + 1) & 3], two = words[(i + 2) & 3], three = words[(i + 3) & 3];
      const __m128i partial =
          _mm_add_epi32(_mm_sha256msg1_epu32(now, one), _mm_alignr_epi8(three, two, 4));
      words[i & 3] = _mm_sha256msg2_epu32(partial, three);
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }

  const __m128i feba = _mm_shuffle_epi32(abef, 0x1B), dchg = _mm_shuffle_epi32(cdgh, 0xB1);
  _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xF0));
  _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

#else

static inline bool sha256_instructions_available(void) { return false; }
static inline void sha256_blocks(uint32_t *state, const uint32_t *constants, const uint8_t *bytes, size_t count) {}

#endif
