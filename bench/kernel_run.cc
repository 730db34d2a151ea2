#include "bench/kernel_run.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "base/memory_ledger.h"
#include "base/status_macros.h"
#include "bench/kernel_buffers.h"
#include "bench/parallel.h"

namespace zerod::bench {
namespace {

constexpr std::uint64_t kCopyBytes = std::uint64_t{256} << 20;  // far beyond any cache
constexpr std::uint64_t kScalarElements = std::uint64_t{1} << 18;

double TimeCopy(const Buffer& from, const Buffer& to, int thread_count) {
  const std::size_t part = kCopyBytes / static_cast<std::size_t>(thread_count);
  return TimeParallel(thread_count, [&](int index) {
    const std::size_t begin = part * static_cast<std::size_t>(index);
    std::memcpy(to.data() + begin, from.data() + begin, part);
  });
}

}  // namespace

absl::StatusOr<KernelTimes> RunKernel(const KernelOptions& options) {
  const auto ledger = MemoryLedger::Create(1, MemoryBudget::Create(0));
  ZEROD_ASSIGN_OR_RETURN(const KernelBuffers buffers, KernelBuffers::Create(options, ledger.get()));
  ZEROD_ASSIGN_OR_RETURN(const Buffer from, ledger->Allocate(0, MemoryKind::kStaging, kCopyBytes));
  ZEROD_ASSIGN_OR_RETURN(const Buffer to, ledger->Allocate(0, MemoryKind::kStaging, kCopyBytes));
  std::memset(from.data(), 1, kCopyBytes);

  KernelTimes times;
  times.update_bytes = static_cast<double>(buffers.ReadBytes() + buffers.WrittenBytes());
  times.copy_bytes = 2.0 * kCopyBytes;
  const std::uint64_t scalar_count = std::min(kScalarElements, options.element_count);
  times.scalar_elements = static_cast<double>(scalar_count);
  // Two rounds go by unmeasured: they touch the pages and fill the state.
  for (int round = -2; round < options.repetition_count; ++round) {
    const auto step = static_cast<std::uint64_t>(round + 3);
    const UpdateScalars scalars =
        MakeUpdateScalars(options.optimizer, options.hyperparameters, step, 1.0f);
    const UpdateContext context = {options.rule(), options.codec, options.rounding,
                                   MakeStepKey(1, step)};
    std::vector<UpdateTelemetry> telemetry(static_cast<std::size_t>(options.thread_count));
    const double update_s = TimeParallel(options.thread_count, [&](int index) {
      const UpdateTask task =
          buffers.Task(options, {options.element_count, index, options.thread_count}, scalars,
                       &telemetry[static_cast<std::size_t>(index)]);
      UpdateWeights(context, std::span(&task, 1));
    });
    const double copy_s = TimeCopy(from, to, options.thread_count);
    const double scalar_s = TimeParallel(1, [&](int) {
      const UpdateTask task = buffers.Task(options, {scalar_count}, scalars, telemetry.data());
      UpdateWeightsReference(context, std::span(&task, 1));
    });
    if (round < 0) continue;
    times.update_s.push_back(update_s);
    times.copy_s.push_back(copy_s);
    times.scalar_s.push_back(scalar_s);
  }
  return times;
}

}  // namespace zerod::bench
