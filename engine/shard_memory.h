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
#include "ipc/arena.h"
#include "zerod/base/tensor_view.h"

namespace zerod {

// One rank's memory of one job: arenas and shard. Move-only.
class ShardMemory {
 public:
  // With `share_weights` the weights of a rank that holds the whole model are an arena that
  // trainers in other processes can map, read-only. Gradients are not among it: they belong to the
  // trainer's attachment. kResourceExhausted as MemoryLedger::Allocate.
  static absl::StatusOr<ShardMemory> Create(std::shared_ptr<MemoryLedger> ledger, int rank,
                                            const ShardPlan& plan, bool share_weights);

  // Gives the reduced gradients the size that `plan` asks for; on error nothing has changed.
  absl::Status ResizeReduced(const ShardPlan& plan);

  const Arena& weights_arena() const { return weights_arena_; }

  // `size_bytes` from `offset` on; empty when size_bytes is 0.
  std::span<std::byte> At(MemoryKind kind, std::uint64_t offset, std::uint64_t size_bytes) const;
  std::byte* At(MemoryKind kind, std::uint64_t offset) const {
    return Memory(kind).data() + offset;
  }
  // The segment's correction; null where its parameter has none.
  std::byte* CorrectionAt(const Parameter& parameter, const Segment& segment) const;

 private:
  std::span<std::byte> Memory(MemoryKind kind) const {
    if (kind == MemoryKind::kWeights && !weights_arena_.bytes().empty()) {
      return weights_arena_.bytes();
    }
    return buffers_[static_cast<std::size_t>(kind)].bytes();
  }

  std::shared_ptr<MemoryLedger> ledger_;
  int rank_ = 0;
  std::array<Buffer, kMemoryKindCount> buffers_;
  Reservation weights_reservation_;
  Arena weights_arena_;
};

// Adds this rank's part of `parameter`'s master weights to `values`, which holds all its elements.
void ReadMasterWeights(const JobLayout& layout, const ShardPlan& plan, const ShardMemory& memory,
                       std::size_t parameter, std::span<float> values);

}  // namespace zerod

#endif  // ZEROD_ENGINE_SHARD_MEMORY_H_
