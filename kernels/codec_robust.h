#ifndef ZEROD_KERNELS_CODEC_ROBUST_H_
#define ZEROD_KERNELS_CODEC_ROBUST_H_

#include <cstdint>

#include "kernels/float_bits.h"
#include "kernels/float_ops.h"
#include "kernels/hash.h"
#include "kernels/host_device.h"
#include "kernels/scale_code.h"

namespace zerod {

// One byte a value, a 16-bit scale per quant group and moment; docs/numerics.md says what each line
// is good for.
struct RobustCodec {
  // The smallest code of a v > 0. Code 0 is kept for exact zeros: a small v must never become one.
  static constexpr std::uint8_t kVFloor = 1;
  static constexpr float kInverse254 = 1.0f / 254.0f;
  static constexpr float kInverse255To4 = 1.0f / 4228250625.0f;  // 255^-4

  ZEROD_HOST_DEVICE static float MScale(std::uint16_t code) { return ScaleOfCode(code); }
  ZEROD_HOST_DEVICE static float VScale(std::uint16_t code) { return ScaleOfCode(code); }

  // m in units of its scale, and v in units of VScaleSquare. m's code -128 is never stored; in
  // damaged state it is as good as -127.
  ZEROD_HOST_DEVICE static float DecodeM(std::int8_t q) {
    const int code = q < -127 ? -127 : q;
    const int magnitude = code < 0 ? -code : code;
    return Divide(static_cast<float>(code), static_cast<float>(254 - magnitude));
  }
  ZEROD_HOST_DEVICE static float DecodeV(std::uint8_t q) {
    const auto root = static_cast<float>(q);
    const float y = Multiply(root, root);
    return Multiply(y, y);
  }
  ZEROD_HOST_DEVICE static float VScaleSquare(float scale) {
    return Multiply(Multiply(scale, scale), kInverse255To4);
  }

  // `a` is the greatest finite |m| of the group, or sqrt(v).
  ZEROD_HOST_DEVICE static std::uint16_t MScaleCode(float a) { return ScaleCodeNearest(a); }
  // Hashed: to nearest, the scale would decay 35 % too fast at beta2 = 0.999.
  ZEROD_HOST_DEVICE static std::uint16_t VScaleCode(float a, GroupKey key) {
    return ScaleCode(a, VScaleBits(key));
  }

  // What a group's codes are computed with, from the stored scale: s / 254, and 255^2 / s.
  ZEROD_HOST_DEVICE static float MUnit(float /*a*/, std::uint16_t code) {
    return Multiply(ScaleOfCode(code), kInverse254);
  }
  ZEROD_HOST_DEVICE static float VUnit(float /*a*/, std::uint16_t code) {
    return Multiply(65025.0f, Divide(1.0f, ScaleOfCode(code)));
  }

  // A code that would not change is rounded by the hashed byte: nearest rounding alone freezes
  // small codes for ever. `m` is finite.
  ZEROD_HOST_DEVICE static std::int8_t EncodeM(float m, float unit, std::int8_t old_q,
                                               std::uint32_t byte) {
    const float divisor = FusedMultiplyAdd(Absolute(m), kInverse254, unit);
    const std::uint32_t fixed =
        FixedPoint(FusedMultiplyAdd(m, Divide(1.0f, divisor), kFixedOrigin + 128.0f));
    const std::uint32_t nearest = (fixed + 0x80) >> 8;
    const auto old = static_cast<std::uint32_t>(old_q + 128);
    const std::uint32_t code = nearest == old ? (fixed + byte) >> 8 : nearest;
    return static_cast<std::int8_t>(static_cast<std::int32_t>(code) - 128);
  }

  // `root` is sqrt(v), finite.
  ZEROD_HOST_DEVICE static std::uint8_t EncodeV(float root, float unit, std::uint32_t byte) {
    const std::uint32_t fixed = FixedPoint(Add(SquareRoot(Multiply(root, unit)), kFixedOrigin));
    return root > 0.0f ? static_cast<std::uint8_t>((fixed + byte) >> 8) : 0;
  }
};

}  // namespace zerod

#endif  // ZEROD_KERNELS_CODEC_ROBUST_H_
