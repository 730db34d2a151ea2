#include "kernels/cuda/seeded_float.h"
#include "kernels/hash.h"
#include "tests/gpu/proofs.h"

namespace zerod {
namespace {

constexpr int kThreads = 256;
constexpr std::uint32_t kMantissas = 1 << 23;

__device__ void CountIf(bool is_wrong, unsigned long long* wrong) {
  if (is_wrong) atomicAdd(wrong, 1ull);
}

__device__ std::uint32_t ThreadNumber() { return blockIdx.x * blockDim.x + threadIdx.x; }

__global__ void ReciprocalProof(unsigned long long* wrong) {
  const std::uint32_t mantissa = ThreadNumber();
  for (int exponent = -kReciprocalExponents; exponent <= kReciprocalExponents; ++exponent) {
    const float b = FloatOf(static_cast<std::uint32_t>(exponent + 127) << 23 | mantissa);
    CountIf(BitsOf(Reciprocal(b)) != BitsOf(__fdiv_rn(1.0f, b)), wrong);
  }
}

__global__ void RootProof(unsigned long long* wrong) {
  const std::uint32_t mantissa = ThreadNumber();
  for (std::uint32_t biased = 0; biased < 256; ++biased) {
    const float a = FloatOf(biased << 23 | mantissa);
    const int exponent = static_cast<int>(biased) - 127;
    const float root = Root(a);
    if (biased == 0 || biased == 255) {  // zero, subnormal, infinite, NaN: never a number
      CountIf(root == root, wrong);
    } else if (exponent >= kLeastRootExponent && exponent <= kGreatestRootExponent) {
      CountIf(BitsOf(root) != BitsOf(__fsqrt_rn(a)), wrong);
    } else if (exponent > kGreatestRootExponent) {  // noticed as too large, or not a number
      CountIf(root < 0x1p15f, wrong);
    }
  }
}

__global__ void QuotientKernel(QuotientProbe probe, unsigned long long* wrong) {
  const std::uint64_t stride = static_cast<std::uint64_t>(gridDim.x) * blockDim.x;
  for (std::uint64_t i = ThreadNumber(); i < probe.count; i += stride) {
    const std::uint64_t x = Mix64(probe.seed + i * kWeyl64);
    const auto a_exponent = static_cast<std::uint32_t>(x >> 46 & 0x7f) % 123;  // 2^-100 to 2^22
    const auto b_exponent = static_cast<std::uint32_t>(x >> 53 & 0x7f) % 87;   // 2^-50 to 2^36
    const float a = FloatOf((a_exponent + 27) << 23 | static_cast<std::uint32_t>(x & 0x7fffff) |
                            static_cast<std::uint32_t>(x >> 63) << 31);
    const float b =
        FloatOf((b_exponent + 77) << 23 | static_cast<std::uint32_t>(x >> 23 & 0x7fffff));
    CountIf(BitsOf(Quotient(a, b)) != BitsOf(__fdiv_rn(a, b)), wrong);
  }
}

__global__ void DigestKernel(SharedFunction function, unsigned long long* sums) {
  const std::uint64_t begin = blockIdx.x * kBlockInputs;
  std::uint64_t sum = 0;
  for (std::uint64_t i = threadIdx.x; i < kBlockInputs; i += blockDim.x) {
    sum += Digest(function, static_cast<std::uint32_t>(begin + i));
  }
  atomicAdd(&sums[blockIdx.x], static_cast<unsigned long long>(sum));
}

}  // namespace

cudaError_t LaunchReciprocalProof(unsigned long long* wrong) {
  ReciprocalProof<<<kMantissas / kThreads, kThreads>>>(wrong);
  return cudaGetLastError();
}

cudaError_t LaunchRootProof(unsigned long long* wrong) {
  RootProof<<<kMantissas / kThreads, kThreads>>>(wrong);
  return cudaGetLastError();
}

cudaError_t LaunchQuotientProbe(const QuotientProbe& probe, unsigned long long* wrong) {
  QuotientKernel<<<4096, kThreads>>>(probe, wrong);
  return cudaGetLastError();
}

cudaError_t LaunchDigests(SharedFunction function, unsigned long long* sums) {
  DigestKernel<<<static_cast<unsigned>(BlocksOf(function)), kThreads>>>(function, sums);
  return cudaGetLastError();
}

}  // namespace zerod
