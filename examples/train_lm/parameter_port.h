#ifndef ZEROD_EXAMPLES_TRAIN_LM_PARAMETER_PORT_H_
#define ZEROD_EXAMPLES_TRAIN_LM_PARAMETER_PORT_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace zerod::train_lm {

// What a model knows of its optimizer: where to read weights and where to leave gradients,
// parameter by parameter, so that an optimizer can send either while the model computes. One per
// trainer, used by its thread.
class ParameterPort {
 public:
  virtual ~ParameterPort() = default;

  // The parameter's weights as fp32; waits until they are those of the last step.
  virtual absl::StatusOr<const float*> Weights(std::size_t parameter) = 0;
  // Where this micro-batch's gradient goes; its content is undefined. Valid until
  // GradientReady(parameter).
  virtual float* Gradient(std::size_t parameter) = 0;
  virtual absl::Status GradientReady(std::size_t parameter) = 0;
};

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_PARAMETER_PORT_H_
