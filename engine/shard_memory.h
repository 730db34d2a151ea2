#ifndef ZEROD_ENGINE_SHARD_MEMORY_H_
#define ZEROD_ENGINE_SHARD_MEMORY_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "base/memory_ledger.h"
#include "engine/job_layout.h"
#include "engine/shard_plan.h"
#include "zerod/base/tensor_view.h"

namespace zerod {

// One rank's memory of one job: arenas and shard. Move-only.
class ShardMemory {
 public:
  // kResourceExhausted as MemoryLedger::Allocate.
  static absl::StatusOr<ShardMemory> Create(std::shared_ptr<MemoryLedger> ledger, int rank,
                                            const ShardPlan& plan);

  // Gives the reduced gradients the size that `plan` asks for; on error nothing has changed.
  absl::Status ResizeReduced(const ShardPlan& plan);

  // `size_bytes` from `offset` on; empty when size_bytes is 0.
  std::span<std::byte> At(MemoryKind kind, std::uint64_t offset, std::uint64_t size_bytes) const;
  std::byte* At(MemoryKind kind, std::uint64_t offset) const {
    return buffer(kind).data() + offset;
  }
  // The segment's correction; null where its parameter has none.
  std::byte* CorrectionAt(const Parameter& parameter, const Segment& segment) const;

 private:
  const Buffer& buffer(MemoryKind kind) const { return buffers_[static_cast<std::size_t>(kind)]; }

  std::shared_ptr<MemoryLedger> ledger_;
  int rank_ = 0;
  std::array<Buffer, kMemoryKindCount> buffers_;
};

// Adds this rank's part of `parameter`'s master weights to `values`, which holds all its elements.
void ReadMasterWeights(const JobLayout& layout, const ShardPlan& plan, const ShardMemory& memory,
                       std::size_t parameter, std::span<float> values);

}  // namespace zerod

#endif  // ZEROD_ENGINE_SHARD_MEMORY_H_
