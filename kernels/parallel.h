#ifndef ZEROD_KERNELS_PARALLEL_H_
#define ZEROD_KERNELS_PARALLEL_H_

#include <span>

#include "base/worker_team.h"
#include "kernels/gradient_norm.h"
#include "kernels/reduce.h"
#include "kernels/update.h"

namespace zerod {

// The kernels of the same names by a team of threads: the same bits, and the same telemetry.
void UpdateWeights(const UpdateContext& context, std::span<const UpdateTask> tasks,
                   WorkerTeam& team);
void ReduceContributions(const ReduceTask& task, WorkerTeam& team);
void AccumulateNorm(std::span<const ReducedPiece> pieces, GradientNorm* norm, WorkerTeam& team);

}  // namespace zerod

#endif  // ZEROD_KERNELS_PARALLEL_H_
