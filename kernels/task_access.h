#ifndef ZEROD_KERNELS_TASK_ACCESS_H_
#define ZEROD_KERNELS_TASK_ACCESS_H_

#include <cstddef>
#include <cstdint>

#include "kernels/adamw.h"
#include "kernels/bf16.h"
#include "kernels/float_bits.h"
#include "kernels/hash.h"
#include "kernels/host_device.h"
#include "kernels/split_master.h"

namespace zerod {

// One element of a task's buffers, whatever their format.

template <typename T>
ZEROD_HOST_DEVICE T* ElementsOf(std::byte* bytes) {
  return reinterpret_cast<T*>(bytes);
}
template <typename T>
ZEROD_HOST_DEVICE const T* ElementsOf(const std::byte* bytes) {
  return reinterpret_cast<const T*>(bytes);
}

ZEROD_HOST_DEVICE inline float LoadElement(DType dtype, const std::byte* bytes, std::uint64_t i) {
  return dtype == DType::kBf16 ? FloatOfBf16(ElementsOf<std::uint16_t>(bytes)[i])
                               : ElementsOf<float>(bytes)[i];
}

// Weights of dtype fp32 store themselves, whatever the master format.
ZEROD_HOST_DEVICE inline MasterFormat EffectiveMaster(DType dtype, MasterFormat master) {
  return dtype == DType::kFp32 ? MasterFormat::kNone : master;
}

// A master weight from its weight and its correction.
ZEROD_HOST_DEVICE inline float LoadMaster(DType dtype, MasterFormat master,
                                          const std::byte* weights, const std::byte* correction,
                                          std::uint64_t i) {
  switch (EffectiveMaster(dtype, master)) {
    case MasterFormat::k24:
      return FloatOf(JoinMaster24(
          {ElementsOf<std::uint16_t>(weights)[i], ElementsOf<std::int8_t>(correction)[i]}));
    case MasterFormat::k32:
      return FloatOf(JoinMaster32(
          {ElementsOf<std::uint16_t>(weights)[i], ElementsOf<std::int16_t>(correction)[i]}));
    case MasterFormat::kNone:
      break;
  }
  return LoadElement(dtype, weights, i);
}

// The magnitude bits from which on a master weight counts as non-finite.
ZEROD_HOST_DEVICE inline std::uint32_t MasterLimit(DType dtype, MasterFormat master,
                                                   MasterRounding rounding) {
  const bool stochastic = rounding == MasterRounding::kStochastic;
  if (dtype == DType::kFp32) return kInfinityBits;
  switch (master) {
    case MasterFormat::k24:
      return stochastic ? kLimit24Stochastic : kLimit24Nearest;
    case MasterFormat::k32:
      return kLimit32;
    case MasterFormat::kNone:
      break;
  }
  return stochastic ? kLimitBf16Stochastic : kLimitBf16Nearest;
}

// Stores `p`, or a NaN with zero correction where `p` is not finite. Returns whether it is. `hash`
// is the element's MasterHash, which nearest rounding does not look at.
ZEROD_HOST_DEVICE inline bool StoreMaster(DType dtype, MasterFormat master, MasterRounding rounding,
                                          std::uint32_t hash, float p, std::byte* weights,
                                          std::byte* correction, std::uint64_t i) {
  const bool stochastic = rounding == MasterRounding::kStochastic;
  const bool finite = MagnitudeBits(p) < MasterLimit(dtype, master, rounding);
  const std::uint32_t bits = finite ? BitsOf(p) : kCanonicalNanBits;
  switch (EffectiveMaster(dtype, master)) {
    case MasterFormat::k24: {
      const Split24 split = SplitMaster24(bits, stochastic ? MasterByte(hash) : kNearest24);
      ElementsOf<std::uint16_t>(weights)[i] = split.weight;
      ElementsOf<std::int8_t>(correction)[i] = split.correction;
      break;
    }
    case MasterFormat::k32: {
      const Split32 split = SplitMaster32(bits);
      ElementsOf<std::uint16_t>(weights)[i] = split.weight;
      ElementsOf<std::int16_t>(correction)[i] = split.correction;
      break;
    }
    case MasterFormat::kNone:
      if (dtype == DType::kFp32) {
        ElementsOf<float>(weights)[i] = FloatOf(bits);
      } else {
        ElementsOf<std::uint16_t>(weights)[i] =
            stochastic ? RoundToBf16Stochastic(bits, MasterBits16(hash))
                       : Bf16OfFloat(FloatOf(bits));
      }
      break;
  }
  return finite;
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_TASK_ACCESS_H_
