#include "kernels/cuda/launch_shape.h"

#include <random>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/cuda/line_begins.h"
#include "zerod/kernels/formats.h"

namespace zerod {
namespace {

using testing::ElementsAre;

constexpr DeviceTraits kH200 = {
    .architecture = 90, .multiprocessor_count = 132, .shared_bytes = 232448};
constexpr DeviceTraits kA100 = {
    .architecture = 80, .multiprocessor_count = 108, .shared_bytes = 166912};
constexpr DeviceTraits kRtx5090 = {
    .architecture = 120, .multiprocessor_count = 170, .shared_bytes = 101376};

constexpr std::uint64_t kLarge = 805306368 / kChunkElements;

TEST(LaunchShape, OfAModelOnH200) {
  EXPECT_EQ(ToString(ChooseShape(kH200, {}, {.chunk_count = kLarge, .task_count = 1})),
            "bulk: 132 blocks of 512 threads, 229792 bytes shared, interleaved");
  EXPECT_EQ(ToString(ChooseShape(kH200, {}, {.chunk_count = kLarge, .task_count = 256})),
            "bulk: 132 blocks of 512 threads, 229792 bytes shared, in runs");
  EXPECT_EQ(ToString(ChooseShape(kH200, {}, {.chunk_count = kLarge, .task_count = 1500})),
            "bulk: 264 blocks of 512 threads, 229792 bytes shared, in runs");
}

// Bits for what a warp leaves to the definition: kChunksPerWarp of them.
TEST(LaunchShape, HasBlocksEnoughForWarpsToRememberTheirChunks) {
  for (std::uint64_t chunks : {std::uint64_t{5000}, kLarge, 40 * kLarge}) {
    for (std::uint64_t tasks : {1, 300, 2047, 5000}) {
      const UpdateSize size = {.chunk_count = chunks, .task_count = tasks};
      const auto blocks = [&](UpdatePath path) {
        return static_cast<std::uint64_t>(ShapeOfPath(path, kH200, size).block_count);
      };
      const std::uint64_t stretch =
          (chunks + blocks(UpdatePath::kBulk) - 1) / blocks(UpdatePath::kBulk);
      EXPECT_LE(std::min(stretch, (stretch + kBulkWarps - 1) / kBulkWarps + tasks), 2048u);
      EXPECT_LE(chunks, 16 * 2048 * blocks(UpdatePath::kWideTable));
      EXPECT_LE(chunks, 4 * 2048 * blocks(UpdatePath::kNarrowTable));
    }
  }
}

TEST(LaunchShape, OfASmallShardHasMoreAndSmallerBlocks) {
  EXPECT_EQ(ToString(ChooseShape(kH200, {}, {.chunk_count = 2048, .task_count = 256})),
            "narrow table: 512 blocks of 128 threads, 2048 bytes shared, in runs");
  EXPECT_EQ(ToString(ChooseShape(kH200, {}, {.chunk_count = 1, .task_count = 1})),
            "narrow table: 1 blocks of 128 threads, 2048 bytes shared, in runs");
}

TEST(LaunchShape, WithoutBulkCopiesOrRoomForThem) {
  for (const DeviceTraits& device : {kA100, kRtx5090}) {
    const LaunchShape shape = ChooseShape(device, {}, {.chunk_count = kLarge, .task_count = 1});
    EXPECT_EQ(shape.path, UpdatePath::kWideTable);
    EXPECT_EQ(shape.block_count, device.multiprocessor_count);
    EXPECT_LE(shape.shared_bytes, device.shared_bytes);
  }
}

TEST(LaunchShape, IsTheDefinitionsForAllButTheDefaultFormat) {
  const UpdateSize size = {.chunk_count = kLarge, .task_count = 1};
  const UpdateContext others[] = {{.rule = UpdateRule::kLion},
                                  {.codec = StateCodec::kFlash},
                                  {.rounding = MasterRounding::kStochastic}};
  for (const UpdateContext& context : others) {
    EXPECT_EQ(ToString(ChooseShape(kH200, context, size)),
              "definition: 3960 blocks of 128 threads, 0 bytes shared, interleaved");
  }
}

// Whatever the sizes, a shape can be launched, and has no block without work.
TEST(LaunchShape, FitsItsDeviceAndItsWork) {
  for (const DeviceTraits& device : {kH200, kA100, kRtx5090}) {
    for (std::uint64_t chunks = 1; chunks < 100000000; chunks += chunks / 3 + 1) {
      for (std::uint64_t tasks : {std::uint64_t{1}, std::uint64_t{100}, chunks}) {
        const LaunchShape shape =
            ChooseShape(device, {}, {.chunk_count = chunks, .task_count = tasks});
        EXPECT_GE(shape.block_count, 1);
        EXPECT_LE(shape.shared_bytes, device.shared_bytes);
        EXPECT_LT(static_cast<std::uint64_t>((shape.block_count - 1) * shape.thread_count / 32),
                  chunks);
      }
    }
  }
}

TEST(ChunkBegins, CountsStartedChunksOfEveryTask) {
  EXPECT_THAT(ChunkBegins({}), ElementsAre(0));
  EXPECT_THAT(ChunkBegins(std::vector<std::uint64_t>{512, 32, 0, 544}), ElementsAre(0, 1, 2, 2, 4));
}

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
