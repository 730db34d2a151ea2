#ifndef ZEROD_ENGINE_STEP_REQUEST_H_
#define ZEROD_ENGINE_STEP_REQUEST_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "zerod/kernels/optimizer.h"

namespace zerod {

// What a trainer fixes before its first gradient of a step.
struct OpenRequest {
  // How often every parameter will be marked ready in this step; gradients accumulate in fp32. All
  // trainers must agree. Unset: as in the step before.
  std::optional<std::uint32_t> micro_batches;
  // The loss, and so every gradient of the step, is multiplied by it; undone as gradients are
  // reduced. > 0.
  double loss_scale = 1.0;
};

// What a trainer says once all its gradients are ready. All trainers must agree on all of it.
struct StepRequest {
  // The step the trainer believes it is committing. Unset: the open one. A wrong number is refused
  // by name.
  std::optional<std::uint64_t> step;
  // One per group, in the job's order. Empty: as in the step before.
  std::vector<Hyperparameters> hyperparameters;
  // Global-norm clipping as torch.nn.utils.clip_grad_norm_ does it; 0 is off.
  double max_grad_norm = 0.0;
};

enum class StepOutcome : std::uint8_t {
  kUpdated,
  kSkipped,  // a reduced gradient was not finite (or the norm overflowed while clipping): nothing
             // changed
};

struct StepResult {
  std::uint64_t step = 0;     // the number of the step that ended, from 1
  std::uint64_t attempt = 0;  // which try at it succeeded, from 1
  StepOutcome outcome = StepOutcome::kUpdated;
  double gradient_norm = 0.0;  // global L2 norm of the averaged, unscaled gradient before clipping
  float clip_factor = 1.0f;
};

}  // namespace zerod

#endif  // ZEROD_ENGINE_STEP_REQUEST_H_
