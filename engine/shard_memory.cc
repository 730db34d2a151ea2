#include "engine/shard_memory.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "kernels/split.h"

namespace zerod {
namespace {

// Kinds whose memory lives and dies with the shard, and is this process's own.
std::vector<MemoryKind> PrivateKinds(bool share_weights) {
  using enum MemoryKind;
  std::vector<MemoryKind> kinds = {kReducedGradients, kCorrection, kM, kV, kScales, kStaging};
  if (!share_weights) kinds.push_back(kWeights);
  return kinds;
}

}  // namespace

absl::StatusOr<ShardMemory> ShardMemory::Create(std::shared_ptr<MemoryLedger> ledger, int rank,
                                                const ShardPlan& plan, bool share_weights) {
  share_weights = share_weights && plan.whole_model;
  ShardMemory memory;
  memory.ledger_ = std::move(ledger);
  memory.rank_ = rank;
  if (share_weights) {
    const std::uint64_t weights_bytes = plan.bytes[MemoryKind::kWeights];
    ZEROD_ASSIGN_OR_RETURN(memory.weights_reservation_,
                           memory.ledger_->Reserve(rank, MemoryKind::kWeights, weights_bytes));
    ZEROD_ASSIGN_OR_RETURN(
        memory.weights_arena_,
        Arena::Create(absl::StrCat("zerod-weights-", rank), weights_bytes, PeerAccess::kRead));
  }
  for (MemoryKind kind : PrivateKinds(share_weights)) {
    ZEROD_ASSIGN_OR_RETURN(memory.buffers_[static_cast<std::size_t>(kind)],
                           memory.ledger_->Allocate(rank, kind, plan.bytes[kind]));
  }
  return memory;
}

absl::Status ShardMemory::ResizeReduced(const ShardPlan& plan) {
  const std::uint64_t size_bytes = plan.bytes[MemoryKind::kReducedGradients];
  Buffer& reduced = buffers_[static_cast<std::size_t>(MemoryKind::kReducedGradients)];
  if (reduced.size_bytes() == size_bytes) return absl::OkStatus();
  ZEROD_ASSIGN_OR_RETURN(reduced,
                         ledger_->Allocate(rank_, MemoryKind::kReducedGradients, size_bytes));
  return absl::OkStatus();
}

std::span<std::byte> ShardMemory::At(MemoryKind kind, std::uint64_t offset,
                                     std::uint64_t size_bytes) const {
  if (size_bytes == 0) return {};
  ZEROD_CHECK(offset + size_bytes <= Memory(kind).size());
  return Memory(kind).subspan(offset, size_bytes);
}

std::byte* ShardMemory::CorrectionAt(const Parameter& parameter, const Segment& segment) const {
  if (parameter.master == MasterFormat::kNone) return nullptr;
  return At(MemoryKind::kCorrection, segment.offsets[MemoryKind::kCorrection]);
}

void ReadMasterWeights(const JobLayout& layout, const ShardPlan& plan, const ShardMemory& memory,
                       std::size_t index, std::span<float> values) {
  const Parameter& parameter = layout.table.parameters()[index];
  for (const SlicePlan& slice : plan.slices) {
    for (const Segment& segment : slice.segments) {
      if (segment.parameter != index) continue;
      const std::uint64_t first = segment.flat.begin - parameter.flat.begin;
      JoinWeights(
          {.dtype = parameter.spec.dtype,
           .master = parameter.master,
           .weights = memory.At(MemoryKind::kWeights, segment.offsets[MemoryKind::kWeights]),
           .correction = memory.CorrectionAt(parameter, segment),
           .values = values.subspan(first, segment.valid_count)});
    }
  }
}

}  // namespace zerod
