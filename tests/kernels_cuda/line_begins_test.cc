#include "kernels/cuda/line_begins.h"

#include <random>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "zerod/kernels/formats.h"

namespace zerod {
namespace {

using testing::ElementsAre;

TEST(LineBegins, CountsALineThatTasksShareOnce) {
  EXPECT_THAT(LineBegins({}), ElementsAre(0));
  EXPECT_THAT(LineBegins(std::vector<FlatStretch>{{0, 256}, {256, 512}}), ElementsAre(0, 1, 3));
  EXPECT_THAT(LineBegins(std::vector<FlatStretch>{{32, 32}, {64, 32}, {128, 160}, {512, 0}}),
              ElementsAre(0, 1, 1, 2, 2));
}

TEST(LineBegins, CountsEveryTouchedLineOnce) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    std::vector<FlatStretch> stretches;
    std::set<std::uint64_t> lines;
    std::uint64_t end = 0;
    for (int i = 0; i < 20; ++i) {
      const std::uint64_t begin = end + 32 * (random() % 3 == 0 ? random() % 30 : 0);
      const std::uint64_t count = 32 * (random() % 20);
      stretches.push_back({begin, count});
      end = begin + count;
      for (std::uint64_t at = begin; at < end; at += 32) lines.insert(at / kLineElements);
    }
    EXPECT_EQ(LineBegins(stretches).back(), lines.size());
  }
}

}  // namespace
}  // namespace zerod
