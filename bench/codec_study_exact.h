#ifndef ZEROD_BENCH_CODEC_STUDY_EXACT_H_
#define ZEROD_BENCH_CODEC_STUDY_EXACT_H_

#include <cstdint>
#include <span>
#include <vector>

#include "zerod/kernels/optimizer.h"

namespace zerod::bench {

// Adam or Lion as in their papers, in binary64: what codecs are held against.
class ExactOptimizer {
 public:
  ExactOptimizer(Optimizer optimizer, const Hyperparameters& hyperparameters,
                 std::size_t element_count);

  // Steps are counted from 1. With `wants_updates` Updates() are those of this step.
  void Step(std::uint64_t step, std::span<const float> gradients, bool wants_updates);
  // In units of the learning rate; Lion's are signs.
  std::span<const double> Updates() const { return updates_; }

 private:
  void StepLion(std::span<const float> gradients);

  Optimizer optimizer_;
  Hyperparameters hyperparameters_;
  std::vector<double> m_;
  std::vector<double> v_;
  std::vector<double> updates_;
};

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_CODEC_STUDY_EXACT_H_
