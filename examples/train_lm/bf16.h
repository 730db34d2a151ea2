#ifndef ZEROD_EXAMPLES_TRAIN_LM_BF16_H_
#define ZEROD_EXAMPLES_TRAIN_LM_BF16_H_

#include <bit>
#include <cstddef>
#include <cstdint>

namespace zerod::train_lm {

// A bf16 is the high half of a binary32.
inline void WidenBf16(std::size_t count, const std::uint16_t* from, float* to) {
  for (std::size_t i = 0; i < count; ++i) {
    to[i] = std::bit_cast<float>(static_cast<std::uint32_t>(from[i]) << 16);
  }
}

// To nearest, ties to even; NaN stays NaN.
inline void RoundToBf16(std::size_t count, const float* from, std::uint16_t* to) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(from[i]);
    const std::uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    const std::uint32_t nan = (bits >> 16) | 0x40;
    to[i] = static_cast<std::uint16_t>((bits & 0x7fffffff) > 0x7f800000 ? nan : rounded);
  }
}

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_BF16_H_
