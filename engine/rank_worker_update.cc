// RankWorker: updates of the own slices, and the new weights to everybody.
#include <algorithm>

#include "base/status_macros.h"
#include "base/stopwatch.h"
#include "engine/rank_worker.h"
#include "kernels/parallel.h"

namespace zerod {

void RankWorker::Update(std::size_t bucket) {
  Stopwatch stopwatch(phases_.update);
  ++updated_buckets_;
  if (decision_->result.outcome == StepOutcome::kSkipped) return;
  const ShardMemory& memory = options_.memory;
  std::vector<UpdateTask> tasks;
  for (const Segment& segment : options_.plan.slices[bucket].segments) {
    const Parameter& parameter = layout().table.parameters()[segment.parameter];
    if (decision_->untouched[segment.parameter]) continue;
    GroupTally& tally = tallies_[parameter.group_index];
    tally.Add(segment);
    const auto at = [&](MemoryKind kind) { return memory.At(kind, segment.offsets[kind]); };
    const UpdateRule rule = layout().rule;
    const bool scaled = HasM(rule) && ScaleBytes(layout().spec.codec) > 0;
    tasks.push_back(
        {.flat_begin = segment.flat.begin,
         .count = segment.flat.count(),
         .dtype = parameter.spec.dtype,
         .master = parameter.master,
         .gradient_dtype = ReducedDType(parameter, options_.plan.accumulate),
         .gradient = at(MemoryKind::kReducedGradients),
         .weights = at(MemoryKind::kWeights),
         .correction = memory.CorrectionAt(parameter, segment),
         .m = HasM(rule) ? at(MemoryKind::kM) : nullptr,
         .v = HasV(rule) ? at(MemoryKind::kV) : nullptr,
         .scales = scaled ? reinterpret_cast<std::uint16_t*>(at(MemoryKind::kScales)) : nullptr,
         .scalars = &decision_->scalars[parameter.group_index],
         .telemetry = &tally.update});
  }
  UpdateWeights({.rule = layout().rule,
                 .codec = layout().spec.codec,
                 .rounding = layout().spec.master_rounding,
                 .key = MakeStepKey(layout().spec.seed, decision_->result.step)},
                tasks, *options_.team);
}

// Before the acknowledgement, so that who learns of the step's end finds all ranks' numbers. Once,
// however often the acknowledgement is tried.
void RankWorker::PublishTelemetry() {
  const StepResult& result = decision_->result;
  std::lock_guard lock(statistics_mutex_);
  if (result.outcome == StepOutcome::kSkipped) return;
  if (job_statistics_.last_updated_step == result.step) return;
  job_statistics_.last_updated_step = result.step;
  for (std::size_t group = 0; group < tallies_.size(); ++group) {
    statistics_.nonfinite_updates += tallies_[group].update.nonfinite_count;
    const UpdateScalars& scalars = decision_->scalars[group];
    statistics_.groups[group] = TelemetryOf(tallies_[group], scalars);
    GroupStatistics& described = job_statistics_.groups[group];
    described.hyperparameters = hyperparameters_[group];
    described.update_count = update_counts_[group];
    described.update_bound = scalars.update_bound * scalars.update_unit;
  }
}

absl::Status RankWorker::Gather(Communicator& comm, std::size_t ordinal) {
  Stopwatch stopwatch(phases_.gather);
  const std::size_t bucket = step_plan_.buckets[ordinal];
  // Not those that got it in a world before: their trainers may be reading it.
  std::vector<int> receivers;
  for (int rank : layout().world.contributors) {
    if (gathered_before_[rank] <= ordinal) receivers.push_back(rank);
  }
  if (decision_->result.outcome == StepOutcome::kUpdated && !receivers.empty()) {
    const SlicePlan& own = options_.plan.slices[bucket];
    std::vector<Bytes> receive;
    if (std::ranges::binary_search(receivers, comm.rank())) {
      for (int peer = 0; peer < comm.world_size(); ++peer) {
        const FlatRange slice = layout().Slice(bucket, peer);
        receive.push_back(options_.memory.At(MemoryKind::kWeights,
                                             layout().weights.OffsetOf(slice.begin),
                                             layout().weights.BytesIn(slice)));
      }
    }
    ZEROD_RETURN_IF_ERROR(comm.AllGatherV(
        options_.memory.At(MemoryKind::kWeights, own.weights_offset, own.weights_bytes), receive,
        receivers, PeerDeadline()));
  }
  gathered_buckets_ = std::max(gathered_buckets_, ordinal + 1);
  if (contributes()) options_.port->PublishWeights(bucket);
  return absl::OkStatus();
}

}  // namespace zerod
