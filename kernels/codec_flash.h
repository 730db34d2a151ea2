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
  using M = std::int8_t;
  using V = std::uint8_t;

  ZEROD_HOST_DEVICE static float MScale(std::uint16_t code) { return FloatOfHalf(code); }
  ZEROD_HOST_DEVICE static float VScale(std::uint16_t code) { return FloatOfHalf(code); }

  ZEROD_HOST_DEVICE static float DecodeM(std::int8_t q, float scale) {
    const float y = Divide(static_cast<float>(q), 127.0f);
    return Multiply(Divide(y, Subtract(2.0f, Absolute(y))), scale);
  }

  ZEROD_HOST_DEVICE static float DecodeV(std::uint8_t q, float scale) {
    const float root = Multiply(Divide(static_cast<float>(q), 255.0f), scale);
    return Multiply(root, root);
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
                                               float /*dither*/) {
    const float n = Divide(m, unit);
    const float y = Divide(Multiply(2.0f, n), Add(1.0f, Absolute(n)));
    return static_cast<std::int8_t>(FloorInteger(Add(Multiply(127.0f, y), 0.5f)));
  }

  // `root` is sqrt(v), finite.
  ZEROD_HOST_DEVICE static std::uint8_t EncodeV(float root, float unit, float /*dither*/) {
    return static_cast<std::uint8_t>(Add(Multiply(255.0f, Divide(root, unit)), 0.5f));
  }
};

}  // namespace zerod

#endif  // ZEROD_KERNELS_CODEC_FLASH_H_
