#ifndef ZEROD_EXAMPLES_TRAIN_LM_SCHEDULE_H_
#define ZEROD_EXAMPLES_TRAIN_LM_SCHEDULE_H_

#include <cmath>
#include <numbers>

namespace zerod::train_lm {

struct Schedule {
  double peak = 0.0;
  int warmup_steps = 0;
  int steps = 0;
};

// Linear up to the peak over the warm-up, then half a cosine down to a tenth of it. Steps count
// from 1.
inline double LearningRate(const Schedule& schedule, int step) {
  if (step <= schedule.warmup_steps) return schedule.peak * step / schedule.warmup_steps;
  const double after = schedule.steps - schedule.warmup_steps;
  const double progress = (step - schedule.warmup_steps) / after;
  return schedule.peak * (0.1 + 0.45 * (1.0 + std::cos(std::numbers::pi * progress)));
}

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_SCHEDULE_H_
