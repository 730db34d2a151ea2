#include "kernels/hash.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>
#include <vector>

#include "kernels/update.h"

namespace zerod {
namespace {

// These must never change: restarts and failover count on every node drawing the same bytes.
TEST(Hash, IsPinned) {
  const StepKey step = MakeStepKey(42, 7);
  EXPECT_EQ(step.value, 0x32028f50341ebd74u);
  const GroupKey key = MakeGroupKey(step.value, (std::uint64_t{1} << 35) + 3);
  EXPECT_EQ(LaneHash(key, 0), 0xe35dc5b0u);
  EXPECT_EQ(LaneHash(key, 31), 0x53d8aeb7u);
  EXPECT_EQ(VScaleBits(key), 768u);
}

// Chi-square of 256 bins over one stream of many elements: mean 255, deviation 22.6.
double ChiSquare(const std::vector<std::uint32_t>& bytes) {
  std::array<double, 256> counts{};
  for (std::uint32_t byte : bytes) ++counts.at(byte);
  const double expected = static_cast<double>(bytes.size()) / 256;
  double sum = 0;
  for (double count : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

double Correlation(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - 127.5) * (b[i] - 127.5);
  return sum / static_cast<double>(a.size()) / ((65536 - 1) / 12.0);
}

TEST(Hash, StreamsAreUniformAndIndependent) {
  constexpr std::size_t kCount = 1 << 20;
  // Master, m and v of one even element in one step; of the odd one that shares its hash; of the
  // next even one; of the next step.
  std::vector<std::vector<std::uint32_t>> streams(12, std::vector<std::uint32_t>(kCount));
  for (std::size_t i = 0; i < kCount; ++i) {
    const auto draw = [&](std::size_t stream, std::uint64_t step, std::size_t element) {
      const GroupKey key = MakeGroupKey(MakeStepKey(1, step).value, element / 32);
      const auto lane = static_cast<std::uint32_t>(element % 32);
      streams[stream][i] = MasterByte(MasterHash(key, lane));
      streams[stream + 1][i] = MByte(MomentBits(key, lane));
      streams[stream + 2][i] = VByte(MomentBits(key, lane));
    };
    const std::size_t element = 2 * i;
    draw(0, 5, element);
    draw(3, 5, element + 1);
    draw(6, 5, element + 2);
    draw(9, 6, element);
  }
  for (std::size_t a = 0; a < streams.size(); ++a) {
    EXPECT_LT(ChiSquare(streams[a]), 255 + 6 * 22.6) << a;
    for (std::size_t b = 0; b < a; ++b) {
      EXPECT_LT(std::fabs(Correlation(streams[a], streams[b])), 6.0 / 1024) << a << ", " << b;
    }
  }
}

TEST(Hash, VScaleBitsAreUniform) {
  constexpr int kCount = 1 << 18;
  double sum = 0;
  double squares = 0;
  for (int group = 0; group < kCount; ++group) {
    const double bits = VScaleBits(MakeGroupKey(99, static_cast<std::uint64_t>(group)));
    sum += bits;
    squares += bits * bits;
  }
  EXPECT_NEAR(sum / kCount, 4095.5, 30);
  EXPECT_NEAR(squares / kCount, 8192.0 * 8192 / 3, 3e5);
}

TEST(Hash, DependsOnSeedStepAndUpperIndexBits) {
  std::set<std::uint64_t> keys;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    for (std::uint64_t step = 0; step < 100; ++step) keys.insert(MakeStepKey(seed, step).value);
  }
  EXPECT_EQ(keys.size(), 10000u);
  EXPECT_NE(LaneHash(MakeGroupKey(1, 5), 0), LaneHash(MakeGroupKey(1, 5 + (1ull << 32)), 0));
}

// Neighbours share one hash, the first has its lower half; m has the upper byte of a half.
TEST(Hash, MomentsTakeQuartersOfSharedHashes) {
  const GroupKey key = MakeGroupKey(5, 6);
  for (std::uint32_t element = 0; element < 32; element += 2) {
    const std::uint32_t shared = LaneHash(key, element / 2);
    EXPECT_EQ(VByte(MomentBits(key, element)), shared & 0xff);
    EXPECT_EQ(MByte(MomentBits(key, element)), shared >> 8 & 0xff);
    EXPECT_EQ(VByte(MomentBits(key, element + 1)), shared >> 16 & 0xff);
    EXPECT_EQ(MByte(MomentBits(key, element + 1)), shared >> 24);
  }
}

TEST(Hash, MastersAndTheVScaleHaveLanesOfTheirOwn) {
  const GroupKey key = MakeGroupKey(5, 6);
  std::set<std::uint32_t> lanes = {kVScaleLane};
  for (std::uint32_t lane = 0; lane < kMomentLanes; ++lane) lanes.insert(lane);
  for (std::uint32_t element = 0; element < 32; ++element) {
    lanes.insert(kFirstMasterLane + element);
    const std::uint32_t hash = MasterHash(key, element);
    EXPECT_EQ(hash, LaneHash(key, kFirstMasterLane + element));
    EXPECT_EQ(MasterByte(hash), hash >> 24);
    EXPECT_EQ(MasterBits16(hash), hash >> 16);
  }
  EXPECT_EQ(lanes.size(), 1u + 16 + 32);
  EXPECT_EQ(VScaleBits(key), LaneHash(key, kVScaleLane) >> 19);
}

}  // namespace
}  // namespace zerod
