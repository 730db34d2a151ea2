#ifndef ZEROD_ENGINE_STATISTICS_H_
#define ZEROD_ENGINE_STATISTICS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "zerod/base/memory_kind.h"
#include "zerod/engine/step_request.h"
#include "zerod/kernels/formats.h"
#include "zerod/kernels/optimizer.h"

namespace zerod {

// Seconds a rank spent, by phase; `wait` is what its trainer made it wait for gradients.
struct PhaseSeconds {
  double wait = 0;
  double reduce = 0;
  double commit = 0;
  double update = 0;
  double gather = 0;
};

// What updates did to the weights of one parameter group, in the last step that updated. Parameters
// that the step left untouched (AbsentPolicy::kSkip) are not among them. docs/operating.md says
// what to conclude.
struct GroupTelemetry {
  std::uint64_t element_count = 0;  // updated, without padding
  std::uint64_t unmoved_count = 0;  // of these, whose stored master kept its bits
  std::uint64_t floor_count = 0;    // of these, whose v has the smallest code that a v > 0 gets
  float max_update = 0;             // greatest finite magnitude of an update, in units of lr

  // Adds another rank's part of the same group.
  void Merge(const GroupTelemetry& other);
  bool operator==(const GroupTelemetry&) const = default;
};

struct GroupStatistics {
  std::string name;
  bool frozen = false;
  std::optional<MasterFormat> master;  // nothing: zerod chooses per parameter
  // Of the last step that updated; before the first one, those the job was created with.
  Hyperparameters hyperparameters;
  std::uint64_t update_count = 0;  // steps that updated
  // Adam: what `max_update` can't exceed, whatever the gradients, after that many updates with
  // these betas (U of docs/numerics.md). 0: there is no such bound, or no update yet.
  float update_bound = 0;
  GroupTelemetry telemetry;  // of the ranks that are described, together
};

struct RankStatistics {
  int rank = 0;
  std::uint32_t shard_weight = 0;
  bool has_trainer = false;          // whether it takes one
  std::string trainer;               // who is attached, e.g. "process 4711"; empty: nobody
  std::uint64_t owned_elements = 0;  // of its slices: whole lines of 256, padding included
  MemoryBytes memory;                // read from the live allocations
  std::uint64_t sent_bytes = 0;      // to other ranks, since the job began
  std::uint64_t received_bytes = 0;  // from other ranks, since the job began
  // Elements that became NaN in an update, since the job began.
  std::uint64_t nonfinite_updates = 0;
  std::vector<GroupTelemetry> groups;  // in the job's order
  PhaseSeconds last_step;
  PhaseSeconds total;
};

struct JobStatistics {
  std::uint64_t parameter_count = 0;                // tensors
  std::uint64_t element_count = 0;                  // their elements, without padding
  std::uint64_t trainable_element_count = 0;        // of these, in groups that are not frozen
  std::vector<std::string> wide_master_parameters;  // names of those with 32-bit masters
  std::uint64_t wide_master_element_count = 0;      // of these, with 32-bit masters
  Optimizer optimizer = Optimizer::kAdamW;
  StateCodec codec = StateCodec::kRobust;
  MasterRounding master_rounding = MasterRounding::kNearest;
  bool has_v_codes = false;             // whether it keeps quantised second moments
  std::vector<GroupStatistics> groups;  // in the job's order
  std::uint64_t last_updated_step = 0;  // the one that telemetry is of; 0: none yet
  std::uint64_t step = 0;               // the last one that ended
  std::uint64_t skipped_steps = 0;
  std::uint64_t aborted_attempts = 0;
  StepResult last_result;
  std::vector<RankStatistics> ranks;
};

}  // namespace zerod

#endif  // ZEROD_ENGINE_STATISTICS_H_
