#ifndef ZEROD_TESTS_GPU_PROOFS_H_
#define ZEROD_TESTS_GPU_PROOFS_H_

#include <cuda_runtime_api.h>

#include <cstdint>

#include "kernels/codec_flash.h"
#include "kernels/codec_robust.h"
#include "kernels/half.h"
#include "kernels/host_device.h"
#include "kernels/master_access.h"

namespace zerod {

// Fast operations against the device's IEEE ones. Each launch adds the number of wrong results to
// `*wrong`, in device memory.
cudaError_t LaunchReciprocalProof(unsigned long long* wrong);  // all of its range
cudaError_t LaunchRootProof(unsigned long long* wrong);        // all of its range, and all others

// What device and host compile from one source, and must compute alike, subnormals too.
enum class SharedFunction : std::uint8_t {
  kSplitBf16,  // split and join of masters in each layout, of all magnitudes below its limit
  kSplitBf16With8,
  kSplitBf16With16,
  kSplitFp16,
  kSplitFp16With8,
  kSplitFp16With16,
  kScales,  // scale codes of all magnitudes, and values of all codes
  kHalf,    // fp16 of all floats, and back
  kCodecs,  // codes and values of both codecs, of scrambled operands
};
inline constexpr int kSharedFunctionCount = 9;

ZEROD_HOST_DEVICE inline std::uint64_t SplitAndJoin(MasterLayout layout, std::uint32_t bits) {
  std::uint64_t results = 0;
  for (MasterRounding rounding : {MasterRounding::kNearest, MasterRounding::kStochastic}) {
    const bool below = (bits & kMagnitudeMask) < MasterLimit(layout, rounding);
    const SplitBits split =
        SplitMaster(layout, rounding, bits * kWeyl32, below ? bits : kCanonicalNanBits);
    results = results * 31 + split.weight;
    results = results * 31 + split.correction;
    results = results * 31 + JoinMaster(layout, split);
  }
  return results;
}

ZEROD_HOST_DEVICE inline std::uint64_t ScalesOf(std::uint32_t bits) {
  if (!IsFinite(FloatOf(bits & kMagnitudeMask))) return 0;
  const float a = FloatOf(bits & kMagnitudeMask);
  const std::uint16_t code = ScaleCodeNearest(a);
  return code | static_cast<std::uint64_t>(ScaleCode(a, bits >> 19)) << 16 |
         static_cast<std::uint64_t>(BitsOf(ScaleOfCode(code))) << 32;
}

template <typename Codec>
ZEROD_HOST_DEVICE inline std::uint64_t CodesOf(std::uint32_t bits) {
  const std::uint64_t mixed = Mix64(bits);
  const auto old_q = static_cast<std::int8_t>(bits);
  const auto v = static_cast<std::uint8_t>(bits);
  // A maximum, and a value below it.
  const float a = FloatOf((bits >> 8 & 0xffffff) + 0x38000000);
  const float share = static_cast<float>(mixed >> 40) * 0x1p-24f;
  const float m = Multiply(a, (mixed & 1) != 0 ? -share : share);
  const auto byte = static_cast<std::uint32_t>(mixed >> 8 & 0xff);
  const GroupKey key = MakeGroupKey(mixed, bits);
  const std::uint16_t m_code = Codec::MScaleCode(a);
  const std::uint16_t v_code = Codec::VScaleCode(a, key);
  std::uint64_t results = m_code | static_cast<std::uint32_t>(v_code) << 16;
  const std::int8_t q = Codec::EncodeM(m, Codec::MUnit(a, m_code), old_q, byte);
  results = results * 31 + static_cast<std::uint8_t>(q);
  results = results * 31 + Codec::EncodeV(Absolute(m), Codec::VUnit(a, v_code), byte);
  results = results * 31 + BitsOf(Codec::DecodeM(old_q));
  results = results * 31 + BitsOf(Codec::DecodeV(v));
  return results * 31 + BitsOf(Codec::VScaleSquare(Codec::VScale(v_code)));
}

ZEROD_HOST_DEVICE inline std::uint64_t ValueOf(SharedFunction function, std::uint32_t bits) {
  switch (function) {
    case SharedFunction::kSplitBf16:
      return SplitAndJoin(MasterLayout::kBf16, bits);
    case SharedFunction::kSplitBf16With8:
      return SplitAndJoin(MasterLayout::kBf16With8, bits);
    case SharedFunction::kSplitBf16With16:
      return SplitAndJoin(MasterLayout::kBf16With16, bits);
    case SharedFunction::kSplitFp16:
      return SplitAndJoin(MasterLayout::kFp16, bits);
    case SharedFunction::kSplitFp16With8:
      return SplitAndJoin(MasterLayout::kFp16With8, bits);
    case SharedFunction::kSplitFp16With16:
      return SplitAndJoin(MasterLayout::kFp16With16, bits);
    case SharedFunction::kScales:
      return ScalesOf(bits);
    case SharedFunction::kHalf: {
      const std::uint16_t half = HalfOfFloat(FloatOf(bits));
      return half | static_cast<std::uint64_t>(BitsOf(FloatOfHalf(half))) << 16;
    }
    case SharedFunction::kCodecs:
      return CodesOf<RobustCodec>(bits) ^ CodesOf<FlashCodec>(bits);
  }
  return 0;
}

// A sum over `kBlockInputs` inputs that no exchange of two results leaves alone.
inline constexpr std::uint64_t kBlockInputs = 1 << 20;
inline constexpr std::uint64_t kBlockCount = 4096;  // all 2^32 inputs
// Codecs take longest, and their operands are scrambled anyway.
constexpr std::uint64_t BlocksOf(SharedFunction function) {
  return function == SharedFunction::kCodecs ? 512 : kBlockCount;
}
ZEROD_HOST_DEVICE inline std::uint64_t Digest(SharedFunction function, std::uint32_t bits) {
  return Mix64(ValueOf(function, bits) + bits * kWeyl64);
}
// `sums`: BlocksOf(function) digests' sums, in device memory, zeros before.
cudaError_t LaunchDigests(SharedFunction function, unsigned long long* sums);

}  // namespace zerod

#endif  // ZEROD_TESTS_GPU_PROOFS_H_
