#include "bench/codec_study_error.h"

#include <cmath>

namespace zerod::bench {

bool StudyError::IsMeasured(std::uint64_t step) const {
  return step > scenario_.step_count - scenario_.MeasuredSteps();
}

bool StudyError::IsReference(std::uint64_t step) const {
  if (scenario_.measure != StudyMeasure::kRemaining) return IsMeasured(step);
  return step <= scenario_.EventStep() && step > scenario_.EventStep() - scenario_.MeasuredSteps();
}

bool StudyError::Wants(std::uint64_t step) const { return IsMeasured(step) || IsReference(step); }

void StudyError::Add(std::uint64_t step, const StudyUpdates& updates) {
  const bool is_measured = IsMeasured(step);
  const bool is_reference = IsReference(step);
  const bool only_affected = scenario_.measure == StudyMeasure::kAffected ||
                             scenario_.measure == StudyMeasure::kWrongSigns;
  for (std::size_t i = 0; i < updates.exact.size(); ++i) {
    const double exact = updates.exact[i];
    const double difference = -static_cast<double>(updates.weights[i]) - exact;
    const bool counts = is_measured && (!only_affected || IsAffected(scenario_.event, i));
    if (scenario_.measure == StudyMeasure::kWrongSigns) {
      if (!counts) continue;
      numerator_ += difference != 0.0 ? 1.0 : 0.0;
      denominator_ += 1.0;
      continue;
    }
    if (counts) numerator_ += difference * difference;
    if (is_reference) denominator_ += exact * exact;
  }
}

double StudyError::Value() const {
  const double ratio = numerator_ / denominator_;
  return scenario_.measure == StudyMeasure::kWrongSigns ? ratio : std::sqrt(ratio);
}

}  // namespace zerod::bench
