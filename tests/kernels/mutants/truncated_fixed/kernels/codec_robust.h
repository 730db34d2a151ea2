// A wrong codec_robust.h for the mutation test: m's ties are rounded down, not up.
#define RobustCodec RightRobustCodec
#include "../../../../../kernels/codec_robust.h"
#undef RobustCodec

#ifndef ZEROD_TESTS_KERNELS_MUTANTS_TRUNCATED_FIXED_CODEC_ROBUST_H_
#define ZEROD_TESTS_KERNELS_MUTANTS_TRUNCATED_FIXED_CODEC_ROBUST_H_

namespace zerod {

struct RobustCodec : RightRobustCodec {
  static std::int8_t EncodeM(float m, float unit, std::int8_t old_q, std::uint32_t byte) {
    const float divisor = FusedMultiplyAdd(Absolute(m), kInverse254, unit);
    const std::uint32_t fixed =
        FixedPoint(FusedMultiplyAdd(m, Divide(1.0f, divisor), kFixedOrigin + 128.0f));
    const std::uint32_t nearest = (fixed + 0x7f) >> 8;
    const auto old = static_cast<std::uint32_t>(old_q + 128);
    const std::uint32_t code = nearest == old ? (fixed + byte) >> 8 : nearest;
    return static_cast<std::int8_t>(static_cast<std::int32_t>(code) - 128);
  }
};

}  // namespace zerod

#endif  // ZEROD_TESTS_KERNELS_MUTANTS_TRUNCATED_FIXED_CODEC_ROBUST_H_
