#ifndef ZEROD_BENCH_CODEC_STUDY_GRADIENTS_H_
#define ZEROD_BENCH_CODEC_STUDY_GRADIENTS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "bench/codec_study_scenario.h"

namespace zerod::bench {

// The gradients of one scenario: element i's is size_i * (sign_i + noise * normal) apart from the
// scenario's event, with log-normal sizes. A function of seed, step and element alone, up to the
// last place of the standard library's logarithm, sine and cosine.
class StudyGradients {
 public:
  // `element_count` is even.
  StudyGradients(const StudyScenario& scenario, std::size_t element_count, std::uint64_t seed);

  // The gradients of step number `step`, counted from 1; valid until the next call.
  std::span<const float> At(std::uint64_t step);

 private:
  // What `step` multiplies the gradients with that the event befalls.
  double EventFactor(std::uint64_t step) const;

  StudyScenario scenario_;
  std::uint64_t noise_key_;
  std::vector<double> means_;  // size_i * sign_i
  std::vector<float> gradients_;
};

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_CODEC_STUDY_GRADIENTS_H_
