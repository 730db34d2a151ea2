#ifndef ZEROD_BENCH_CODEC_STUDY_V_CANDIDATES_H_
#define ZEROD_BENCH_CODEC_STUDY_V_CANDIDATES_H_

#include <cmath>
#include <cstdint>

#include "bench/codec_study_m_candidates.h"

namespace zerod::bench {

// v's scale to the nearest code.
struct VScaleNearest : RobustCandidate {
  static std::uint16_t VScaleCode(float a, GroupKey /*key*/) { return ScaleCodeNearest(a); }
};

// v to the nearest code.
struct VNearest : RobustCandidate {
  static std::uint8_t EncodeV(float root, float unit, std::uint32_t /*random*/) {
    if (!(root > 0.0f)) return 0;
    return static_cast<std::uint8_t>((FixedV(root, unit) + 0x80) >> 8);
  }
};

// Of candidates that decode v in units of its scale's square.
struct PlainScale : RobustCandidate {
  static float VScaleSquare(float scale) { return Multiply(scale, scale); }
};

// sqrt(v) linear in the codes, dithered.
struct VSquareRoot : PlainScale {
  static float DecodeV(std::uint8_t q) {
    const float y = Divide(static_cast<float>(q), 255.0f);
    return Multiply(y, y);
  }
  static float VUnit(float /*a*/, std::uint16_t code) { return Divide(255.0f, ScaleOfCode(code)); }
  static std::uint8_t EncodeV(float root, float unit, std::uint32_t random) {
    const std::uint32_t fixed = FixedPoint(Add(Multiply(root, unit), kFixedOrigin));
    return root > 0.0f ? static_cast<std::uint8_t>((fixed + (random >> 8)) >> 8) : 0;
  }
};

// The eighth root of v linear in the codes, dithered: a wider range in coarser steps.
struct VEighthRoot : PlainScale {
  static float DecodeV(std::uint8_t q) {
    const float eighth = Divide(static_cast<float>(q), 255.0f);
    const float y = Multiply(eighth, eighth);
    const float root = Multiply(y, y);
    return Multiply(root, root);
  }
  static float VUnit(float /*a*/, std::uint16_t code) { return Divide(1.0f, ScaleOfCode(code)); }
  static std::uint8_t EncodeV(float root, float unit, std::uint32_t random) {
    const float eighth = SquareRoot(SquareRoot(Multiply(root, unit)));
    const std::uint32_t fixed = FixedPoint(FusedMultiplyAdd(255.0f, eighth, kFixedOrigin));
    return root > 0.0f ? static_cast<std::uint8_t>((fixed + (random >> 8)) >> 8) : 0;
  }
};

// log2(sqrt(v)) linear in the codes, 16 to an octave, dithered. Uses the C library, which no codec
// that is to give the same bits everywhere could.
struct VLogarithmic : PlainScale {
  static constexpr float kCodesPerOctave = 16.0f;

  static float DecodeV(std::uint8_t q) {
    if (q == 0) return 0.0f;
    const float root = std::exp2((static_cast<float>(q) - 255.0f) / kCodesPerOctave);
    return root * root;
  }
  static float VUnit(float /*a*/, std::uint16_t code) { return Divide(1.0f, ScaleOfCode(code)); }
  static std::uint8_t EncodeV(float root, float unit, std::uint32_t random) {
    if (!(root > 0.0f)) return 0;
    const float t = 255.0f + kCodesPerOctave * std::log2(root * unit);
    const std::uint32_t fixed = FixedPoint(Add(t < 0.0f ? 0.0f : t, kFixedOrigin));
    return static_cast<std::uint8_t>((fixed + (random >> 8)) >> 8);
  }
};

// Dithered with 16 bits so that the mean of v itself, not that of its fourth root, is kept.
struct VUnbiased : RobustCandidate {
  static std::uint8_t EncodeV(float root, float unit, std::uint32_t random) {
    if (!(root > 0.0f)) return 0;
    const double t = Clamp(SquareRoot(Multiply(root, unit)), 1.0f, 255.0f);
    const double below = std::floor(t);
    const double span = FourthPower(below + 1.0) - FourthPower(below);
    const double fraction = (FourthPower(t) - FourthPower(below)) / span;
    const bool is_up = (random + 0.5) / 65536.0 < fraction;
    return static_cast<std::uint8_t>(below + (is_up ? 1.0 : 0.0));
  }
  static double FourthPower(double x) { return x * x * x * x; }
};

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_CODEC_STUDY_V_CANDIDATES_H_
