#ifndef ZEROD_EXAMPLES_TRAIN_LM_RANKS_WITHOUT_TRAINER_H_
#define ZEROD_EXAMPLES_TRAIN_LM_RANKS_WITHOUT_TRAINER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "examples/train_lm/service_config.h"
#include "zerod/service.h"

namespace zerod::train_lm {

// The job's ranks that take a trainer and have none now, on all nodes.
absl::StatusOr<std::vector<int>> RanksWithoutTrainer(Service& service, const ServiceConfig& config);

// "rank 1 has no trainer", "ranks 1, 3 have no trainer".
std::string HaveNoTrainer(const std::vector<int>& ranks);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_RANKS_WITHOUT_TRAINER_H_
