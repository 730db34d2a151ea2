#ifndef ZEROD_TESTS_KERNELS_CUDA_EMULATION_WARP_EMULATION_H_
#define ZEROD_TESTS_KERNELS_CUDA_EMULATION_WARP_EMULATION_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <type_traits>

// Runs the blocks of a kernel on the host: every thread of a block as a fiber of one thread, blocks
// one after the other. What a warp does together waits for all its lanes; in between, lanes run in
// an order that changes, so that a missing synchronisation has a chance to show. The words below
// are CUDA's own, as far as the kernels use them. Included before any of the kernels' headers.

#define __device__
#define __global__
#define __shared__ static
#define __noinline__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __align__(n) alignas(n)

struct EmulatedIndex {
  unsigned x;
};
extern EmulatedIndex threadIdx, blockIdx, blockDim, gridDim;

struct alignas(16) uint4 {
  unsigned x, y, z, w;
};
struct alignas(16) float4 {
  float x, y, z, w;
};
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }

using std::max;
using std::min;

namespace zerod {

struct EmulatedLaunch {
  unsigned block_count = 1;
  unsigned thread_count = 32;  // a multiple of 32
  std::function<void()> thread;
};
void RunEmulated(const EmulatedLaunch& launch);

// Waits for all lanes of the warp; every lane gets all lanes' words, in lane order.
const std::uint64_t* ExchangeInWarp(std::uint64_t word);
void SynchronizeBlock();
// Lets other threads run: for who waits for something in memory.
void YieldEmulated();

}  // namespace zerod

inline void __syncthreads() { zerod::SynchronizeBlock(); }
inline void __syncwarp() { zerod::ExchangeInWarp(0); }

inline unsigned __ballot_sync(unsigned, bool predicate) {
  const std::uint64_t* words = zerod::ExchangeInWarp(predicate ? 1 : 0);
  unsigned ballot = 0;
  for (int lane = 0; lane < 32; ++lane) ballot |= static_cast<unsigned>(words[lane]) << lane;
  return ballot;
}
inline int __any_sync(unsigned mask, bool predicate) { return __ballot_sync(mask, predicate) != 0; }
inline int __popc(unsigned word) { return std::popcount(word); }

inline unsigned __reduce_add_sync(unsigned, unsigned value) {
  const std::uint64_t* words = zerod::ExchangeInWarp(value);
  unsigned sum = 0;
  for (int lane = 0; lane < 32; ++lane) sum += static_cast<unsigned>(words[lane]);
  return sum;
}
inline unsigned __reduce_max_sync(unsigned, unsigned value) {
  const std::uint64_t* words = zerod::ExchangeInWarp(value);
  return static_cast<unsigned>(*std::max_element(words, words + 32));
}

inline float __shfl_xor_sync(unsigned, float value, int apart) {
  const std::uint64_t* words = zerod::ExchangeInWarp(std::bit_cast<std::uint32_t>(value));
  const unsigned lane = threadIdx.x % 32;
  return std::bit_cast<float>(
      static_cast<std::uint32_t>(words[lane ^ static_cast<unsigned>(apart)]));
}

template <typename T>
T atomicAdd(T* sum, std::type_identity_t<T> value) {
  const T before = *sum;
  *sum += value;
  return before;
}
template <typename T>
T atomicMax(T* most, std::type_identity_t<T> value) {
  const T before = *most;
  *most = std::max(before, value);
  return before;
}

#endif  // ZEROD_TESTS_KERNELS_CUDA_EMULATION_WARP_EMULATION_H_
