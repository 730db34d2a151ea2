#ifndef ZEROD_BENCH_CODEC_STUDY_SCENARIO_H_
#define ZEROD_BENCH_CODEC_STUDY_SCENARIO_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "zerod/kernels/optimizer.h"

namespace zerod::bench {

// What befalls the gradients halfway. "Half" is every second element.
enum class StudyEvent : std::uint8_t {
  kNone,
  kSpike,         // one gradient of each quant group is 2000 times as large, for one step
  kHalfShrinks,   // half of the gradients are a tenth from then on
  kHalfStops,     // half of the gradients are zero from then on
  kHalfReverses,  // half of the gradients are -1/50 of what they were from then on
  kAllStop,       // all gradients are zero from then on
  kAllPause,      // all gradients are zero until the measured steps begin
};

// What the study's figure is: see StudyError.
enum class StudyMeasure : std::uint8_t { kUpdate, kAffected, kRemaining, kWrongSigns };

// One row of the failure table; docs/codec_study.md has the formulas.
struct StudyScenario {
  absl::string_view name;
  Optimizer optimizer = Optimizer::kAdamW;
  double beta2 = 0.999;  // beta1 is 0.9 everywhere
  std::uint64_t step_count = 3000;
  double rms = 1e-3;   // of the gradients of an element of median size
  double noise = 1.0;  // standard deviation of a gradient, in units of its mean
  double sigma = 0.5;  // of the logarithm of the elements' sizes
  StudyEvent event = StudyEvent::kNone;
  StudyMeasure measure = StudyMeasure::kUpdate;
  std::optional<double> goal = std::nullopt;  // at most this is asked of the default codec

  std::uint64_t EventStep() const { return step_count / 2; }
  // The last steps of a run are the measured ones; few after a pause, which is soon made up for.
  std::uint64_t MeasuredSteps() const {
    return event == StudyEvent::kAllPause ? step_count / 300 : step_count / 30;
  }
};
inline constexpr double kStudyBeta1 = 0.9;

// Whether the event befalls flat element number `element`.
bool IsAffected(StudyEvent event, std::size_t element);

absl::string_view StudyMeasureName(StudyMeasure measure);  // "update", ..., "wrong signs"

std::span<const StudyScenario> StudyScenarios();
// kInvalidArgument names the text and what there is.
absl::StatusOr<StudyScenario> FindStudyScenario(absl::string_view name);

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_CODEC_STUDY_SCENARIO_H_
