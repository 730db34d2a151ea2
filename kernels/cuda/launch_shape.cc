#include "kernels/cuda/launch_shape.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace zerod {
namespace {

// Below so many chunks a warp, filling 64 KiB of table would be a good part of the work.
constexpr std::uint64_t kLeastChunksPerWarp = 4;
// A warp that stays in a task for so many chunks may as well be dealt every n-th one.
constexpr std::uint64_t kChunksPerTaskAndWarp = 16;

// Resident blocks per multiprocessor: narrow blocks are bounded by registers (128 a thread).
constexpr int kNarrowBlocks = 4;
// The definition's, for whole waves however many of its blocks are resident.
constexpr int kAllDefinitionBlocks = kDefinitionBlocksWithV * kDefinitionBlocks;

const char* PathName(UpdatePath path) {
  switch (path) {
    case UpdatePath::kDefinition:
      return "definition";
    case UpdatePath::kNarrowTable:
      return "narrow table";
    case UpdatePath::kWideTable:
      return "wide table";
    case UpdatePath::kBulk:
      return "bulk";
  }
  return "unknown";
}

// Of all blocks; one of a bulk block's warps copies.
std::uint64_t UpdatingWarps(const LaunchShape& shape) {
  const int per_block = shape.path == UpdatePath::kBulk ? kBulkWarps : shape.thread_count / 32;
  return static_cast<std::uint64_t>(shape.block_count) * static_cast<std::uint64_t>(per_block);
}

constexpr std::uint64_t DivideUp(std::uint64_t dividend, std::uint64_t divisor) {
  return (dividend + divisor - 1) / divisor;
}

int BlocksFor(std::uint64_t warp_count, int thread_count, std::uint64_t most) {
  const auto warps_per_block = static_cast<std::uint64_t>(thread_count) / 32;
  return static_cast<int>(std::min(DivideUp(warp_count, warps_per_block), most));
}

// As many blocks as a device holds at a time, or times as many if a block may have no more than
// `chunks_per_block`.
std::uint64_t MostBlocks(std::uint64_t resident, std::uint64_t chunk_count,
                         std::uint64_t chunks_per_block) {
  const std::uint64_t per_round = resident * chunks_per_block;
  return resident * std::max<std::uint64_t>(1, DivideUp(chunk_count, per_round));
}

// That make no more than kChunksPerWarp tiles: full ones, but for one more at the end of a run and
// one for each task that begins in it; or if nothing else helps, single chunks.
std::uint64_t ChunksPerBulkBlock(std::uint64_t task_count) {
  constexpr std::uint64_t kSingleChunks = kChunksPerWarp;
  const std::uint64_t others = std::min<std::uint64_t>(task_count + 1, kChunksPerWarp);
  return std::max(kSingleChunks, (kChunksPerWarp - others) * kBulkWarps);
}

}  // namespace

std::vector<std::uint64_t> ChunkBegins(std::span<const std::uint64_t> element_counts) {
  std::vector<std::uint64_t> begins = {0};
  begins.reserve(element_counts.size() + 1);
  for (std::uint64_t count : element_counts) {
    begins.push_back(begins.back() + DivideUp(count, kChunkElements));
  }
  return begins;
}

LaunchShape ShapeOfPath(UpdatePath path, const DeviceTraits& device, const UpdateSize& size) {
  const auto multiprocessors = static_cast<std::uint64_t>(device.multiprocessor_count);
  LaunchShape shape = {.path = path};
  switch (path) {
    case UpdatePath::kDefinition:
      shape.thread_count = kDefinitionThreads;
      shape.block_count =
          BlocksFor(size.chunk_count, shape.thread_count, multiprocessors * kAllDefinitionBlocks);
      break;
    case UpdatePath::kNarrowTable:
      shape.thread_count = kNarrowThreads;
      shape.shared_bytes = kNarrowTableBytes;
      shape.block_count = BlocksFor(size.chunk_count, shape.thread_count,
                                    MostBlocks(multiprocessors * kNarrowBlocks, size.chunk_count,
                                               kNarrowThreads / 32 * kChunksPerWarp));
      break;
    case UpdatePath::kWideTable:
      shape.thread_count = kWideThreads;
      shape.shared_bytes = kWideTableBytes;
      shape.block_count = BlocksFor(
          size.chunk_count, shape.thread_count,
          MostBlocks(multiprocessors, size.chunk_count, kWideThreads / 32 * kChunksPerWarp));
      break;
    case UpdatePath::kBulk:
      shape.thread_count = kBulkThreads;
      shape.shared_bytes = kBulkSharedBytes;
      shape.block_count = BlocksFor(
          size.chunk_count, kBulkWarps * 32,
          MostBlocks(multiprocessors, size.chunk_count, ChunksPerBulkBlock(size.task_count)));
      break;
  }
  shape.interleaved =
      size.chunk_count >= size.task_count * UpdatingWarps(shape) * kChunksPerTaskAndWarp;
  return shape;
}

bool FitsBulk(const DeviceTraits& device) {
  const bool has_code = std::ranges::find(kBulkArchitectures, device.architecture) !=
                        std::ranges::end(kBulkArchitectures);
  return has_code && device.shared_bytes >= kBulkBlockSharedBytes;
}

bool HasBlocksEnough(const LaunchShape& shape, const UpdateSize& size) {
  if (UpdatingWarps(shape) == 0) return false;
  switch (shape.path) {
    case UpdatePath::kDefinition:
      return true;  // leaves nothing for later
    case UpdatePath::kNarrowTable:
    case UpdatePath::kWideTable:
      return DivideUp(size.chunk_count, UpdatingWarps(shape)) <= kChunksPerWarp;
    case UpdatePath::kBulk:
      break;
  }
  const auto blocks = static_cast<std::uint64_t>(shape.block_count);
  const std::uint64_t stretches = DivideUp(size.chunk_count, blocks * kBulkWarps);
  const std::uint64_t chunks =
      shape.interleaved ? stretches * kBulkWarps : DivideUp(size.chunk_count, blocks);
  // Each task but the first may cut a stretch in two.
  return std::min(chunks, stretches + size.task_count - 1) <= kChunksPerWarp;
}

LaunchShape ChooseShape(const DeviceTraits& device, const UpdateContext& context,
                        const UpdateSize& size) {
  const bool fast = context.rule == UpdateRule::kAdam && context.codec == StateCodec::kRobust &&
                    context.rounding == MasterRounding::kNearest;
  if (!fast) return ShapeOfPath(UpdatePath::kDefinition, device, size);
  const UpdatePath large = FitsBulk(device) ? UpdatePath::kBulk : UpdatePath::kWideTable;
  const LaunchShape shape = ShapeOfPath(large, device, size);
  if (size.chunk_count >= UpdatingWarps(shape) * kLeastChunksPerWarp) return shape;
  return ShapeOfPath(UpdatePath::kNarrowTable, device, size);
}

std::string ToString(const LaunchShape& shape) {
  return absl::StrFormat("%s: %d blocks of %d threads, %d bytes shared, %s", PathName(shape.path),
                         shape.block_count, shape.thread_count, shape.shared_bytes,
                         shape.interleaved ? "interleaved" : "in runs");
}

}  // namespace zerod
