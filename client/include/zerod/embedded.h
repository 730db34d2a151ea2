#ifndef ZEROD_EMBEDDED_H_
#define ZEROD_EMBEDDED_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "zerod/base/tensor_view.h"
#include "zerod/engine/job_spec.h"
#include "zerod/engine/statistics.h"
#include "zerod/trainer.h"

namespace zerod {

// One rank of an embedded world.
struct RankOptions {
  std::uint32_t shard_weight =
      1;                // share of the optimizer state, relative to the other ranks'; 0 owns none
  bool trainer = true;  // whether a trainer will attach to it and contribute to every step
};

struct EmbeddedOptions {
  std::vector<RankOptions> ranks = {RankOptions{}};
  // Of all large buffers together; 0 means what the machine has free when the job is created.
  std::uint64_t memory_limit_bytes = 0;
  // How long a rank waits within a step for its trainer, or for another rank, before the attempt is
  // aborted by name.
  absl::Duration step_deadline = absl::Minutes(10);
  // Threads of this job that compute for each rank that owns state, 1 to 1,024. Together at most as
  // many as there are cores to spare; their number changes no bit.
  int threads_per_rank = 1;
};

// A job in this process: every rank is a thread, every trainer a thread of the caller. Thread-safe.
class Embedded {
 public:
  // `initial_values` has one view per parameter, in the spec's order, bf16, fp16 or fp32; it is
  // only read during the call. kInvalidArgument names the parameter, group or option that is wrong;
  // kResourceExhausted the rank, and the kind of memory that does not fit or that its
  // threads can't be started.
  static absl::StatusOr<std::unique_ptr<Embedded>> Create(
      const EmbeddedOptions& options, const JobSpec& spec,
      std::span<const ConstTensorView> initial_values);

  virtual ~Embedded() = default;  // the job itself lives until its last trainer is gone, too

  // kInvalidArgument: no such rank, or a rank without a trainer; kAlreadyExists: somebody is
  // attached there.
  virtual absl::StatusOr<std::unique_ptr<Trainer>> Attach(int rank) = 0;
  // `parameter`'s master weights as fp32, row-major: all as of the same step, the last whose update
  // has begun. Waits while weights are being updated, at most step_deadline (kDeadlineExceeded).
  // kInvalidArgument: there is no such parameter.
  virtual absl::StatusOr<std::vector<float>> MasterWeights(std::size_t parameter) const = 0;
  virtual JobStatistics Statistics() const = 0;
};

}  // namespace zerod

#endif  // ZEROD_EMBEDDED_H_
