#ifndef ZEROD_EXAMPLES_TRAIN_LM_BATCH_H_
#define ZEROD_EXAMPLES_TRAIN_LM_BATCH_H_

#include <cstdint>
#include <vector>

namespace zerod::train_lm {

// Windows of text, and for each byte the one that follows it: both [sequences * context].
struct Batch {
  int sequences = 0;
  std::vector<std::uint8_t> inputs;
  std::vector<std::uint8_t> targets;
};

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_BATCH_H_
