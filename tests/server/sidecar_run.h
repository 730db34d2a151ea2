#ifndef ZEROD_TESTS_SERVER_SIDECAR_RUN_H_
#define ZEROD_TESTS_SERVER_SIDECAR_RUN_H_

#include "tests/client/training_run.h"
#include "tests/server/daemon_fixture.h"

namespace zerod {

// The same training as Train (tests/client/training_run.h), with job and ranks in `daemons`: one
// thread per contributor, attached to the daemon its rank lives on. Masters stay empty: a service
// does not hand them out.
RunBits TrainOnService(const Daemons& daemons, const std::vector<int>& ranks_per_node,
                       const JobSpec& spec, const JobPlacement& placement, const RunOptions& run);

// The same world for Train.
EmbeddedOptions EmbeddedWorld(int rank_count, const JobPlacement& placement);

}  // namespace zerod

#endif  // ZEROD_TESTS_SERVER_SIDECAR_RUN_H_
