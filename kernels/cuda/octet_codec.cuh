#ifndef ZEROD_KERNELS_CUDA_OCTET_CODEC_CUH_
#define ZEROD_KERNELS_CUDA_OCTET_CODEC_CUH_

#include <cstdint>
#include <type_traits>

#include "kernels/codec_flash.h"
#include "kernels/codec_robust.h"
#include "kernels/cuda/device_tables.cuh"
#include "kernels/cuda/lane_words.h"
#include "kernels/cuda/octet.cuh"
#include "kernels/cuda/octet_input.cuh"
#include "kernels/cuda/octet_robust.cuh"
#include "kernels/hash.h"
#include "kernels/update.h"

namespace zerod {

// A codec's table: two divisions and a branch for each would take longer.
template <typename Codec>
__device__ inline const float* MValues() {
  if constexpr (std::is_same_v<Codec, RobustCodec>) return kRobustMTable.values;
  if constexpr (std::is_same_v<Codec, FlashCodec>) return kFlashMTable.values;
  return nullptr;
}

// Moments of an octet, decayed.
struct OctetDecayed {
  float first[kOctet];
  float second[kOctet];
};

template <typename Rule>
__device__ __forceinline__ void DecayOctet(const OctetInput<UnquantisedCodec>& input,
                                           const UpdateScalars& s, const float* /*m_values*/,
                                           OctetDecayed* decayed) {
#pragma unroll
  for (int k = 0; k < kOctet; ++k) {
    const float m = kHasM<Rule> ? FloatOf(input.m[k]) : 0.0f;
    decayed->first[k] = Multiply(s.beta1, m);
    decayed->second[k] = Multiply(s.beta2, kHasV<Rule> ? FloatOf(input.v[k]) : m);
  }
}

template <typename Rule, typename Codec>
__device__ __forceinline__ void DecayOctet(const OctetInput<Codec>& input, const UpdateScalars& s,
                                           const float* m_values, OctetDecayed* decayed) {
  const float m_scale = Codec::MScale(input.m_scale);
  const float first_scale = Multiply(s.beta1, m_scale);
  const float second_scale =
      Multiply(s.beta2, kHasV<Rule> ? Codec::VScaleSquare(Codec::VScale(input.v_scale)) : m_scale);
  const std::uint32_t excess[2] = {input.m[0] ^ kSignsOfBytes, input.m[1] ^ kSignsOfBytes};
#pragma unroll
  for (int k = 0; k < kOctet; ++k) {
    const float m = m_values[ElementAt<1>(excess, k)];
    decayed->first[k] = Multiply(m, first_scale);
    float second = m;
    if constexpr (kHasV<Rule>) {
      second = Codec::DecodeV(static_cast<std::uint8_t>(ElementAt<1>(input.v, k)));
    }
    decayed->second[k] = Multiply(second, second_scale);
  }
}

// What the codes of one of a group's moments are made of: the greatest value, the scale's code, and
// the hashes of neighbours.
struct GroupCodes {
  float maximum;
  std::uint16_t scale;
  std::uint32_t hashes[kOctet / 2];

  __device__ std::uint32_t MomentBitsOf(int k) const {
    return k % 2 == 0 ? hashes[k / 2] & 0xffff : hashes[k / 2] >> 16;
  }
};

// `values` are finite. `codes` holds the old ones.
template <typename Codec>
__device__ __forceinline__ void EncodeMOctet(const float (&values)[kOctet], const GroupCodes& group,
                                             std::uint32_t (&codes)[2]) {
  const float unit = Codec::MUnit(group.maximum, group.scale);
  if constexpr (std::is_same_v<Codec, RobustCodec>) {
    if (group.maximum < kRobustLimit) return EncodeRobustM(values, unit, group.hashes, codes);
  }
  std::uint32_t new_codes[2];
#pragma unroll
  for (int k = 0; k < kOctet; ++k) {
    const auto old = static_cast<std::int8_t>(ElementAt<1>(codes, k));
    const std::int8_t code = Codec::EncodeM(values[k], unit, old, MByte(group.MomentBitsOf(k)));
    SetElement<1>(k, static_cast<std::uint8_t>(code), new_codes);
  }
  codes[0] = new_codes[0];
  codes[1] = new_codes[1];
}

// `roots` are finite. Returns how many codes are at the floor.
template <typename Codec>
__device__ __forceinline__ std::uint32_t EncodeVOctet(const float (&roots)[kOctet],
                                                      const GroupCodes& group,
                                                      std::uint32_t (&codes)[2]) {
  const float unit = Codec::VUnit(group.maximum, group.scale);
  if constexpr (std::is_same_v<Codec, RobustCodec>) {
    if (group.maximum < kRobustLimit) return EncodeRobustV(roots, unit, group.hashes, codes);
  }
  std::uint32_t floor_count = 0;
#pragma unroll
  for (int k = 0; k < kOctet; ++k) {
    const std::uint8_t code = Codec::EncodeV(roots[k], unit, VByte(group.MomentBitsOf(k)));
    SetElement<1>(k, code, codes);
    if (code == Codec::kVFloor && roots[k] > 0.0f) ++floor_count;
  }
  return floor_count;
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_OCTET_CODEC_CUH_
