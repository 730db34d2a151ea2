#ifndef ZEROD_KERNELS_CUDA_ROBUST_PAIRS_H_
#define ZEROD_KERNELS_CUDA_ROBUST_PAIRS_H_

#include <cstdint>

#include "kernels/cuda/lane_words.h"
#include "kernels/host_device.h"

namespace zerod {

// RobustCodec's fixed point, two numbers to a word.

// Below it a group's greatest |m| or sqrt(v) is about its scale, and no code is far out of its
// range: the lower halves of numbers that kFixedOrigin has been added to are their places.
inline constexpr float kRobustLimit = 0x1p23f;

// Clamps both halves to [1, 255], which leaves room for rounding up.
ZEROD_HOST_DEVICE inline std::uint32_t ClampPair(std::uint32_t pair) {
  return MaxOfHalves(MinOfHalves(pair, 0xff00ff00u), 0x01000100u);
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_ROBUST_PAIRS_H_
