#ifndef ZEROD_EXAMPLES_TRAIN_LM_FP32_OPTIMIZER_H_
#define ZEROD_EXAMPLES_TRAIN_LM_FP32_OPTIMIZER_H_

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "examples/train_lm/optimizer.h"
#include "examples/train_lm/parameter_table.h"
#include "examples/train_lm/rendezvous.h"

namespace zerod::train_lm {

// What zerod is compared with: plain data parallelism. Every trainer is a full replica with fp32
// weights, gradient and moments (16 bytes a parameter); gradients are averaged in fp32 in trainer
// order, each trainer summing one part for all, which moves what a ring all-reduce moves.
class Fp32Optimizer : public Optimizer {
 public:
  // `table` must outlive it; `initial` holds all parameters back to back.
  Fp32Optimizer(int trainers, const OptimizerSettings& settings, const ParameterTable& table,
                std::span<const float> initial);

  absl::StatusOr<std::unique_ptr<TrainerSeat>> Attach(int trainer) override;
  absl::StatusOr<OptimizerUsage> Usage() const override;
  absl::Status ExportMasterWeights(const std::string& folder) const override;

 private:
  friend class Fp32Seat;

  struct Replica {
    std::vector<float> weights, gradient, m, v;
    std::vector<float> micro_gradient;  // only with several micro-batches
    std::uint64_t moved_bytes = 0;      // each way
    std::uint64_t skipped_steps = 0;
    std::uint64_t last_updated_step = 0;
  };

  const OptimizerSettings settings_;
  const ParameterTable& table_;
  std::vector<Replica> replicas_;  // one per trainer, each used by its thread between meetings
  Rendezvous meeting_;
};

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_FP32_OPTIMIZER_H_
