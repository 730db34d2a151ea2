#include "kernels/codec_flash.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tests/kernels/test_scale.h"

namespace zerod {
namespace {

constexpr std::uint32_t kInfiniteHalf = 0x7c00;
constexpr std::uint32_t kScaleStride = kSanitized ? 251 : 1;

float DecodedM(int q, float scale) {
  return FlashCodec::DecodeM(static_cast<std::int8_t>(q)) * scale;
}
float DecodedV(int q, float scale) {
  return FlashCodec::DecodeV(static_cast<std::uint8_t>(q)) * FlashCodec::VScaleSquare(scale);
}

// Under every scale but zero, which decodes everything to zero.
TEST(FlashCodec, EveryCodeUnderEveryScaleRoundTrips) {
  for (std::uint32_t code = 1; code < kInfiniteHalf; code += kScaleStride) {
    const float scale = FlashCodec::MScale(static_cast<std::uint16_t>(code));
    const float unit = FlashCodec::MUnit(scale, static_cast<std::uint16_t>(code));
    ASSERT_EQ(FlashCodec::MScaleCode(scale), code);
    float previous = -std::numeric_limits<float>::infinity();
    for (int q = -127; q <= 127; ++q) {
      const float m = DecodedM(q, scale);
      ASSERT_GT(m, previous);
      previous = m;
      ASSERT_EQ(FlashCodec::EncodeM(m, unit, 0, 0), q) << "scale code " << code;
    }
    ASSERT_EQ(DecodedM(127, scale), scale);
    previous = -1.0f;
    for (int q = 0; q <= 255; ++q) {
      const float v = DecodedV(q, scale);
      ASSERT_GT(v, previous);
      previous = v;
      ASSERT_EQ(FlashCodec::EncodeV(std::sqrt(v), unit, 0), q) << "scale code " << code;
    }
  }
}

TEST(FlashCodec, ADamagedCodeIsAsGoodAsTheLeast) {
  EXPECT_EQ(FlashCodec::DecodeM(-128), FlashCodec::DecodeM(-127));
}

TEST(FlashCodec, NeitherOldCodesNorBytesMatter) {
  for (int i = -1000; i <= 1000; ++i) {
    const float m = static_cast<float>(i) / 1000;
    const std::int8_t q = FlashCodec::EncodeM(m, 1.0f, 0, 0);
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
      ASSERT_EQ(FlashCodec::EncodeM(m, 1.0f, q, byte), q);
      ASSERT_EQ(FlashCodec::EncodeV(std::fabs(m), 1.0f, byte),
                FlashCodec::EncodeV(std::fabs(m), 1.0f, 0));
    }
  }
}

// Half a code of y = 2n/(1+|n|) is (1 + |n|)^2 / 508 in n; half a code of sqrt(v) / a is 1/510. The
// fp16 scale adds up to 2^-11 of the value.
TEST(FlashCodec, ErrorIsWithinItsBound) {
  std::mt19937 random(4);
  for (int i = 0; i < 200000; ++i) {
    const float a = std::exp2(static_cast<float>(random() % 2000) / 100 - 12);
    const float scale = FlashCodec::MScale(FlashCodec::MScaleCode(a));
    const float n = static_cast<float>(random()) / 0x1p31f - 1.0f;
    const std::int8_t q = FlashCodec::EncodeM(n * a, a, 0, 0);
    const double bound = std::pow(1 + std::fabs(n), 2) / 508 * 1.01 + std::fabs(n) * 0x1p-11 * 1.01;
    ASSERT_LE(std::fabs(DecodedM(q, scale) - n * a), bound * a);
    ASSERT_NEAR(q, 254.0 * n / (1.0 + std::fabs(n)), 0.5 + 0x1p-14);
    const float root = std::fabs(n) * a;
    const std::uint8_t qv = FlashCodec::EncodeV(root, a, 0);
    ASSERT_NEAR(qv, 255.0 * root / a, 0.5 + 0x1p-14);
    const double decoded = std::sqrt(DecodedV(qv, scale));
    ASSERT_LE(std::fabs(decoded - root), (1.01 / 510 + 0x1p-11) * a);
  }
}

TEST(FlashCodec, ScaleSaturatesAndSmallMaximaCountAsOneInATrillion) {
  EXPECT_EQ(FlashCodec::MScaleCode(1e9f), HalfOfFloat(65504.0f));
  EXPECT_EQ(FlashCodec::MScaleCode(std::numeric_limits<float>::max()), HalfOfFloat(65504.0f));
  EXPECT_EQ(FlashCodec::MScaleCode(65519.0f), HalfOfFloat(65504.0f));
  EXPECT_EQ(FlashCodec::MScaleCode(0.0f), 0);
  EXPECT_EQ(FlashCodec::MUnit(0.0f, 0), 1e-12f);
  EXPECT_EQ(FlashCodec::EncodeM(0.0f, FlashCodec::MUnit(0.0f, 0), 0, 0), 0);
  EXPECT_EQ(FlashCodec::EncodeV(0.0f, FlashCodec::VUnit(0.0f, 0), 0), 0);
}

}  // namespace
}  // namespace zerod
