#ifndef ZEROD_BENCH_CODEC_STUDY_ERROR_H_
#define ZEROD_BENCH_CODEC_STUDY_ERROR_H_

#include <cstdint>
#include <span>

#include "bench/codec_study_scenario.h"

namespace zerod::bench {

// The updates of one step, in units of the learning rate.
struct StudyUpdates {
  std::span<const float> weights;  // the codec's, with the opposite sign
  std::span<const double> exact;
};

// How far a codec's updates are from the exact ones over the measured steps. With sums over these
// steps and all elements unless said otherwise:
//   kUpdate      sqrt(sum (u - exact)^2 / sum exact^2)
//   kAffected    the same with only the elements in the numerator that the event befell
//   kRemaining   the same with as many steps before the event in the denominator
//   kWrongSigns  the share of signs that differ, among the elements that the event befell
class StudyError {
 public:
  explicit StudyError(const StudyScenario& scenario) : scenario_(scenario) {}

  // Whether Add is to be called with this step.
  bool Wants(std::uint64_t step) const;
  void Add(std::uint64_t step, const StudyUpdates& updates);
  double Value() const;

 private:
  bool IsReference(std::uint64_t step) const;  // counts in the denominator
  bool IsMeasured(std::uint64_t step) const;   // counts in the numerator

  StudyScenario scenario_;
  double numerator_ = 0.0;
  double denominator_ = 0.0;
};

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_CODEC_STUDY_ERROR_H_
