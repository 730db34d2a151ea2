#ifndef ZEROD_TESTS_CLIENT_TRAINING_RUN_H_
#define ZEROD_TESTS_CLIENT_TRAINING_RUN_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "zerod/embedded.h"

namespace zerod {

// Initial fp32 values of every parameter of a spec, reproducible.
struct InitialValues {
  explicit InitialValues(const JobSpec& spec, std::uint64_t seed = 1);

  std::vector<std::vector<float>> values;
  std::vector<ConstTensorView> views;
};

// A gradient that depends on parameter, step, micro-batch and trainer only: what any world must
// turn into equal bits.
void FillGradient(std::size_t parameter, std::uint64_t step, std::uint32_t micro_batch,
                  int contributor, TensorView gradient);

// What a synthetic run does in each step.
struct RunOptions {
  std::uint64_t steps = 50;
  std::uint32_t micro_batches = 1;
  double max_grad_norm = 1.0;
  // Called before a gradient is marked ready; may change it. Returns false to mark it absent.
  std::function<bool(std::size_t parameter, std::uint64_t step, int contributor,
                     TensorView gradient)>
      adjust;
};

// All bits that a run leaves: the weights as every trainer sees them, the masters, and every step's
// norm.
struct RunBits {
  std::vector<std::vector<std::vector<std::byte>>> weights;  // per trainer, per parameter
  std::vector<std::vector<float>> masters;                   // per parameter
  std::vector<double> norms;                                 // per step

  bool operator==(const RunBits&) const = default;
};

// Trains one thread per trainer with synthetic gradients. Fails the current test on any error.
RunBits Train(const EmbeddedOptions& options, const JobSpec& spec, const RunOptions& run);

// Steps of one attached trainer from `first_step`; the last decided result.
absl::StatusOr<StepResult> RunTrainer(Trainer& trainer, int contributor, std::uint64_t first_step,
                                      const RunOptions& run, std::vector<double>* norms);

}  // namespace zerod

#endif  // ZEROD_TESTS_CLIENT_TRAINING_RUN_H_
