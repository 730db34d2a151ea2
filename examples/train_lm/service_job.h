#ifndef ZEROD_EXAMPLES_TRAIN_LM_SERVICE_JOB_H_
#define ZEROD_EXAMPLES_TRAIN_LM_SERVICE_JOB_H_

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "examples/train_lm/run_config.h"
#include "zerod/service.h"

namespace zerod::train_lm {

// The rank of each trainer. The job's sums go over them in rank order, so which trainer sits where
// decides bits.
std::vector<int> Contributors(const RunConfig& config);

// Of trainer 0. True: the job is new; false: it was there, and is to be resumed. kAlreadyExists,
// when it was there and is not, says how to go on.
absl::StatusOr<bool> CreateOrResumeJob(const RunConfig& config, const JobSpec& spec,
                                       std::span<const ConstTensorView> initial, Service& service);

// "rank 1 has no trainer", "ranks 1, 3 have no trainer": those that take one, on all nodes. Empty:
// all have one.
absl::StatusOr<std::string> MissingTrainers(const ServiceConfig& config, Service& service);

// What to say to a shell. The job's token is a secret, and left to be filled in.
std::string DeleteCommand(const ServiceConfig& config);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_SERVICE_JOB_H_
