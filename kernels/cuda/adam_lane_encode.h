#ifndef ZEROD_KERNELS_CUDA_ADAM_LANE_ENCODE_H_
#define ZEROD_KERNELS_CUDA_ADAM_LANE_ENCODE_H_

#include <cstdint>

#include "kernels/codec_robust.h"
#include "kernels/cuda/adam_lane.h"
#include "kernels/cuda/lane_words.h"
#include "kernels/cuda/robust_pairs.h"
#include "kernels/cuda/seeded_float.h"
#include "kernels/float_ops.h"
#include "kernels/hash.h"
#include "kernels/host_device.h"

namespace zerod {

// Codes of a lane whose step, with max_m and max_root of the whole group, is in range. `half` is
// the lane's place in its group, 0 or 1; `old_m` its codes before.
template <typename Arithmetic>
ZEROD_HOST_DEVICE inline AdamLaneCodes EncodeAdamLane(const AdamLaneStep& step, GroupKey key,
                                                      std::uint32_t half,
                                                      const std::uint32_t (&old_m)[4]) {
  AdamLaneCodes codes;
  const std::uint16_t m_scale = RobustCodec::MScaleCode(step.max_m);
  const std::uint16_t v_scale = RobustCodec::VScaleCode(step.max_root, key);
  codes.scales = m_scale | static_cast<std::uint32_t>(v_scale) << 16;
  const float m_unit = RobustCodec::MUnit(step.max_m, m_scale);
  const float v_unit = Multiply(65025.0f, Reciprocal(RobustCodec::VScale(v_scale)));
  ZEROD_UNROLL_ON_DEVICE
  for (int k = 0; k < 4; ++k) {
    const std::uint32_t m_word = old_m[k] ^ kSignsOfBytes;
    const std::uint32_t first_hash = half * 8 + 2 * static_cast<std::uint32_t>(k);
    const std::uint32_t hashes[2] = {LaneHash(key, first_hash), LaneHash(key, first_hash + 1)};
    std::uint32_t fixed[4];  // v in the lower half, m in the upper, 8 bits after the point
    ZEROD_UNROLL_ON_DEVICE
    for (int j = 0; j < 4; ++j) {
      const int i = 4 * k + j;
      const std::uint32_t hash = hashes[j / 2];
      const float m = step.m[i];
      const float divisor = FusedMultiplyAdd(Absolute(m), RobustCodec::kInverse254, m_unit);
      const std::uint32_t m_bits =
          BitsOf(FusedMultiplyAdd(m, Arithmetic::ReciprocalOf(divisor), kFixedOrigin + 128.0f));
      const std::uint32_t v_bits =
          BitsOf(Add(Arithmetic::RootOf(Multiply(step.root[i], v_unit)), kFixedOrigin));
      // The old code where m_bits has its own: nearest rounding gives it again if they are at most
      // half apart, and then the hashed byte decides.
      const std::uint32_t old =
          PermuteBytes(m_word, 0, 0x4404u | static_cast<std::uint32_t>(j) << 4);
      const bool stays = m_bits - old - (kFixedOriginBits - 0x80u) < 256u;
      // v's byte, then m's or 1/2: bytes 0 and 1, or 2 and 3, of the hash.
      const std::uint32_t hashed = j % 2 != 0 ? 0x4342 : 0x4140;
      const std::uint32_t nearest = j % 2 != 0 ? 0x4642 : 0x4640;
      const std::uint32_t addend = PermuteBytes(hash, 0x00800000u, stays ? hashed : nearest);
      std::uint32_t clamped = ClampPair(PermuteBytes(v_bits, m_bits, 0x5410));
      if (Arithmetic::kAnyOperand && step.root[i] == 0.0f) clamped &= 0xffff0000u;
      fixed[j] = clamped + addend;
    }
    const std::uint32_t first = PermuteBytes(fixed[0], fixed[1], 0x7351);
    const std::uint32_t second = PermuteBytes(fixed[2], fixed[3], 0x7351);
    codes.v[k] = PermuteBytes(first, second, 0x5410);
    codes.m[k] = PermuteBytes(first, second, 0x7632) ^ kSignsOfBytes;
  }
  return codes;
}

// Codes of v at the floor.
ZEROD_HOST_DEVICE inline std::uint32_t FloorCount(const AdamLaneCodes& codes) {
  std::uint32_t any = 0;
  ZEROD_UNROLL_ON_DEVICE
  for (int k = 0; k < 4; ++k) any |= (codes.v[k] - 0x02020202u) & ~codes.v[k];
  if ((any & kSignsOfBytes) == 0) return 0;
  std::uint32_t count = 0;
  ZEROD_UNROLL_ON_DEVICE
  for (int k = 0; k < 4; ++k) count += CountBytes(codes.v[k], RobustCodec::kVFloor);
  return count;
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_ADAM_LANE_ENCODE_H_
