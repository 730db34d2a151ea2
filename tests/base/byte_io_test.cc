#include "base/byte_io.h"

#include <array>
#include <cstdint>

#include "gtest/gtest.h"

namespace zerod {
namespace {

TEST(ByteIo, ValuesComeBackInOrder) {
  ByteWriter writer;
  writer.Put(std::uint64_t{1} << 40);
  writer.Put(2.5f);
  const std::vector<std::byte> bytes = writer.Take();
  ByteReader reader(bytes);
  EXPECT_EQ(reader.Get<std::uint64_t>(), std::uint64_t{1} << 40);
  EXPECT_FALSE(reader.at_end());
  EXPECT_EQ(reader.Get<float>(), 2.5f);
  EXPECT_TRUE(reader.at_end());
}

TEST(ByteIo, AShortRecordGivesZerosAndIsNotOk) {
  const std::vector<std::byte> bytes(3, std::byte{0xff});
  ByteReader reader(bytes);
  EXPECT_EQ(reader.Get<std::uint32_t>(), 0u);
  EXPECT_FALSE(reader.at_end());
}

struct Padded {
  std::uint64_t wide;
  std::uint8_t narrow;
};
struct Full {
  std::uint64_t wide;
  std::array<std::uint32_t, 2> narrow;
};
enum class Choice : std::uint16_t { kOne };

static_assert(kHasNoPadding<bool> && kHasNoPadding<Choice> && kHasNoPadding<std::int64_t>);
static_assert(kHasNoPadding<float> && kHasNoPadding<double> && kHasNoPadding<Full>);
static_assert(!kHasNoPadding<Padded> && !kHasNoPadding<long double>);

}  // namespace
}  // namespace zerod
