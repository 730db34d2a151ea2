#ifndef ZEROD_KERNELS_CODEC_FLASH_H_
#define ZEROD_KERNELS_CODEC_FLASH_H_

#include <cstdint>

#include "kernels/float_bits.h"
#include "kernels/float_ops.h"
#include "kernels/half.h"
#include "kernels/hash.h"
#include "kernels/host_device.h"

namespace zerod {

// FlashOptim's codec (arXiv 2602.23349): a softsign-companded m, a linear sqrt(v), fp16 scales,
// nearest rounding.
struct FlashCodec {
  // The smallest code of a v > 0.
  static constexpr std::uint8_t kVFloor = 0;

  ZEROD_HOST_DEVICE static float MScale(std::uint16_t code) { return FloatOfHalf(code); }
  ZEROD_HOST_DEVICE static float VScale(std::uint16_t code) { return FloatOfHalf(code); }

  // m in units of its scale, and v in units of VScaleSquare. m's code -128 is never stored; in
  // damaged state it is as good as -127.
  ZEROD_HOST_DEVICE static float DecodeM(std::int8_t q) {
    const float y = Divide(static_cast<float>(q < -127 ? -127 : q), 127.0f);
    return Divide(y, Subtract(2.0f, Absolute(y)));
  }
  ZEROD_HOST_DEVICE static float DecodeV(std::uint8_t q) {
    return Multiply(static_cast<float>(q), static_cast<float>(q));
  }
  ZEROD_HOST_DEVICE static float VScaleSquare(float scale) {
    return Multiply(Multiply(scale, scale), 1.0f / 65025.0f);  // 255^2
  }

  // `a` is the greatest finite |m| of the group, or sqrt(v). The scale saturates at fp16's largest
  // number.
  ZEROD_HOST_DEVICE static std::uint16_t MScaleCode(float a) {
    return HalfOfFloat(Clamp(MUnit(a, 0), 0.0f, 65504.0f));
  }
  ZEROD_HOST_DEVICE static std::uint16_t VScaleCode(float a, GroupKey /*key*/) {
    return MScaleCode(a);
  }

  // What a group's codes are computed against: the maximum itself, not the stored scale.
  ZEROD_HOST_DEVICE static float MUnit(float a, std::uint16_t /*code*/) {
    return a < 1e-12f ? 1e-12f : a;
  }
  ZEROD_HOST_DEVICE static float VUnit(float a, std::uint16_t code) { return MUnit(a, code); }

  // `m` is finite.
  ZEROD_HOST_DEVICE static std::int8_t EncodeM(float m, float unit, std::int8_t /*old_q*/,
                                               std::uint32_t /*byte*/) {
    const float n = Divide(m, unit);
    const float y = Divide(Multiply(2.0f, n), Add(1.0f, Absolute(n)));
    return static_cast<std::int8_t>(FloorInteger(Add(Multiply(127.0f, y), 0.5f)));
  }

  // `root` is sqrt(v), finite.
  ZEROD_HOST_DEVICE static std::uint8_t EncodeV(float root, float unit, std::uint32_t /*byte*/) {
    return static_cast<std::uint8_t>(Add(Multiply(255.0f, Divide(root, unit)), 0.5f));
  }
};

}  // namespace zerod

#endif  // ZEROD_KERNELS_CODEC_FLASH_H_
