#ifndef ZEROD_KERNELS_MASTER_ACCESS_H_
#define ZEROD_KERNELS_MASTER_ACCESS_H_

#include <cstddef>
#include <cstdint>

#include "kernels/element_access.h"
#include "kernels/float_bits.h"
#include "kernels/hash.h"
#include "kernels/host_device.h"
#include "kernels/split_half.h"
#include "kernels/split_master.h"
#include "zerod/kernels/formats.h"

namespace zerod {

// How master weights lie in memory: the weight's dtype, and the bits of correction beside it.
enum class MasterLayout : std::uint8_t {
  kBf16,
  kBf16With8,
  kBf16With16,
  kFp16,
  kFp16With8,
  kFp16With16,
  kFp32,  // weights store themselves, whatever the master format
};

ZEROD_HOST_DEVICE inline MasterLayout LayoutOf(DType dtype, MasterFormat master) {
  if (dtype == DType::kFp32) return MasterLayout::kFp32;
  const bool half = dtype == DType::kFp16;
  switch (master) {
    case MasterFormat::k24:
      return half ? MasterLayout::kFp16With8 : MasterLayout::kBf16With8;
    case MasterFormat::k32:
      return half ? MasterLayout::kFp16With16 : MasterLayout::kBf16With16;
    case MasterFormat::kNone:
      break;
  }
  return half ? MasterLayout::kFp16 : MasterLayout::kBf16;
}

// The magnitude bits from which on a master weight counts as non-finite.
ZEROD_HOST_DEVICE inline std::uint32_t MasterLimit(MasterLayout layout, MasterRounding rounding) {
  const bool stochastic = rounding == MasterRounding::kStochastic;
  switch (layout) {
    case MasterLayout::kBf16:
      return stochastic ? kLimitBf16Stochastic : kLimitBf16Nearest;
    case MasterLayout::kBf16With8:
      return stochastic ? kLimit24Stochastic : kLimit24Nearest;
    case MasterLayout::kBf16With16:
      return kLimit32;
    case MasterLayout::kFp16:
      return stochastic ? kLimitHalfStochastic : kLimitHalfNearest;
    case MasterLayout::kFp16With8:
      return stochastic ? kLimitHalf24Stochastic : kLimitHalf24Nearest;
    case MasterLayout::kFp16With16:
      return kLimitHalf32;
    case MasterLayout::kFp32:
      break;
  }
  return kInfinityBits;
}

// A weight and its correction, as unsigned bits; what a layout has no room for is 0.
struct SplitBits {
  std::uint32_t weight;
  std::uint32_t correction;

  bool operator==(const SplitBits&) const = default;
};

// The split of a master's bits, which are below the limit or the canonical NaN. `hash` is the
// element's MasterHash, which nearest rounding does not look at.
ZEROD_HOST_DEVICE inline SplitBits SplitMaster(MasterLayout layout, MasterRounding rounding,
                                               std::uint32_t hash, std::uint32_t bits) {
  const bool stochastic = rounding == MasterRounding::kStochastic;
  const std::uint32_t magnitude = bits & kMagnitudeMask;
  const std::uint32_t half_sign = bits >> 16 & 0x8000;
  const bool is_nan = magnitude > kInfinityBits;
  switch (layout) {
    case MasterLayout::kBf16:
      return {
          stochastic ? RoundToBf16Stochastic(bits, MasterBits16(hash)) : Bf16OfFloat(FloatOf(bits)),
          0};
    case MasterLayout::kBf16With8: {
      const Split24 split = SplitMaster24(bits, stochastic ? MasterByte(hash) : kNearest24);
      return {split.weight, static_cast<std::uint8_t>(split.correction)};
    }
    case MasterLayout::kBf16With16: {
      const Split32 split = SplitMaster32(bits);
      return {split.weight, static_cast<std::uint16_t>(split.correction)};
    }
    case MasterLayout::kFp16:
      if (is_nan) return {kHalfNan, 0};
      return {half_sign | (stochastic ? ExtendedHalfStochastic<0, 16>(magnitude, MasterBits16(hash))
                                      : ExtendedHalfNearest<0>(magnitude)),
              0};
    case MasterLayout::kFp16With8: {
      if (is_nan) return {kHalfNan, 0};
      const std::uint32_t extended =
          stochastic ? ExtendedHalfStochastic<8, 16>(magnitude, MasterBits16(hash))
                     : ExtendedHalfNearest<8>(magnitude);
      const std::uint32_t weight = (extended + 0x80) >> 8;
      return {half_sign | weight, (extended - (weight << 8)) & 0xff};
    }
    case MasterLayout::kFp16With16: {
      if (is_nan) return {kHalfNan, 0};
      const std::uint32_t extended = ExtendedHalfNearest<16>(magnitude);
      const std::uint32_t weight = (extended + 0x8000) >> 16;
      return {half_sign | weight, (extended - (weight << 16)) & 0xffff};
    }
    case MasterLayout::kFp32:
      break;
  }
  return {bits, 0};
}

// The inverse: a master's bits.
ZEROD_HOST_DEVICE inline std::uint32_t JoinMaster(MasterLayout layout, SplitBits split) {
  const auto weight = static_cast<std::uint16_t>(split.weight);
  const std::uint32_t sign = static_cast<std::uint32_t>(weight & 0x8000) << 16;
  const auto with8 = static_cast<std::uint32_t>(static_cast<std::int8_t>(split.correction));
  const auto with16 = static_cast<std::uint32_t>(static_cast<std::int16_t>(split.correction));
  const std::uint32_t magnitude = weight & 0x7fff;
  switch (layout) {
    case MasterLayout::kBf16:
      return static_cast<std::uint32_t>(weight) << 16;
    case MasterLayout::kBf16With8:
      return JoinMaster24({weight, static_cast<std::int8_t>(split.correction)});
    case MasterLayout::kBf16With16:
      return JoinMaster32({weight, static_cast<std::int16_t>(split.correction)});
    case MasterLayout::kFp16:
      return sign | JoinExtendedHalf<0>(magnitude);
    case MasterLayout::kFp16With8:
      return sign | JoinExtendedHalf<8>(((magnitude << 8) + with8) & 0x7fffff);
    case MasterLayout::kFp16With16:
      return sign | JoinExtendedHalf<16>(((magnitude << 16) + with16) & 0x7fffffff);
    case MasterLayout::kFp32:
      break;
  }
  return split.weight;
}

ZEROD_HOST_DEVICE inline SplitBits LoadSplit(MasterLayout layout, const std::byte* weights,
                                             const std::byte* correction, std::uint64_t i) {
  switch (layout) {
    case MasterLayout::kBf16:
    case MasterLayout::kFp16:
      return {ElementsOf<std::uint16_t>(weights)[i], 0};
    case MasterLayout::kBf16With8:
    case MasterLayout::kFp16With8:
      return {ElementsOf<std::uint16_t>(weights)[i], ElementsOf<std::uint8_t>(correction)[i]};
    case MasterLayout::kBf16With16:
    case MasterLayout::kFp16With16:
      return {ElementsOf<std::uint16_t>(weights)[i], ElementsOf<std::uint16_t>(correction)[i]};
    case MasterLayout::kFp32:
      break;
  }
  return {ElementsOf<std::uint32_t>(weights)[i], 0};
}

ZEROD_HOST_DEVICE inline void StoreSplit(MasterLayout layout, SplitBits split, std::byte* weights,
                                         std::byte* correction, std::uint64_t i) {
  if (layout == MasterLayout::kFp32) {
    ElementsOf<std::uint32_t>(weights)[i] = split.weight;
    return;
  }
  ElementsOf<std::uint16_t>(weights)[i] = static_cast<std::uint16_t>(split.weight);
  if (layout == MasterLayout::kBf16With8 || layout == MasterLayout::kFp16With8) {
    ElementsOf<std::uint8_t>(correction)[i] = static_cast<std::uint8_t>(split.correction);
  } else if (layout == MasterLayout::kBf16With16 || layout == MasterLayout::kFp16With16) {
    ElementsOf<std::uint16_t>(correction)[i] = static_cast<std::uint16_t>(split.correction);
  }
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_MASTER_ACCESS_H_
