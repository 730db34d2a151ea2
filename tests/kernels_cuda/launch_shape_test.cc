#include "kernels/cuda/launch_shape.h"

#include <algorithm>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

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
  for (std::uint64_t chunks : {std::uint64_t{1}, std::uint64_t{5000}, kLarge, 40 * kLarge}) {
    for (std::uint64_t tasks : {1, 300, 1909, 1910, 1911, 1912, 2046, 2047, 2048, 5000}) {
      const UpdateSize size = {.chunk_count = chunks, .task_count = tasks};
      for (UpdatePath path : {UpdatePath::kDefinition, UpdatePath::kNarrowTable,
                              UpdatePath::kWideTable, UpdatePath::kBulk}) {
        const LaunchShape shape = ShapeOfPath(path, kH200, size);
        EXPECT_TRUE(HasBlocksEnough(shape, size)) << ToString(shape) << ", " << tasks << " tasks";
      }
    }
  }
}

TEST(LaunchShape, HasTooFewBlocksFromOneChunkTooManyOn) {
  struct {
    UpdatePath path;
    std::uint64_t most_chunks;
  } const cases[] = {{UpdatePath::kNarrowTable, std::uint64_t{4} * 2048},
                     {UpdatePath::kWideTable, std::uint64_t{16} * 2048},
                     {UpdatePath::kBulk, std::uint64_t{15} * 2048}};
  EXPECT_FALSE(HasBlocksEnough({.path = UpdatePath::kBulk}, {.chunk_count = 1, .task_count = 1}));
  for (const auto& [path, most_chunks] : cases) {
    LaunchShape shape = ShapeOfPath(path, kH200, {.chunk_count = 1, .task_count = 1});
    ASSERT_EQ(shape.block_count, 1);
    for (bool interleaved : {false, true}) {
      shape.interleaved = interleaved;
      EXPECT_TRUE(HasBlocksEnough(shape, {.chunk_count = most_chunks, .task_count = 1}));
      EXPECT_FALSE(HasBlocksEnough(shape, {.chunk_count = most_chunks + 1, .task_count = 1}));
    }
  }
}

// The most tiles that a block of a bulk launch has, counted one by one. `begins` as of ChunkBegins.
std::uint64_t MostTiles(const LaunchShape& shape, const std::vector<std::uint64_t>& begins) {
  const auto blocks = static_cast<std::uint64_t>(shape.block_count);
  const std::uint64_t chunks = begins.back();
  std::uint64_t most = 0;
  for (std::uint64_t block = 0; block < blocks; ++block) {
    std::uint64_t first = shape.interleaved ? block * kBulkWarps : chunks * block / blocks;
    const std::uint64_t end = shape.interleaved ? chunks : chunks * (block + 1) / blocks;
    std::uint64_t tiles = 0;
    for (; first < end; first += kBulkWarps * (shape.interleaved ? blocks : 1)) {
      const std::uint64_t stretch_end = std::min(first + kBulkWarps, end);
      const auto cuts = std::upper_bound(begins.begin(), begins.end(), first);
      tiles +=
          1 + static_cast<std::uint64_t>(std::lower_bound(cuts, begins.end(), stretch_end) - cuts);
    }
    most = std::max(most, tiles);
  }
  return most;
}

// One large task and many of one chunk each, where blocks are as full as they may be.
TEST(LaunchShape, BulkBlocksHaveNoMoreTilesThanWarpsRemember) {
  for (std::uint64_t tasks : {1910, 1911, 1912, 2046, 2047, 2048}) {
    for (std::uint64_t per_block : {2040, 2048, 2055}) {
      const std::uint64_t chunks = 132 * per_block;
      std::vector<std::uint64_t> begins = {0};
      for (std::uint64_t task = 1; task < tasks; ++task) begins.push_back(task);
      begins.push_back(chunks);
      const UpdateSize size = {.chunk_count = chunks, .task_count = tasks};
      LaunchShape shape = ShapeOfPath(UpdatePath::kBulk, kH200, size);
      EXPECT_LE(MostTiles(shape, begins), 2048u) << ToString(shape) << ", " << tasks << " tasks";
      if (per_block == 2048) {  // no block more than needed
        EXPECT_EQ(shape.block_count, 132);
        EXPECT_GE(MostTiles(shape, begins), tasks - 1);
      }
      for (bool interleaved : {false, true}) {
        shape.interleaved = interleaved;
        for (shape.block_count = 1; shape.block_count < 200; shape.block_count += 18) {
          if (!HasBlocksEnough(shape, size)) continue;
          EXPECT_LE(MostTiles(shape, begins), 2048u) << ToString(shape);
        }
      }
    }
  }
}

TEST(LaunchShape, TakesBulkCopiesWhereTheyAreCompiledForAndHaveRoom) {
  DeviceTraits device = kH200;
  for (int architecture : {90, 100, 103}) {
    device.architecture = architecture;
    EXPECT_TRUE(FitsBulk(device)) << architecture;
  }
  for (int architecture : {80, 89, 110, 120, 121}) {
    device.architecture = architecture;
    EXPECT_FALSE(FitsBulk(device)) << architecture;
  }
  device = kH200;
  device.shared_bytes = kBulkSharedBytes;  // and none for static shared memory
  EXPECT_FALSE(FitsBulk(device));
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

}  // namespace
}  // namespace zerod
