#include "tests/kernels_cuda/emulated_launch.h"

#include "base/check.h"
#include "tests/kernels_cuda/emulation/warp_emulation.h"
// The kernels, after the words that they are written in.
#include "kernels/cuda/adam_bulk_block.cuh"
#include "kernels/cuda/adam_plain_block.cuh"
#include "kernels/cuda/definition_block.cuh"
#include "kernels/cuda/definition_fallback.cuh"
#include "kernels/cuda/leftover_chunks.cuh"
#include "kernels/cuda/line_begins.h"
#include "kernels/cuda/reduce_block.cuh"

namespace zerod {
namespace {

struct alignas(128) SharedLine {
  unsigned char bytes[128];
};

void RunBlockOf(const UpdateLaunch& launch, const EmulatedShape& shape, unsigned char* shared) {
  switch (shape.path) {
    case UpdatePath::kDefinition:
      ZEROD_CHECK(shape.warp_count <= kDefinitionThreads / 32);
      return VisitRuleAndCodec(launch.context, [&]<typename Rule, typename Codec>() {
        UpdateByDefinition<Rule, Codec>(launch, shape.interleaved);
      });
    case UpdatePath::kNarrowTable:
      return UpdateAdamPlain<NarrowTables>(launch, shape.interleaved, shared);
    case UpdatePath::kWideTable:
      return UpdateAdamPlain<WideTables>(launch, shape.interleaved, shared);
    case UpdatePath::kBulk:
      return UpdateAdamBulk(launch, shape.interleaved, shared);
  }
}

}  // namespace

std::uint64_t EmulateUpdate(const UpdateContext& context, const std::vector<FusedUpdateTask>& tasks,
                            const EmulatedShape& shape) {
  std::vector<std::uint64_t> counts;
  for (const FusedUpdateTask& task : tasks) counts.push_back(task.task.count);
  const std::vector<std::uint64_t> begins = ChunkBegins(counts);
  const UpdateLaunch launch = {.context = context,
                               .tasks = tasks.data(),
                               .chunk_begins = begins.data(),
                               .task_count = static_cast<std::uint32_t>(tasks.size()),
                               .chunk_count = begins.back()};
  std::vector<SharedLine> shared(kBulkSharedBytes / sizeof(SharedLine) + 1);
  emulated_shared_memory = shared[0].bytes;
  emulated_copies_are_early = shape.early_copies;
  ResetEmulatedCopies();
  emulated_fallback_chunks = 0;
  const unsigned copying_warps = shape.path == UpdatePath::kBulk ? 1 : 0;
  RunEmulated({.block_count = shape.block_count,
               .thread_count = (shape.warp_count + copying_warps) * 32,
               .thread = [&] { RunBlockOf(launch, shape, shared[0].bytes); }});
  CheckEmulatedCopiesAreDone();
  return emulated_fallback_chunks;
}

std::vector<std::uint32_t> EmulateLeftovers(const std::vector<std::uint32_t>& added) {
  std::vector<std::uint32_t> held;
  RunEmulated({.thread = [&] {
    LeftoverChunks leftovers;
    for (std::uint32_t number : added) leftovers.Add(number);
    ZEROD_CHECK(leftovers.Any() == !added.empty());
    for (std::uint32_t number = 0; number < kChunksPerWarp; ++number) {
      if (leftovers.Has(number) && threadIdx.x == 0) held.push_back(number);
    }
  }});
  return held;
}

void EmulateReduce(const std::vector<DeviceReduceTask>& tasks, bool interleaved,
                   DeviceGradientNorm* norm) {
  std::vector<FlatStretch> stretches;
  for (const DeviceReduceTask& task : tasks) stretches.push_back({task.flat_begin, task.count});
  const std::vector<std::uint64_t> begins = LineBegins(stretches);
  const ReduceLaunch launch = {.tasks = tasks.data(),
                               .line_begins = begins.data(),
                               .task_count = static_cast<std::uint32_t>(tasks.size()),
                               .line_count = begins.back(),
                               .norm = norm};
  RunEmulated(
      {.block_count = 2, .thread_count = 96, .thread = [&] { ReduceBlock(launch, interleaved); }});
}

}  // namespace zerod
