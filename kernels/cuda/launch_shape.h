#ifndef ZEROD_KERNELS_CUDA_LAUNCH_SHAPE_H_
#define ZEROD_KERNELS_CUDA_LAUNCH_SHAPE_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "kernels/update.h"

namespace zerod {

// A warp's unit of work: consecutive elements of one task, whose last chunk may be shorter.
inline constexpr std::uint64_t kChunkElements = 512;

// The number of the first chunk of every task, and behind it the number of all chunks.
std::vector<std::uint64_t> ChunkBegins(std::span<const std::uint64_t> element_counts);

enum class UpdatePath : std::uint8_t {
  kDefinition,   // eight elements a lane; any rule, codec and format
  kNarrowTable,  // the fast path, plain loads, a decode table of 2 KiB: little to set up
  kWideTable,    // the fast path, plain loads, a table of 64 KiB without bank conflicts
  kBulk,         // the same table, and bulk copies to and from shared memory: FitsBulk
};

// How an update is launched.
struct LaunchShape {
  UpdatePath path = UpdatePath::kDefinition;
  int block_count = 0;
  int thread_count = 0;
  int shared_bytes = 0;
  // Chunks are dealt to warps in turns (bulk: to blocks, kBulkWarps at a time); else every block
  // has a run of chunks, and its warps rarely meet another task.
  bool interleaved = false;

  bool operator==(const LaunchShape&) const = default;
};

struct DeviceTraits {
  int architecture = 0;  // 90: compute capability 9.0
  int multiprocessor_count = 0;
  int shared_bytes = 0;  // that a block can have
};

struct UpdateSize {
  std::uint64_t chunk_count = 0;  // at least 1
  std::uint64_t task_count = 0;   // at least 1
};

// A function of its arguments and of nothing else.
LaunchShape ChooseShape(const DeviceTraits& device, const UpdateContext& context,
                        const UpdateSize& size);
// Of one path, whether or not ChooseShape would take it.
LaunchShape ShapeOfPath(UpdatePath path, const DeviceTraits& device, const UpdateSize& size);
// Whether the device has the bulk path's machine code, and shared memory for it.
bool FitsBulk(const DeviceTraits& device);
// Whether the shape has blocks enough: so many that no warp, or with kBulk no block, can meet more
// than kChunksPerWarp chunks, or tiles. What a warp can't remember would not be updated. All that
// ChooseShape and ShapeOfPath give do.
bool HasBlocksEnough(const LaunchShape& shape, const UpdateSize& size);

// "bulk: 132 blocks of 512 threads, 229792 bytes shared, interleaved".
std::string ToString(const LaunchShape& shape);

// Where the decode tables and, behind them, the stages of bulk copies lie in shared memory.
inline constexpr int kNarrowTableBytes = 2 * 256 * 4;
inline constexpr int kWideTableBytes = 2 * 256 * 32 * 4;
// At most so many a warp (bulk: tiles a block), so that it can remember which it leaves for later.
inline constexpr int kChunksPerWarp = 2048;
// What the bulk path is compiled for, among what a build asks for: kernels/CMakeLists.txt reads the
// list here. Bulk copies came with sm_90; sm_120 has too little shared memory for this use of them.
inline constexpr int kBulkArchitectures[] = {90, 100, 103};
inline constexpr int kStageCount = 3;
inline constexpr int kBulkWarps = 15;  // that update; one more copies
inline constexpr int kBulkThreads = (kBulkWarps + 1) * 32;
// A chunk for each updating warp, with its scales.
inline constexpr int kStageBytes = kBulkWarps * (7 * static_cast<int>(kChunkElements) + 64);
// And what tile it is, and two barriers.
inline constexpr int kStageControlBytes = 32;
inline constexpr int kBulkSharedBytes =
    kWideTableBytes + kStageCount * (kStageBytes + kStageControlBytes);
// What a block can have on kBulkArchitectures, static shared memory included.
inline constexpr int kBulkBlockSharedBytes = 227 * 1024;
inline constexpr int kWideThreads = 512;
inline constexpr int kNarrowThreads = 128;
inline constexpr int kDefinitionThreads = 128;
// Resident blocks per multiprocessor, as registers allow: 96 a thread with v, 80 without.
inline constexpr int kDefinitionBlocksWithV = 5;
inline constexpr int kDefinitionBlocks = 6;

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_LAUNCH_SHAPE_H_
