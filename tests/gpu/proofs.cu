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

cudaError_t LaunchDigests(SharedFunction function, unsigned long long* sums) {
  DigestKernel<<<static_cast<unsigned>(BlocksOf(function)), kThreads>>>(function, sums);
  return cudaGetLastError();
}

}  // namespace zerod
