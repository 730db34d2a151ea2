// RankWorker: contributions to reduced gradients.
#include "base/status_macros.h"
#include "base/stopwatch.h"
#include "engine/rank_worker.h"
#include "kernels/parallel.h"

namespace zerod {

absl::Status RankWorker::Reduce(Communicator& comm, std::size_t bucket, std::uint32_t micro_batch) {
  if (contributes()) {
    Stopwatch stopwatch(phases_.wait);
    ZEROD_RETURN_IF_ERROR(options_.port->WaitGradients(bucket, micro_batch, Deadline()));
  }
  Stopwatch stopwatch(phases_.reduce);
  ZEROD_ASSIGN_OR_RETURN(const std::vector<const std::byte*> contributions,
                         ExchangeContributions(comm, bucket));
  SumSlice(bucket, micro_batch, contributions);
  if (contributes()) options_.port->ReleaseGradients(bucket, micro_batch);
  return absl::OkStatus();
}

Bytes RankWorker::GradientsOf(FlatRange flat) const {
  return gradients_.subspan(layout().gradients.OffsetOf(flat.begin),
                            layout().gradients.BytesIn(flat));
}

absl::StatusOr<std::vector<const std::byte*>> RankWorker::ExchangeContributions(
    Communicator& comm, std::size_t bucket) {
  const std::size_t world_size = static_cast<std::size_t>(comm.world_size());
  std::vector<ConstBytes> send(world_size);
  std::vector<Bytes> receive(world_size);
  if (contributes()) {
    for (int peer = 0; peer < comm.world_size(); ++peer) {
      const FlatRange slice = layout().Slice(bucket, peer);
      send[peer] = GradientsOf(slice);
    }
  }
  const SlicePlan& slice = options_.plan.slices[bucket];
  std::vector<const std::byte*> contributions;
  std::uint64_t staged_bytes = 0;
  for (int contributor : layout().world.contributors) {
    if (contributor == comm.rank()) {
      // In place: the own contribution is read where the trainer wrote it.
      receive[contributor] = GradientsOf(slice.flat);
    } else {
      receive[contributor] =
          options_.memory.At(MemoryKind::kStaging, staged_bytes, slice.gradient_bytes);
      staged_bytes += slice.gradient_bytes;
    }
    contributions.push_back(receive[contributor].data());
  }
  ZEROD_RETURN_IF_ERROR(comm.AllToAllV(send, receive, PeerDeadline()));
  return contributions;
}

void RankWorker::SumSlice(std::size_t bucket, std::uint32_t micro_batch,
                          std::span<const std::byte* const> contributions) {
  const bool last = micro_batch + 1 == agreed_open_.micro_batches;
  std::vector<ReducedPiece> pieces;
  std::vector<const std::byte*> parts(contributions.size());
  for (const Segment& segment : options_.plan.slices[bucket].segments) {
    const Parameter& parameter = layout().table.parameters()[segment.parameter];
    for (std::size_t i = 0; i < parts.size(); ++i) {
      parts[i] = contributions[i] + segment.offsets[MemoryKind::kStaging];
    }
    std::byte* reduced = options_.memory.At(MemoryKind::kReducedGradients,
                                            segment.offsets[MemoryKind::kReducedGradients]);
    const DType reduced_dtype = ReducedDType(parameter, options_.plan.accumulate);
    ReduceContributions({.contributions = parts,
                         .dtype = parameter.spec.dtype,
                         .count = segment.flat.count(),
                         .valid_count = segment.valid_count,
                         .reduced = reduced,
                         .reduced_dtype = reduced_dtype,
                         .first = micro_batch == 0,
                         .last = last,
                         .scale = agreed_open_.gradient_scale},
                        *options_.team);
    pieces.push_back({.flat_begin = segment.flat.begin,
                      .count = segment.flat.count(),
                      .dtype = reduced_dtype,
                      .reduced = reduced});
  }
  if (last) AccumulateNorm(pieces, &norm_, *options_.team);
}

}  // namespace zerod
