#ifndef ZEROD_SERVER_RANK_CHOICE_H_
#define ZEROD_SERVER_RANK_CHOICE_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/job_layout.h"
#include "server/rank_table.h"

namespace zerod {

// The ranks of `node` that a trainer can attach to, in the order in which to try them: `wanted`
// alone, or all that take one. kInvalidArgument says what is wrong with `wanted`, and where it is;
// kFailedPrecondition: no rank of this node takes a trainer.
absl::StatusOr<std::vector<int>> RankCandidates(const JobLayout& layout, const RankTable& ranks,
                                                int node, std::optional<int> wanted);

}  // namespace zerod

#endif  // ZEROD_SERVER_RANK_CHOICE_H_
