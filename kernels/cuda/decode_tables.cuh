#ifndef ZEROD_KERNELS_CUDA_DECODE_TABLES_CUH_
#define ZEROD_KERNELS_CUDA_DECODE_TABLES_CUH_

#include <cstdint>

#include "kernels/cuda/device_tables.cuh"
#include "kernels/cuda/lane_words.h"
#include "kernels/cuda/launch_shape.h"
#include "kernels/cuda/task_cursor.cuh"

namespace zerod {

// Tables in shared memory, where 32 lanes can look up 32 codes at once.

// A row of 256 bytes per code: m's value for each of the 32 banks, then v's. No two lanes ever meet
// in a bank.
class WideTables {
 public:
  // `shared` has kWideTableBytes, aligned to 16. The block fills it together and then synchronizes.
  __device__ explicit WideTables(unsigned char* shared)
      : shared_(shared), lane_offset_(threadIdx.x % kWarpLanes * 4) {}

  __device__ void Fill() const {
    constexpr std::uint32_t kQuads = 256 * 2 * 8;  // 16 bytes each
    for (std::uint32_t quad = threadIdx.x; quad < kQuads; quad += blockDim.x) {
      const std::uint32_t code = quad / 16;
      const float value = quad % 16 < 8 ? kRobustMTable.values[code] : kRobustVTable.values[code];
      reinterpret_cast<float4*>(shared_)[quad] = make_float4(value, value, value, value);
    }
  }

  __device__ float M(std::uint32_t word, int j) const { return At(word, j, 0); }
  __device__ float V(std::uint32_t word, int j) const { return At(word, j, 128); }

 private:
  __device__ float At(std::uint32_t word, int j, int offset) const {
    const std::uint32_t row =
        PermuteBytes(word, lane_offset_, 0x7604u | static_cast<std::uint32_t>(j) << 4);
    return *reinterpret_cast<const float*>(shared_ + row + offset);
  }

  unsigned char* shared_;
  std::uint32_t lane_offset_;
};

// A value per code: 2 KiB, of which lanes may have to wait for each other's banks.
class NarrowTables {
 public:
  __device__ explicit NarrowTables(unsigned char* shared)
      : values_(reinterpret_cast<float*>(shared)) {}

  __device__ void Fill() const {
    for (std::uint32_t code = threadIdx.x; code < 256; code += blockDim.x) {
      values_[code] = kRobustMTable.values[code];
      values_[256 + code] = kRobustVTable.values[code];
    }
  }

  __device__ float M(std::uint32_t word, int j) const { return values_[ByteOf(word, j)]; }
  __device__ float V(std::uint32_t word, int j) const { return values_[256 + ByteOf(word, j)]; }

 private:
  __device__ static std::uint32_t ByteOf(std::uint32_t word, int j) {
    return PermuteBytes(word, 0, 0x4440u | static_cast<std::uint32_t>(j));
  }

  float* values_;
};

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_DECODE_TABLES_CUH_
