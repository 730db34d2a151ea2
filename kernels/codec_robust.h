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
  using M = std::int8_t;
  using V = std::uint8_t;

  ZEROD_HOST_DEVICE static float MScale(std::uint16_t code) { return ScaleOfCode(code); }
  ZEROD_HOST_DEVICE static float VScale(std::uint16_t code) { return ScaleOfCode(code); }

  ZEROD_HOST_DEVICE static float DecodeM(std::int8_t q, float scale) {
    const int magnitude = q < 0 ? -q : q;
    return Multiply(scale, Divide(static_cast<float>(q), static_cast<float>(254 - magnitude)));
  }

  ZEROD_HOST_DEVICE static float DecodeV(std::uint8_t q, float scale) {
    const float root = Divide(static_cast<float>(q), 255.0f);
    const float y = Multiply(Multiply(root, root), scale);
    return Multiply(y, y);
  }

  // `a` is the greatest finite |m| of the group, or sqrt(v).
  ZEROD_HOST_DEVICE static std::uint16_t MScaleCode(float a) { return ScaleCodeNearest(a); }
  // Hashed: to nearest, the scale would decay 35 % too fast at beta2 = 0.999.
  ZEROD_HOST_DEVICE static std::uint16_t VScaleCode(float a, GroupKey key) {
    return ScaleCode(a, VScaleBits(key));
  }

  // What a group's codes are computed against: the stored scale, and its reciprocal.
  ZEROD_HOST_DEVICE static float MUnit(float /*a*/, std::uint16_t code) {
    return ScaleOfCode(code);
  }
  ZEROD_HOST_DEVICE static float VUnit(float /*a*/, std::uint16_t code) {
    return Divide(1.0f, ScaleOfCode(code));
  }

  // A code that would not change is rounded by `dither`: nearest rounding alone freezes small codes
  // for ever. Clamping before the rounding gives the same codes as after it. `m` is finite.
  ZEROD_HOST_DEVICE static std::int8_t EncodeM(float m, float unit, std::int8_t old_q,
                                               float dither) {
    const float y = Clamp(Divide(Multiply(254.0f, m), Add(unit, Absolute(m))), -127.0f, 127.0f);
    const std::int32_t nearest = NearestInteger(y);
    return static_cast<std::int8_t>(nearest == old_q ? FloorInteger(Add(y, dither)) : nearest);
  }

  // `root` is sqrt(v), finite. Code 0 is kept for exact zeros: a small v must never become one.
  ZEROD_HOST_DEVICE static std::uint8_t EncodeV(float root, float unit, float dither) {
    const float t = Multiply(SquareRoot(Multiply(root, unit)), 255.0f);
    const float q = Clamp(Add(t, dither), 1.0f, 255.0f);
    return root > 0.0f ? static_cast<std::uint8_t>(q) : 0;
  }
};

}  // namespace zerod

#endif  // ZEROD_KERNELS_CODEC_ROBUST_H_
