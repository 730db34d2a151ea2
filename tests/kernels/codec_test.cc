#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "kernels/codec_flash.h"
#include "kernels/codec_robust.h"

namespace zerod {
namespace {

constexpr std::int8_t kNoOldCode =
    -128;  // never a nearest code, so it asks for plain nearest rounding

const std::uint16_t kScaleCodes[] = {1, 1000, 20000, 40 << 10, (40 << 10) + 777, 50000, 65535};

TEST(RobustCodec, MRoundTripsEveryCode) {
  for (std::uint16_t scale_code : kScaleCodes) {
    const float scale = ScaleOfCode(scale_code);
    float previous = -2 * scale;
    for (int q = -127; q <= 127; ++q) {
      const float m = RobustCodec::DecodeM(static_cast<std::int8_t>(q), scale);
      ASSERT_GT(m, previous);
      previous = m;
      ASSERT_EQ(RobustCodec::EncodeM(m, scale, kNoOldCode, 0.5f), q);
    }
    EXPECT_EQ(RobustCodec::DecodeM(0, scale), 0.0f);
    EXPECT_EQ(RobustCodec::DecodeM(127, scale), scale);
  }
}

// y = 254 m / (s + |m|) has slope 254 s / (s + |m|)^2: half a code is (s + |m|)^2 / (508 s), and a
// full one where a code that would not change is dithered. A little more at second order.
TEST(RobustCodec, MErrorIsWithinItsBound) {
  std::mt19937 random(1);
  for (std::uint16_t scale_code : kScaleCodes) {
    const float scale = ScaleOfCode(scale_code);
    for (int i = 0; i < 20000; ++i) {
      const float m = scale * (static_cast<float>(random()) / 0x1p31f - 1.0f);
      const double half_code = std::pow(scale + std::fabs(m), 2) / (508.0 * scale) * 1.01;
      const std::int8_t q = RobustCodec::EncodeM(m, scale, kNoOldCode, 0.5f);
      ASSERT_LE(std::fabs(RobustCodec::DecodeM(q, scale) - m), half_code);
      const std::int8_t dithered = RobustCodec::EncodeM(m, scale, q, Dither(random() & 0xff));
      ASSERT_LE(std::fabs(RobustCodec::DecodeM(dithered, scale) - m), 2 * half_code);
    }
  }
}

TEST(RobustCodec, UnchangedCodesAreDitheredWithoutBias) {
  const float scale = 1.0f;
  const float m = 1.0f / 800;  // y = 0.317: nearest rounding would keep code 0 for ever
  double sum = 0;
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    sum += RobustCodec::EncodeM(m, scale, 0, Dither(byte));
    EXPECT_EQ(RobustCodec::EncodeM(m, scale, 1, Dither(byte)), 0);
  }
  EXPECT_NEAR(sum / 256, 254.0 * m / (1 + m), 1.0 / 256);
}

TEST(RobustCodec, VRoundTripsEveryCode) {
  for (std::uint16_t scale_code : kScaleCodes) {
    const float scale = ScaleOfCode(scale_code);
    const float unit = RobustCodec::VUnit(0, scale_code);
    float previous = -1.0f;
    for (int q = 0; q <= 255; ++q) {
      const float v = RobustCodec::DecodeV(static_cast<std::uint8_t>(q), scale);
      if (v > 0x1p-126f) {  // below, v's own rounding is coarser than the codes
        ASSERT_GT(v, previous);
        ASSERT_EQ(RobustCodec::EncodeV(std::sqrt(v), unit, 0.5f), q) << scale_code;
      }
      previous = v;
    }
    EXPECT_EQ(RobustCodec::DecodeV(0, scale), 0.0f);
  }
}

// sqrt(v) = s (q / 255)^2: a dithered code is off by less than one, so sqrt(sqrt(v) / s) by less
// than 1/255.
TEST(RobustCodec, VErrorIsWithinItsBoundAndNeverZero) {
  std::mt19937 random(2);
  for (std::uint16_t scale_code : kScaleCodes) {
    const float scale = ScaleOfCode(scale_code);
    const float unit = RobustCodec::VUnit(0, scale_code);
    for (int i = 0; i < 20000; ++i) {
      const float root = scale * std::exp2(-static_cast<float>(random() % 4000) / 100);
      const std::uint8_t q = RobustCodec::EncodeV(root, unit, Dither(random() & 0xff));
      ASSERT_GE(q, 1);
      if (q > 1) {
        ASSERT_LE(std::fabs(q - 255 * std::sqrt(static_cast<double>(root) / scale)), 1.001);
      }
    }
    EXPECT_EQ(RobustCodec::EncodeV(0x1p-75f, unit, Dither(0)), 1);
    EXPECT_EQ(RobustCodec::EncodeV(0.0f, unit, Dither(255)), 0);
    EXPECT_EQ(RobustCodec::EncodeV(scale * 1.001f, unit, Dither(255)), 255);
    EXPECT_EQ(RobustCodec::EncodeV(1e19f, unit, Dither(255)), 255);  // beyond the scales' range
  }
}

// A decoded group that holds its greatest code encodes to itself: the scale comes back, and so do
// the codes.
TEST(RobustCodec, ReencodingIsTheIdentity) {
  std::mt19937 random(3);
  for (int round = 0; round < 2000; ++round) {
    // v decoded under the smallest scales is subnormal, where the square root can't give the scale
    // back.
    const auto scale_code = static_cast<std::uint16_t>(1 + random() % 65535);
    const float scale = ScaleOfCode(scale_code);
    const float max_m = RobustCodec::DecodeM(random() % 2 == 0 ? 127 : -127, scale);
    ASSERT_EQ(RobustCodec::MScaleCode(std::fabs(max_m)), scale_code);
    const float max_root = std::sqrt(RobustCodec::DecodeV(255, scale));
    ASSERT_EQ(ScaleCodeNearest(max_root), scale_code);
    const float unit = RobustCodec::VUnit(0, scale_code);
    for (int i = 0; i < 32; ++i) {
      const auto q = static_cast<std::int8_t>(static_cast<int>(random() % 255) - 127);
      ASSERT_EQ(RobustCodec::EncodeM(RobustCodec::DecodeM(q, scale), scale, kNoOldCode, 0.5f), q);
      const auto qv = static_cast<std::uint8_t>(random());
      const float v = RobustCodec::DecodeV(qv, scale);
      if (v > 0x1p-126f || v == 0.0f) {
        ASSERT_EQ(RobustCodec::EncodeV(std::sqrt(v), unit, 0.5f), qv);
      }
    }
  }
}

TEST(FlashCodec, EveryCodeRoundTrips) {
  const std::uint16_t scale_code = HalfOfFloat(0.75f);
  const float scale = FlashCodec::MScale(scale_code);
  for (int q = -127; q <= 127; ++q) {
    const float m = FlashCodec::DecodeM(static_cast<std::int8_t>(q), scale);
    ASSERT_EQ(FlashCodec::EncodeM(m, FlashCodec::MUnit(scale, 0), 0, 0.0f), q);
  }
  EXPECT_EQ(FlashCodec::DecodeM(127, scale), scale);
  for (int q = 0; q <= 255; ++q) {
    const float v = FlashCodec::DecodeV(static_cast<std::uint8_t>(q), scale);
    ASSERT_EQ(FlashCodec::EncodeV(std::sqrt(v), FlashCodec::VUnit(scale, 0), 0.0f), q);
  }
}

// Half a code of y = 2n/(1+|n|) is (1 + |n|)^2 / 508 in n; half a code of sqrt(v) / a is 1/510. The
// fp16 scale adds up to 2^-11 of the value.
TEST(FlashCodec, ErrorIsWithinItsBound) {
  std::mt19937 random(4);
  for (int i = 0; i < 20000; ++i) {
    const float a = std::exp2(static_cast<float>(random() % 2000) / 100 - 12);
    const float scale = FlashCodec::MScale(FlashCodec::MScaleCode(a));
    const float n = static_cast<float>(random()) / 0x1p31f - 1.0f;
    const std::int8_t q = FlashCodec::EncodeM(n * a, a, 0, 0.0f);
    const double bound = std::pow(1 + std::fabs(n), 2) / 508 * 1.01 + std::fabs(n) * 0x1p-11 * 1.01;
    ASSERT_LE(std::fabs(FlashCodec::DecodeM(q, scale) - n * a), bound * a);
    const float root = std::fabs(n) * a;
    const std::uint8_t qv = FlashCodec::EncodeV(root, a, 0.0f);
    const double decoded = std::sqrt(FlashCodec::DecodeV(qv, scale));
    ASSERT_LE(std::fabs(decoded - root), (1.01 / 510 + 0x1p-11) * a);
  }
}

TEST(FlashCodec, ScaleSaturates) {
  EXPECT_EQ(FlashCodec::MScaleCode(1e9f), HalfOfFloat(65504.0f));
  EXPECT_EQ(FlashCodec::MScaleCode(0.0f), 0);
}

}  // namespace
}  // namespace zerod
