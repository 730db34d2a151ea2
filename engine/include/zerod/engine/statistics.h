#ifndef ZEROD_ENGINE_STATISTICS_H_
#define ZEROD_ENGINE_STATISTICS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "zerod/base/memory_kind.h"
#include "zerod/engine/step_request.h"

namespace zerod {

// Seconds a rank spent, by phase; `wait` is what its trainer made it wait for gradients.
struct PhaseSeconds {
  double wait = 0;
  double reduce = 0;
  double commit = 0;
  double update = 0;
  double gather = 0;
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
  std::uint64_t nonfinite_updates =
      0;  // elements that became NaN in an update, since the job began
  PhaseSeconds last_step;
  PhaseSeconds total;
};

struct JobStatistics {
  std::uint64_t parameter_count = 0;                // tensors
  std::uint64_t element_count = 0;                  // their elements, without padding
  std::uint64_t trainable_element_count = 0;        // of these, in groups that are not frozen
  std::vector<std::string> wide_master_parameters;  // names of those with 32-bit masters
  std::uint64_t wide_master_element_count = 0;      // of these, with 32-bit masters
  std::uint64_t step = 0;                           // the last one that ended
  std::uint64_t skipped_steps = 0;
  std::uint64_t aborted_attempts = 0;
  StepResult last_result;
  std::vector<RankStatistics> ranks;
};

}  // namespace zerod

#endif  // ZEROD_ENGINE_STATISTICS_H_
