#ifndef ZEROD_EXAMPLES_TRAIN_LM_ZEROD_SEAT_H_
#define ZEROD_EXAMPLES_TRAIN_LM_ZEROD_SEAT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "examples/train_lm/parameter_table.h"
#include "examples/train_lm/run_config.h"
#include "zerod/trainer.h"

namespace zerod::train_lm {

// A model's view of a zerod trainer: converts between the model's fp32 and the bf16 that travels.
class ZerodSeat : public TrainerSeat {
 public:
  ZerodSeat(std::unique_ptr<Trainer> trainer, const RunConfig& config, const ParameterTable& table);

  absl::StatusOr<const float*> Weights(std::size_t parameter) override;
  float* Gradient(std::size_t parameter) override;
  absl::Status GradientReady(std::size_t parameter) override;
  absl::Status BeginGradients() override;
  absl::StatusOr<StepReport> Step(double learning_rate) override;
  absl::Status Finish() override;
  absl::Status ExportWeights(const std::string& folder) override;

 protected:
  Trainer& trainer() { return *trainer_; }

 private:
  const std::unique_ptr<Trainer> trainer_;
  const RunConfig& config_;
  const ParameterTable& table_;
  std::vector<float> weights_;            // fp32 copies, flat
  std::vector<std::uint64_t> copied_at_;  // per parameter: the step whose weights are in the copy
  std::uint64_t steps_ = 0;
  // Where gradients are computed before they are rounded. Parameters of different blocks never need
  // it at once, so those of the same name within their block share a place.
  std::vector<float> scratch_;
  std::vector<std::size_t> scratch_offset_;
};

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_ZEROD_SEAT_H_
