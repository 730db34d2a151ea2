#ifndef ZEROD_EXAMPLES_TRAIN_LM_CROSS_ENTROPY_H_
#define ZEROD_EXAMPLES_TRAIN_LM_CROSS_ENTROPY_H_

#include <cstdint>
#include <span>

namespace zerod::train_lm {

// Mean over the rows of -log softmax(logits)[target], in nats. Turns `logits` [targets.size(),
// classes] into the gradient of that mean.
double CrossEntropy(int classes, std::span<const std::uint8_t> targets, float* logits);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_CROSS_ENTROPY_H_
