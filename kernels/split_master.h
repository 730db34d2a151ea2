#ifndef ZEROD_KERNELS_SPLIT_MASTER_H_
#define ZEROD_KERNELS_SPLIT_MASTER_H_

#include <cstdint>

#include "kernels/host_device.h"

namespace zerod {

// A master weight as the bf16 weight that everybody sees and a correction that the owner keeps:
// FlashOptim's tight bound in integers. Signs ride along, since bits are sign and magnitude.

// Magnitudes at or above these could round to an infinite bf16 weight; they count as non-finite and
// are stored as NaN.
inline constexpr std::uint32_t kLimit24Nearest = 0x7f7f7f80;
inline constexpr std::uint32_t kLimit24Stochastic = 0x7f7f7f01;
inline constexpr std::uint32_t kLimit32 = 0x7f7f8000;
inline constexpr std::uint32_t kLimitBf16Nearest = 0x7f7f8000;
inline constexpr std::uint32_t kLimitBf16Stochastic = 0x7f7f0001;

// The addend of the first rounding where it is to nearest; a hashed byte where it is stochastic.
inline constexpr std::uint32_t kNearest24 = 0x80;

struct Split24 {
  std::uint16_t weight;
  std::int8_t correction;
};

// `bits` is below the limit or the canonical NaN; `addend` is in [0, 255].
ZEROD_HOST_DEVICE inline Split24 SplitMaster24(std::uint32_t bits, std::uint32_t addend) {
  const std::uint32_t m24 = (bits + addend) >> 8;
  const std::uint32_t weight = (m24 + 0x80) >> 8;
  return {static_cast<std::uint16_t>(weight), static_cast<std::int8_t>(m24 - (weight << 8))};
}

ZEROD_HOST_DEVICE inline std::uint32_t JoinMaster24(Split24 split) {
  const std::uint32_t m24 = (static_cast<std::uint32_t>(split.weight) << 8) +
                            static_cast<std::uint32_t>(split.correction);
  return m24 << 8;
}

struct Split32 {
  std::uint16_t weight;
  std::int16_t correction;
};

// Lossless for `bits` below the limit and for the canonical NaN.
ZEROD_HOST_DEVICE inline Split32 SplitMaster32(std::uint32_t bits) {
  const std::uint32_t weight = (bits + 0x8000) >> 16;
  return {static_cast<std::uint16_t>(weight), static_cast<std::int16_t>(bits - (weight << 16))};
}

ZEROD_HOST_DEVICE inline std::uint32_t JoinMaster32(Split32 split) {
  return (static_cast<std::uint32_t>(split.weight) << 16) +
         static_cast<std::uint32_t>(split.correction);
}

// Nothing beside the bf16 weight: `random16` are 16 hashed bits.
ZEROD_HOST_DEVICE inline std::uint16_t RoundToBf16Stochastic(std::uint32_t bits,
                                                             std::uint32_t random16) {
  return static_cast<std::uint16_t>((bits + random16) >> 16);
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_SPLIT_MASTER_H_
