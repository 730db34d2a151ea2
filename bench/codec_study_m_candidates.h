#ifndef ZEROD_BENCH_CODEC_STUDY_M_CANDIDATES_H_
#define ZEROD_BENCH_CODEC_STUDY_M_CANDIDATES_H_

#include <cstdint>

#include "kernels/codec_robust.h"

namespace zerod::bench {

// The default codec as a candidate; others differ from it in what they redefine.
struct RobustCandidate : RobustCodec {
  static constexpr bool kIsBounded = true;

  static std::int8_t EncodeM(float m, float unit, std::int8_t old_q, std::uint32_t random) {
    return RobustCodec::EncodeM(m, unit, old_q, random >> 8);
  }
  static std::uint8_t EncodeV(float root, float unit, std::uint32_t random) {
    return RobustCodec::EncodeV(root, unit, random >> 8);
  }

  // y + 128 of m's code, and t of v's, in 8.8 fixed point.
  static std::uint32_t FixedM(float m, float unit) {
    const float divisor = FusedMultiplyAdd(Absolute(m), kInverse254, unit);
    return FixedPoint(FusedMultiplyAdd(m, Divide(1.0f, divisor), kFixedOrigin + 128.0f));
  }
  static std::uint32_t FixedV(float root, float unit) {
    return FixedPoint(Add(SquareRoot(Multiply(root, unit)), kFixedOrigin));
  }
  static std::int8_t CodeOfFixedM(std::uint32_t fixed) {
    return static_cast<std::int8_t>(static_cast<std::int32_t>(fixed >> 8) - 128);
  }
};

// No clamp on the update.
struct Unbounded : RobustCandidate {
  static constexpr bool kIsBounded = false;
};

// m to the nearest code.
struct MNearest : RobustCandidate {
  static std::int8_t EncodeM(float m, float unit, std::int8_t /*old_q*/, std::uint32_t /*random*/) {
    return CodeOfFixedM(FixedM(m, unit) + 0x80);
  }
};

// m dithered, whatever its code was.
struct MDithered : RobustCandidate {
  static std::int8_t EncodeM(float m, float unit, std::int8_t /*old_q*/, std::uint32_t random) {
    return CodeOfFixedM(FixedM(m, unit) + (random >> 8));
  }
};

// m linear in its codes; rounded as the default is.
struct MLinear : RobustCandidate {
  static float DecodeM(std::int8_t q) { return Divide(static_cast<float>(q), 127.0f); }
  static float MUnit(float /*a*/, std::uint16_t code) { return Divide(127.0f, ScaleOfCode(code)); }
  static std::int8_t EncodeM(float m, float unit, std::int8_t old_q, std::uint32_t random) {
    const std::uint32_t fixed = FixedPoint(FusedMultiplyAdd(m, unit, kFixedOrigin + 128.0f));
    const std::int8_t nearest = CodeOfFixedM(fixed + 0x80);
    return nearest == old_q ? CodeOfFixedM(fixed + (random >> 8)) : nearest;
  }
};

// sqrt(|m|) linear in the codes; rounded as the default is.
struct MSquareRoot : RobustCandidate {
  static float DecodeM(std::int8_t q) {
    const float root = Divide(static_cast<float>(q), 127.0f);
    return Multiply(root, Absolute(root));
  }
  static float MUnit(float /*a*/, std::uint16_t code) {
    return Divide(16129.0f, ScaleOfCode(code));  // 127^2
  }
  static std::int8_t EncodeM(float m, float unit, std::int8_t old_q, std::uint32_t random) {
    const float root = SquareRoot(Multiply(Absolute(m), unit));
    const float y = Clamp(m < 0.0f ? -root : root, -127.0f, 127.0f);
    const std::uint32_t fixed = FixedPoint(Add(y, kFixedOrigin + 128.0f));
    const std::int8_t nearest = CodeOfFixedM(fixed + 0x80);
    return nearest == old_q ? CodeOfFixedM(fixed + (random >> 8)) : nearest;
  }
};

// Both moments with a division and a dither in binary32, instead of a reciprocal and fixed point.
struct Divided : RobustCandidate {
  static float Dither(std::uint32_t random) {
    return Multiply(Add(static_cast<float>(random >> 8), 0.5f), 1.0f / 256.0f);
  }
  static float MUnit(float /*a*/, std::uint16_t code) { return ScaleOfCode(code); }
  static std::int8_t EncodeM(float m, float unit, std::int8_t old_q, std::uint32_t random) {
    const float y = Clamp(Divide(Multiply(254.0f, m), Add(unit, Absolute(m))), -127.0f, 127.0f);
    const std::int32_t nearest = NearestInteger(y);
    const std::int32_t code = nearest == old_q ? FloorInteger(Add(y, Dither(random))) : nearest;
    return static_cast<std::int8_t>(code);
  }
  static float VUnit(float /*a*/, std::uint16_t code) { return Divide(1.0f, ScaleOfCode(code)); }
  static std::uint8_t EncodeV(float root, float unit, std::uint32_t random) {
    const float t = Multiply(SquareRoot(Multiply(root, unit)), 255.0f);
    if (!(root > 0.0f)) return 0;
    return static_cast<std::uint8_t>(FloorInteger(Clamp(Add(t, Dither(random)), 1.0f, 255.0f)));
  }
};

// Dithers of kBits bits. More than 8 don't fit 16-bit lanes: 8.16 fixed point.
template <int kBits>
struct DitherOf : RobustCandidate {
  // The upper bits of `random`, and what they stand for in the middle of their interval.
  static std::uint32_t Dither(std::uint32_t random) {
    constexpr int kDropped = 16 - kBits;
    const std::uint32_t middle = (1u << kDropped) / 2;
    return (random >> kDropped << kDropped) + middle;
  }
  static std::uint32_t Fixed16(float code) {
    return static_cast<std::uint32_t>(static_cast<double>(Clamp(code, 1.0f, 255.0f)) * 65536.0);
  }
  static std::int8_t EncodeM(float m, float unit, std::int8_t old_q, std::uint32_t random) {
    const float divisor = FusedMultiplyAdd(Absolute(m), kInverse254, unit);
    const std::uint32_t fixed = Fixed16(FusedMultiplyAdd(m, Divide(1.0f, divisor), 128.0f));
    const std::int8_t nearest = CodeOfFixedM((fixed + 0x8000) >> 8);
    return nearest == old_q ? CodeOfFixedM((fixed + Dither(random)) >> 8) : nearest;
  }
  static std::uint8_t EncodeV(float root, float unit, std::uint32_t random) {
    const std::uint32_t fixed = Fixed16(SquareRoot(Multiply(root, unit)));
    return root > 0.0f ? static_cast<std::uint8_t>((fixed + Dither(random)) >> 16) : 0;
  }
};

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_CODEC_STUDY_M_CANDIDATES_H_
