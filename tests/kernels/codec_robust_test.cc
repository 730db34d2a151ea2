#include "kernels/codec_robust.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/kernels/test_scale.h"

namespace zerod {
namespace {

constexpr std::int8_t kNoOldCode = -128;  // never a nearest code: asks for plain nearest rounding
constexpr std::uint32_t kNearest = 0x80;  // makes v's rounding one to nearest
constexpr std::uint32_t kScaleStride = kSanitized ? 251 : 1;

const std::uint16_t kScaleCodes[] = {0, 1, 1000, 20000, 40 << 10, (40 << 10) + 777, 50000, 65535};

// As an update decodes with beta 1.
float DecodedM(int q, std::uint16_t scale_code) {
  return RobustCodec::DecodeM(static_cast<std::int8_t>(q)) * RobustCodec::MScale(scale_code);
}
float DecodedV(int q, std::uint16_t scale_code) {
  return RobustCodec::DecodeV(static_cast<std::uint8_t>(q)) *
         RobustCodec::VScaleSquare(RobustCodec::VScale(scale_code));
}

// What codes approximate, in binary64: m's lies in [-127, 127], v's in [0, 255].
double CompandedM(float m, double scale) { return 254.0 * m / (scale + std::fabs(m)); }
double CompandedRoot(float root, double scale) { return 255.0 * std::sqrt(root / scale); }

TEST(RobustCodec, EveryCodeOfMUnderEveryScaleRoundTrips) {
  for (std::uint32_t code = 0; code <= 65535; code += kScaleStride) {
    const auto scale_code = static_cast<std::uint16_t>(code);
    const float unit = RobustCodec::MUnit(0, scale_code);
    float previous = -std::numeric_limits<float>::infinity();
    for (int q = -127; q <= 127; ++q) {
      const float m = DecodedM(q, scale_code);
      ASSERT_GT(m, previous);
      previous = m;
      ASSERT_EQ(RobustCodec::EncodeM(m, unit, kNoOldCode, 0), q) << "scale code " << code;
    }
    ASSERT_EQ(DecodedM(127, scale_code), ScaleOfCode(scale_code));
    ASSERT_EQ(RobustCodec::MScaleCode(DecodedM(127, scale_code)), scale_code);
  }
  EXPECT_EQ(RobustCodec::DecodeM(0), 0.0f);
  EXPECT_EQ(RobustCodec::DecodeM(-128), RobustCodec::DecodeM(-127));  // damaged state
}

TEST(RobustCodec, EveryCodeOfVUnderEveryScaleRoundTrips) {
  for (std::uint32_t code = 0; code <= 65535; code += kScaleStride) {
    const auto scale_code = static_cast<std::uint16_t>(code);
    const float unit = RobustCodec::VUnit(0, scale_code);
    float previous = -1.0f;
    for (int q = 0; q <= 255; ++q) {
      const float v = DecodedV(q, scale_code);
      ASSERT_GT(v, previous);
      previous = v;
      ASSERT_EQ(RobustCodec::EncodeV(std::sqrt(v), unit, kNearest), q) << "scale code " << code;
    }
    // The greatest code is the scale itself, but for some roundings of binary32.
    const float max_root = std::sqrt(DecodedV(255, scale_code));
    ASSERT_NEAR(max_root / ScaleOfCode(scale_code), 1.0, 0x1p-23);
    ASSERT_EQ(ScaleCodeNearest(max_root), scale_code);
  }
  EXPECT_EQ(RobustCodec::DecodeV(0), 0.0f);
}

// Half a code, half of the fixed point's last place, and some roundings of binary32.
TEST(RobustCodec, MIsWithinHalfACode) {
  constexpr double kBound = 0.5 + 0x1p-9 + 0x1p-13;
  std::mt19937 random(1);
  for (std::uint16_t scale_code : kScaleCodes) {
    const float scale = ScaleOfCode(scale_code);
    const float unit = RobustCodec::MUnit(0, scale_code);
    for (int i = 0; i < 20000; ++i) {
      const float m = scale * (static_cast<float>(random()) / 0x1p31f - 1.0f);
      const double exact = CompandedM(m, scale);
      const std::int8_t q = RobustCodec::EncodeM(m, unit, kNoOldCode, random() & 0xff);
      ASSERT_LE(std::fabs(CompandedM(DecodedM(q, scale_code), scale) - exact), kBound);
      // The same in m's own units: a code is (s + |m|)^2 / (254 s) wide, to first order.
      const double code_width = std::pow(scale + std::fabs(m), 2) / (254.0 * scale);
      ASSERT_LE(std::fabs(DecodedM(q, scale_code) - m), code_width * kBound * 1.005);
      // A code that would not change is rounded by the byte: off by less than one code.
      const std::int8_t hashed = RobustCodec::EncodeM(m, unit, q, random() & 0xff);
      ASSERT_LE(std::fabs(CompandedM(DecodedM(hashed, scale_code), scale) - exact), 0.5 + kBound);
    }
  }
}

TEST(RobustCodec, ValuesBeyondTheScaleSaturate) {
  for (std::uint16_t scale_code : kScaleCodes) {
    const float scale = ScaleOfCode(scale_code);
    const float unit = RobustCodec::MUnit(0, scale_code);
    const float v_unit = RobustCodec::VUnit(0, scale_code);
    for (float beyond : {scale * 1.02f, scale * 1e6f, std::numeric_limits<float>::max()}) {
      for (std::uint32_t byte : {0u, 128u, 255u}) {
        for (int old = -128; old <= 127; ++old) {
          const auto old_q = static_cast<std::int8_t>(old);
          ASSERT_EQ(RobustCodec::EncodeM(beyond, unit, old_q, byte), 127) << beyond;
          ASSERT_EQ(RobustCodec::EncodeM(-beyond, unit, old_q, byte), -127) << beyond;
        }
      }
      // No root is beyond the square root of binary32's greatest number.
      const float root = std::min(beyond, 1.9e19f);
      if (root < scale * 1.01f) continue;
      ASSERT_EQ(RobustCodec::EncodeV(root, v_unit, 0), 255) << root;
      ASSERT_EQ(RobustCodec::EncodeV(root, v_unit, 255), 255) << root;
    }
  }
}

// The mean of the code over all bytes is the fixed-point value, which has 8 places: what is left is
// the rounding of the exact value to these.
TEST(RobustCodec, HashedRoundingIsUnbiased) {
  constexpr double kBound = 0.5 + 0x1p-5;  // in units of 1/256
  std::mt19937 random(2);
  for (std::uint16_t scale_code : kScaleCodes) {
    const float scale = ScaleOfCode(scale_code);
    const float m_unit = RobustCodec::MUnit(0, scale_code);
    const float v_unit = RobustCodec::VUnit(0, scale_code);
    for (int i = 0; i < 2000; ++i) {
      const float share = static_cast<float>(random()) / 0x1p32f;
      const float m = scale * (2 * share - 1) * (i % 2 == 0 ? 1.0f : 0.01f);
      const float root = scale * std::exp2(-15.9f * share);
      const std::int8_t nearest = RobustCodec::EncodeM(m, m_unit, kNoOldCode, 0);
      int m_sum = 0;
      int v_sum = 0;
      for (std::uint32_t byte = 0; byte < 256; ++byte) {
        m_sum += RobustCodec::EncodeM(m, m_unit, nearest, byte);
        v_sum += RobustCodec::EncodeV(root, v_unit, byte);
        if (nearest > -127) {  // where the nearest code is another one, the byte has no say
          ASSERT_EQ(RobustCodec::EncodeM(m, m_unit, static_cast<std::int8_t>(nearest - 1), byte),
                    nearest);
        }
      }
      ASSERT_LE(std::fabs(m_sum - 256 * CompandedM(m, scale)), kBound);
      // So the sum is the fixed-point value; its ties are rounded up.
      ASSERT_EQ(nearest, (m_sum + 128 + 256 * 128) / 256 - 128);
      ASSERT_LE(std::fabs(v_sum - 256 * CompandedRoot(root, scale)), kBound);
    }
  }
}

TEST(RobustCodec, VIsWithinOneCodeAndZeroForZeroOnly) {
  constexpr double kBound = 1.0 + 0x1p-9 + 0x1p-13;
  std::mt19937 random(3);
  for (std::uint16_t scale_code : kScaleCodes) {
    const float scale = ScaleOfCode(scale_code);
    const float unit = RobustCodec::VUnit(0, scale_code);
    for (int i = 0; i < 20000; ++i) {
      const float root = scale * std::exp2(-static_cast<float>(random() % 4000) / 100);
      const std::uint8_t q = RobustCodec::EncodeV(root, unit, random() & 0xff);
      ASSERT_GE(q, 1);
      const double decoded = std::sqrt(static_cast<double>(DecodedV(q, scale_code)));
      const double distance =
          CompandedRoot(static_cast<float>(decoded), scale) - CompandedRoot(root, scale);
      ASSERT_LE(distance, kBound);
      if (q > RobustCodec::kVFloor) {
        ASSERT_GE(distance, -kBound);
      }
    }
    for (std::uint32_t byte : {0u, 127u, 255u}) {  // 2^-75: the smallest root, up to rounding
      ASSERT_EQ(RobustCodec::EncodeV(0x1p-75f, unit, byte), RobustCodec::kVFloor);
      ASSERT_EQ(RobustCodec::EncodeV(0.0f, unit, byte), 0);
    }
  }
}

// A decoded group that holds its greatest code encodes to itself: the scale, and so all codes.
TEST(RobustCodec, ReencodingAGroupIsTheIdentity) {
  std::mt19937 random(4);
  for (int round = 0; round < 2000; ++round) {
    const auto scale_code = static_cast<std::uint16_t>(random());
    int m_codes[32], v_codes[32];
    float max_m = 0.0f;
    float max_root = 0.0f;
    for (int i = 0; i < 32; ++i) {
      m_codes[i] = i == 5 ? (round % 2 == 0 ? 127 : -127) : static_cast<int>(random() % 255) - 127;
      v_codes[i] = i == 7 ? 255 : static_cast<int>(random() % 256);
      max_m = std::max(max_m, std::fabs(DecodedM(m_codes[i], scale_code)));
      max_root = std::max(max_root, std::sqrt(DecodedV(v_codes[i], scale_code)));
    }
    const std::uint16_t m_scale = RobustCodec::MScaleCode(max_m);
    const std::uint16_t v_scale = ScaleCodeNearest(max_root);
    ASSERT_TRUE(m_scale == scale_code && v_scale == scale_code);
    for (int i = 0; i < 32; ++i) {
      ASSERT_EQ(RobustCodec::EncodeM(DecodedM(m_codes[i], scale_code),
                                     RobustCodec::MUnit(max_m, m_scale), kNoOldCode, 0),
                m_codes[i]);
      ASSERT_EQ(RobustCodec::EncodeV(std::sqrt(DecodedV(v_codes[i], scale_code)),
                                     RobustCodec::VUnit(max_root, v_scale), kNearest),
                v_codes[i]);
    }
  }
}

}  // namespace
}  // namespace zerod
