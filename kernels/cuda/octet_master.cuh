#ifndef ZEROD_KERNELS_CUDA_OCTET_MASTER_CUH_
#define ZEROD_KERNELS_CUDA_OCTET_MASTER_CUH_

#include <cstdint>

#include "kernels/cuda/lane_words.h"
#include "kernels/cuda/octet.cuh"
#include "kernels/fused_update.h"
#include "kernels/master_access.h"

namespace zerod {

// An octet of master weights: the weights, and where they have 16 bits the corrections from word
// kOctetCorrection on.
inline constexpr int kOctetCorrection = kOctetWords<2>;

// Calls `visit` as visit.template operator()<kLayout>(). The default layout is the first in line.
template <typename Visit>
__device__ __forceinline__ void VisitLayout(MasterLayout layout, const Visit& visit) {
  if (layout == MasterLayout::kBf16With8) {
    return visit.template operator()<MasterLayout::kBf16With8>();
  }
  switch (layout) {
    case MasterLayout::kBf16:
      return visit.template operator()<MasterLayout::kBf16>();
    case MasterLayout::kBf16With16:
      return visit.template operator()<MasterLayout::kBf16With16>();
    case MasterLayout::kFp16:
      return visit.template operator()<MasterLayout::kFp16>();
    case MasterLayout::kFp16With8:
      return visit.template operator()<MasterLayout::kFp16With8>();
    case MasterLayout::kFp16With16:
      return visit.template operator()<MasterLayout::kFp16With16>();
    case MasterLayout::kBf16With8:  // has its own return above
    case MasterLayout::kFp32:
      return visit.template operator()<MasterLayout::kFp32>();
  }
}

template <MasterLayout kLayout>
inline constexpr int kWeightBytes = kLayout == MasterLayout::kFp32 ? 4 : 2;
template <MasterLayout kLayout>
inline constexpr int kCorrectionBytes = 0;
template <>
inline constexpr int kCorrectionBytes<MasterLayout::kBf16With8> = 1;
template <>
inline constexpr int kCorrectionBytes<MasterLayout::kFp16With8> = 1;
template <>
inline constexpr int kCorrectionBytes<MasterLayout::kBf16With16> = 2;
template <>
inline constexpr int kCorrectionBytes<MasterLayout::kFp16With16> = 2;

__device__ __forceinline__ void LoadMasters(MasterLayout layout, const UpdateTask& task,
                                            std::uint64_t first, std::uint32_t (&words)[kOctet]) {
  VisitLayout(layout, [&]<MasterLayout kLayout>() {
    constexpr int kBytes = kCorrectionBytes<kLayout>;
    LoadOctet<kWeightBytes<kLayout>>(task.weights + first * kWeightBytes<kLayout>, words);
    if constexpr (kBytes != 0) {
      LoadOctet<kBytes>(task.correction + first * kBytes, words + kOctetCorrection);
    }
  });
}

template <MasterLayout kLayout>
__device__ inline SplitBits SplitAt(const std::uint32_t (&words)[kOctet], int k) {
  constexpr int kBytes = kCorrectionBytes<kLayout>;
  SplitBits split = {ElementAt<kWeightBytes<kLayout>>(words, k), 0};
  if constexpr (kBytes != 0) split.correction = ElementAt<kBytes>(words + kOctetCorrection, k);
  return split;
}

// The default layout's bits, before and after: the weight, and below it the correction in excess of
// 128. So they are the master's, rounded to 24 bits, plus 0x8000.
__device__ inline std::uint32_t ExcessAt(const std::uint32_t (&words)[kOctet], int k) {
  const std::uint32_t excess = words[kOctetCorrection + k / 4] ^ kSignsOfBytes;
  const std::uint32_t pair = PermuteBytes(excess, 0, k % 4 < 2 ? 0x1404 : 0x3424);
  return PermuteBytes(words[k / 2], pair, k % 2 == 0 ? 0x1054 : 0x3274);
}

__device__ __forceinline__ void JoinMasters(MasterLayout layout,
                                            const std::uint32_t (&words)[kOctet],
                                            float (&p)[kOctet]) {
  VisitLayout(layout, [&]<MasterLayout kLayout>() {
#pragma unroll
    for (int k = 0; k < kOctet; ++k) {
      if constexpr (kLayout == MasterLayout::kBf16With8) {
        p[k] = FloatOf(ExcessAt(words, k) - 0x8000u);
      } else {
        p[k] = FloatOf(JoinMaster(kLayout, SplitAt<kLayout>(words, k)));
      }
    }
  });
}

// How the octet's masters are split.
struct OctetSplitting {
  MasterLayout layout;
  MasterRounding rounding;
  GroupKey key;
  std::uint32_t first_element;  // of the group
};

// Both roundings, to 24 bits and to the weight, are one addition: what the first drops is below the
// bit that decides the second.
template <MasterRounding kRounding>
__device__ __forceinline__ std::uint32_t SplitDefaultOctet(const OctetSplitting& how,
                                                           const float (&p)[kOctet],
                                                           const std::uint32_t (&old)[kOctet],
                                                           std::uint32_t (&words)[kOctet]) {
  std::uint32_t unmoved = 0;
  std::uint32_t excess[kOctet];
#pragma unroll
  for (int k = 0; k < kOctet; ++k) {
    std::uint32_t addend = kNearest24;
    if constexpr (kRounding == MasterRounding::kStochastic) {
      addend = MasterByte(MasterHash(how.key, how.first_element + k));
    }
    excess[k] = BitsOf(p[k]) + (0x8000u + addend);
    if ((excess[k] ^ ExcessAt(old, k)) < 0x100u) ++unmoved;
  }
#pragma unroll
  for (int k = 0; k < kOctet; k += 2) {
    words[k / 2] = PermuteBytes(excess[k], excess[k + 1], 0x7632);
  }
#pragma unroll
  for (int k = 0; k < kOctet; k += 4) {
    const std::uint32_t first = PermuteBytes(excess[k], excess[k + 1], 0x0051);
    const std::uint32_t second = PermuteBytes(excess[k + 2], excess[k + 3], 0x0051);
    words[kOctetCorrection + k / 4] = PermuteBytes(first, second, 0x5410) ^ kSignsOfBytes;
  }
  return unmoved;
}

template <MasterLayout kLayout>
__device__ inline void SetSplit(int k, SplitBits split, std::uint32_t (&words)[kOctet]) {
  constexpr int kBytes = kCorrectionBytes<kLayout>;
  SetElement<kWeightBytes<kLayout>>(k, split.weight, words);
  if constexpr (kBytes != 0) SetElement<kBytes>(k, split.correction, words + kOctetCorrection);
}

// Splits masters below their limit or the canonical NaN. Returns how many are split as `old` is.
template <MasterLayout kLayout, MasterRounding kRounding>
__device__ __forceinline__ std::uint32_t SplitOctet(const OctetSplitting& how,
                                                    const float (&p)[kOctet],
                                                    const std::uint32_t (&old)[kOctet],
                                                    std::uint32_t (&words)[kOctet]) {
  if constexpr (kLayout == MasterLayout::kBf16With8) {
    return SplitDefaultOctet<kRounding>(how, p, old, words);
  }
  std::uint32_t unmoved = 0;
#pragma unroll
  for (int k = 0; k < kOctet; ++k) {
    const std::uint32_t hash = MasterHash(how.key, how.first_element + k);
    const SplitBits split = SplitMaster(kLayout, kRounding, hash, BitsOf(p[k]));
    const SplitBits old_split = SplitAt<kLayout>(old, k);
    SetSplit<kLayout>(k, split, words);
    if (split.weight == old_split.weight && split.correction == old_split.correction) ++unmoved;
  }
  return unmoved;
}

// The same by the values that `how` has.
__device__ __forceinline__ std::uint32_t SplitMasters(const OctetSplitting& how,
                                                      const float (&p)[kOctet],
                                                      const std::uint32_t (&old)[kOctet],
                                                      std::uint32_t (&words)[kOctet]) {
  std::uint32_t unmoved = 0;
  VisitLayout(how.layout, [&]<MasterLayout kLayout>() {
    constexpr bool kRounds = kLayout != MasterLayout::kFp32 && kCorrectionBytes<kLayout> != 2;
    if (kRounds && how.rounding == MasterRounding::kStochastic) {
      unmoved = SplitOctet<kLayout, MasterRounding::kStochastic>(how, p, old, words);
    } else {
      unmoved = SplitOctet<kLayout, MasterRounding::kNearest>(how, p, old, words);
    }
  });
  return unmoved;
}

__device__ __forceinline__ void StoreMasters(MasterLayout layout, const FusedUpdateTask& task,
                                             std::uint64_t first,
                                             const std::uint32_t (&words)[kOctet]) {
  VisitLayout(layout, [&]<MasterLayout kLayout>() {
    constexpr int kBytes = kCorrectionBytes<kLayout>;
    const std::uint64_t at = first * kWeightBytes<kLayout>;
    StoreOctet<kWeightBytes<kLayout>>(words, task.task.weights + at);
    if constexpr (kBytes != 0) {
      StoreOctet<kBytes>(words + kOctetCorrection, task.task.correction + first * kBytes);
    }
    for (std::uint32_t copy = 0; copy < task.copies.count; ++copy) {
      StoreOctet<kWeightBytes<kLayout>>(words, task.copies.destinations[copy] + at);
    }
  });
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_OCTET_MASTER_CUH_
