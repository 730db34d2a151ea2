#ifndef ZEROD_KERNELS_CUDA_REDUCE_LINES_CUH_
#define ZEROD_KERNELS_CUDA_REDUCE_LINES_CUH_

#include <cstddef>
#include <cstdint>

#include "kernels/cuda/reduce_norm.cuh"
#include "kernels/cuda/reduce_tasks.h"
#include "kernels/cuda/reduce_values.cuh"
#include "kernels/cuda/reduce_words.cuh"
#include "kernels/float_ops.h"
#include "zerod/kernels/formats.h"

namespace zerod {

// Lines that are all of one task and hold no padding, kLinesAtOnce at a time.

// Bundles of kLinesAtOnce lines: every `stride`-th before `end`.
struct BundleRun {
  std::uint64_t bundle;   // the next one
  std::uint64_t element;  // the lane's first one there, counted in the task
  std::uint64_t end;
  std::uint64_t stride;
};

// kCount contributions from the c-th on: all are under way before the first is waited for.
template <DType kDType, int kCount, bool kIsFirst>
__device__ inline void AddContributions(const DeviceReduceTask& task, std::uint64_t element,
                                        std::uint32_t c, float (&sums)[kLinesAtOnce][kOctet]) {
  constexpr std::uint32_t kLineBytes = kLineElements * kBytesOf<kDType>;
  std::uint32_t words[kCount][kLinesAtOnce][kWordsOf<kDType>];
#pragma unroll
  for (int i = 0; i < kCount; ++i) {
    const std::byte* const from = task.contributions[c + i] + element * kBytesOf<kDType>;
#pragma unroll
    for (int j = 0; j < kLinesAtOnce; ++j) LoadOnce(from + j * kLineBytes, words[i][j]);
  }
#pragma unroll
  for (int i = 0; i < kCount; ++i) {
#pragma unroll
    for (int j = 0; j < kLinesAtOnce; ++j) {
      if (kIsFirst && i == 0) {
        AddLane<kDType, true>(words[i][j], sums[j]);
      } else {
        AddLane<kDType>(words[i][j], sums[j]);
      }
    }
  }
}

template <DType kDType>
__device__ inline void SumBundle(const DeviceReduceTask& task, std::uint64_t element,
                                 float (&sums)[kLinesAtOnce][kOctet]) {
  if (task.contribution_count == 1) {
    return AddContributions<kDType, 1, true>(task, element, 0, sums);
  }
  AddContributions<kDType, 2, true>(task, element, 0, sums);
  std::uint32_t c = 2;
#pragma unroll 1
  for (; c + 1 < task.contribution_count; c += 2) {
    AddContributions<kDType, 2, false>(task, element, c, sums);
  }
  if (c < task.contribution_count) AddContributions<kDType, 1, false>(task, element, c, sums);
}

// values = what is stored + values.
__device__ inline void AddStored(const std::byte* stored, float (&values)[kLinesAtOnce][kOctet]) {
  std::uint32_t words[kLinesAtOnce][kOctet];
#pragma unroll
  for (int j = 0; j < kLinesAtOnce; ++j) LoadWords(stored + j * (kLineElements * 4), words[j]);
#pragma unroll
  for (int j = 0; j < kLinesAtOnce; ++j) AddLane<DType::kFp32>(words[j], values[j]);
}

// Returns true at the end of the run, and false at a bundle with a line whose sum is not finite: it
// is stored, but for NaNs that are to be canonical, and not in `norm`. Other lines' sums are added
// to `norm` unless that is null. The whole warp calls it.
template <DType kDType, DType kReduced>
__device__ inline bool ReduceBundles(const DeviceReduceTask& task, BlockNorm* norm,
                                     BundleRun* run) {
  constexpr std::uint32_t kLineBytes = kLineElements * kBytesOf<kReduced>;
  const float factor = task.last ? task.scale : 1.0f;
  LineSums line_sums(norm);
  bool all_finite = true;
  for (; run->bundle < run->end; run->bundle += run->stride) {
    float values[kLinesAtOnce][kOctet];
    SumBundle<kDType>(task, run->element, values);
    std::byte* const reduced = task.reduced + run->element * kBytesOf<kReduced>;
    if constexpr (kReduced == DType::kFp32) {
      if (!task.first) AddStored(reduced, values);
    }
    float chains[kLinesAtOnce];
#pragma unroll
    for (int j = 0; j < kLinesAtOnce; ++j) {
#pragma unroll
      for (int k = 0; k < kOctet; ++k) values[j][k] = Multiply(values[j][k], factor);
      StoreLane<kReduced>(values[j], reduced + j * kLineBytes);
      chains[j] = SumSquares(values[j]);
    }
    const float sum = SumLanes(chains);
    all_finite = !__any_sync(kWholeWarp, !IsFinite(sum));
    if (!all_finite) break;
    line_sums.Add(sum);
    run->element += run->stride * (kLinesAtOnce * kLineElements);
  }
  line_sums.Flush();
  return all_finite;
}

// What ReduceBundles leaves to do where it returns false, of the lane's `element`.
__device__ inline void SettleBundle(const DeviceReduceTask& task, std::uint64_t element,
                                    BlockNorm* norm) {
#pragma unroll 1
  for (int j = 0; j < kLinesAtOnce; ++j, element += kLineElements) {
    float values[kOctet];
    LoadValues(task.reduced_dtype, task.reduced, element, values);
#pragma unroll
    for (int k = 0; k < kOctet; ++k) values[k] = CanonicalizeNan(values[k]);
    StoreValues(task.reduced_dtype, values, task.reduced, element);
    if (norm != nullptr) AddLine(values, norm);
  }
}

// Whether ReduceBundlesOf can do the task. The whole warp calls it.
__device__ inline bool HasBundles(const DeviceReduceTask& task) {
  const bool reduced_dtype_is_fit =
      task.reduced_dtype == DType::kFp32 || (task.reduced_dtype == DType::kBf16 && task.first);
  if (!reduced_dtype_is_fit) return false;
  bool unaligned = false;
  for (std::uint32_t c = threadIdx.x % kWarpLanes; c < task.contribution_count; c += kWarpLanes) {
    unaligned |= !IsQuadAligned(task.contributions[c]);
  }
  return !__any_sync(kWholeWarp, unaligned);
}

template <DType kDType>
__device__ inline bool ReduceBundlesTo(const DeviceReduceTask& task, BlockNorm* norm,
                                       BundleRun* run) {
  if (task.reduced_dtype == DType::kBf16) {
    return ReduceBundles<kDType, DType::kBf16>(task, norm, run);
  }
  return ReduceBundles<kDType, DType::kFp32>(task, norm, run);
}

__device__ inline bool ReduceBundlesOf(const DeviceReduceTask& task, BlockNorm* norm,
                                       BundleRun* run) {
  switch (task.dtype) {
    case DType::kBf16:
      return ReduceBundlesTo<DType::kBf16>(task, norm, run);
    case DType::kFp16:
      return ReduceBundlesTo<DType::kFp16>(task, norm, run);
    case DType::kFp32:
      break;
  }
  return ReduceBundlesTo<DType::kFp32>(task, norm, run);
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_REDUCE_LINES_CUH_
