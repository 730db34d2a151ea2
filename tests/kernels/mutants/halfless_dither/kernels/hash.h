// A wrong hash.h for the mutation test: its dither lacks the half.
#define Dither RightDither
#include "../../../../../kernels/hash.h"
#undef Dither

#ifndef ZEROD_TESTS_KERNELS_MUTANTS_HALFLESS_DITHER_HASH_H_
#define ZEROD_TESTS_KERNELS_MUTANTS_HALFLESS_DITHER_HASH_H_

namespace zerod {

inline float Dither(std::uint32_t byte) { return static_cast<float>(byte) / 256; }

}  // namespace zerod

#endif  // ZEROD_TESTS_KERNELS_MUTANTS_HALFLESS_DITHER_HASH_H_
