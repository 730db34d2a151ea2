#ifndef ZEROD_TESTS_EXAMPLES_FLAT_PORT_H_
#define ZEROD_TESTS_EXAMPLES_FLAT_PORT_H_

#include <vector>

#include "examples/train_lm/parameter_port.h"
#include "examples/train_lm/parameter_table.h"

namespace zerod::train_lm {

// A port without an optimizer: weights and gradients lie flat, and who was ready when is on record.
class FlatPort : public ParameterPort {
 public:
  FlatPort(const ParameterTable& table, std::vector<float> initial)
      : weights(std::move(initial)), gradients(table.element_count, -1.0f), table_(table) {}

  absl::StatusOr<const float*> Weights(std::size_t parameter) override {
    return weights.data() + table_.all[parameter].offset;
  }
  float* Gradient(std::size_t parameter) override {
    return gradients.data() + table_.all[parameter].offset;
  }
  absl::Status GradientReady(std::size_t parameter) override {
    ready.push_back(parameter);
    return absl::OkStatus();
  }

  std::vector<float> weights;
  std::vector<float> gradients;
  std::vector<std::size_t> ready;

 private:
  const ParameterTable& table_;
};

}  // namespace zerod::train_lm

#endif  // ZEROD_TESTS_EXAMPLES_FLAT_PORT_H_
