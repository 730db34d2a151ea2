#ifndef ZEROD_KERNELS_CUDA_OCTET_STEP_CUH_
#define ZEROD_KERNELS_CUDA_OCTET_STEP_CUH_

#include <cmath>
#include <cstdint>

#include "kernels/cuda/octet.cuh"
#include "kernels/cuda/octet_codec.cuh"
#include "kernels/cuda/octet_input.cuh"
#include "kernels/cuda/seeded_float.h"
#include "kernels/update_rules.h"

namespace zerod {

// An octet after its update. Maxima are of magnitudes.
struct OctetResult {
  float p[kOctet];
  float m[kOctet];
  float second[kOctet];  // sqrt(v), or v itself where it is stored
  float max_m;
  float max_second;
  float max_u;  // of those that are finite
  std::uint32_t nonfinite_count;
  std::uint32_t lost_v;  // bit k: v of element k was not finite, and `second` is 0
};

template <typename Rule, typename Codec>
__device__ __forceinline__ void StepOctet(const OctetTask& task, const OctetInput<Codec>& input,
                                          const float* m_values, OctetResult* result) {
  float gradient[kOctet];
  float p[kOctet];
  OctetDecayed decayed;
  WidenGradient(task.fused, input.gradient, gradient);
  JoinMasters(task.layout, input.master, p);
  DecayOctet<Rule>(input, task.scalars, m_values, &decayed);
  UpdateScalars s = task.scalars;
  if (s.coupled_decay != 0.0f) {
#pragma unroll
    for (int k = 0; k < kOctet; ++k) {
      gradient[k] = RuleGradient({.p = p[k], .gradient = gradient[k]}, s);
    }
  }
  s.coupled_decay = 0.0f;  // asked once for the octet
  float max_u = 0.0f;
#pragma unroll
  for (int k = 0; k < kOctet; ++k) {
    const UpdateResult one = Rule::Update({.p = p[k],
                                           .gradient = gradient[k],
                                           .decayed1 = decayed.first[k],
                                           .decayed2 = decayed.second[k]},
                                          s);
    result->p[k] = one.p;
    result->m[k] = one.m;
    result->second[k] = kIsQuantised<Codec> ? one.root : one.v;
    // A u that is not finite becomes a NaN, which a maximum leaves out.
    max_u = fmaxf(max_u, fabsf(FusedMultiplyAdd(one.u, 0.0f, one.u)));
  }
  result->max_u = max_u;
}

// NaN if any is.
__device__ __forceinline__ float OctetMaximum(const float (&values)[kOctet]) {
  float maximum = 0.0f;
#pragma unroll
  for (int k = 0; k < kOctet; ++k) maximum = MaxOrNan(maximum, fabsf(values[k]));
  return maximum;
}

template <typename Rule>
__device__ __forceinline__ void FindMaxima(OctetResult* result) {
  result->max_m = kHasM<Rule> ? OctetMaximum(result->m) : 0.0f;
  result->max_second = kHasV<Rule> ? OctetMaximum(result->second) : 0.0f;
}

// Replaces what is not finite by what is stored in its place, and by 0 where that is a code.
template <typename Rule, typename Codec>
__device__ __forceinline__ void ReplaceNonfinite(float limit, OctetResult* result) {
  constexpr bool kIsCode = kIsQuantised<Codec>;
#pragma unroll
  for (int k = 0; k < kOctet; ++k) {
    const bool finite_p = Absolute(result->p[k]) < limit;
    const bool finite_m = IsFinite(result->m[k]);
    const bool finite_second = IsFinite(result->second[k]);
    if (!finite_p || !finite_m || !finite_second) ++result->nonfinite_count;
    if (!finite_p) result->p[k] = FloatOf(kCanonicalNanBits);
    if (!finite_m) result->m[k] = kIsCode ? 0.0f : FloatOf(kCanonicalNanBits);
    if (!finite_second) {
      result->second[k] = kIsCode ? 0.0f : FloatOf(kCanonicalNanBits);
      result->lost_v |= 1u << k;
    }
  }
  FindMaxima<Rule>(result);
}

// Maxima, and what there is to do about values that are not finite.
template <typename Rule, typename Codec>
__device__ __forceinline__ void FinishStep(float limit, OctetResult* result) {
  result->nonfinite_count = 0;
  result->lost_v = 0;
  FindMaxima<Rule>(result);
  // A NaN is not below a limit.
  const bool finite =
      OctetMaximum(result->p) < limit && IsFinite(result->max_m) && IsFinite(result->max_second);
  if (!finite) ReplaceNonfinite<Rule, Codec>(limit, result);
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_OCTET_STEP_CUH_
