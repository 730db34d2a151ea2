#include "bench/codec_study_scenario.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "zerod/kernels/formats.h"

namespace zerod::bench {
namespace {

using Event = StudyEvent;
using Measure = StudyMeasure;

// A vanished update: as small as binary32's own subnormals leave it, far below any fp16 number.
constexpr double kVanished = 1e-30;

constexpr auto kScenarios = std::to_array<StudyScenario>({
    {.name = "lognormal", .sigma = 1.0, .goal = 0.15},
    {.name = "spike", .event = Event::kSpike, .goal = 0.3},
    {.name = "tiny_1e-6", .rms = 1e-6, .goal = 0.08},
    {.name = "tiny_1e-7", .rms = 1e-7, .goal = 0.08},
    {.name = "shrink", .event = Event::kHalfShrinks, .goal = 0.1},
    {.name = "shrink_12000", .step_count = 12000, .event = Event::kHalfShrinks, .goal = 0.13},
    {.name = "dead", .event = Event::kHalfStops, .measure = Measure::kAffected, .goal = 0.05},
    {.name = "dead_beta2_0.95",
     .beta2 = 0.95,
     .event = Event::kHalfStops,
     .measure = Measure::kAffected,
     .goal = 0.05},
    {.name = "lion-flip",
     .optimizer = Optimizer::kLion,
     .beta2 = 0.99,
     .noise = 1.5,
     .event = Event::kHalfReverses,
     .measure = Measure::kWrongSigns,
     .goal = 0.06},
    {.name = "vanish", .event = Event::kAllStop, .measure = Measure::kRemaining, .goal = kVanished},
    {.name = "stationary", .goal = 0.08},
    {.name = "pause", .step_count = 6000, .event = Event::kAllPause},
    {.name = "wide", .sigma = 2.0},
});

}  // namespace

bool IsAffected(StudyEvent event, std::size_t element) {
  switch (event) {
    case Event::kNone:
      return false;
    case Event::kSpike:
      return element % kQuantGroupElements == 7;
    case Event::kHalfShrinks:
    case Event::kHalfStops:
    case Event::kHalfReverses:
      return element % 2 == 1;
    case Event::kAllStop:
    case Event::kAllPause:
      break;
  }
  return true;
}

absl::string_view StudyMeasureName(StudyMeasure measure) {
  switch (measure) {
    case Measure::kUpdate:
      return "update";
    case Measure::kAffected:
      return "affected";
    case Measure::kRemaining:
      return "remaining";
    case Measure::kWrongSigns:
      break;
  }
  return "wrong signs";
}

std::span<const StudyScenario> StudyScenarios() { return kScenarios; }

absl::StatusOr<StudyScenario> FindStudyScenario(absl::string_view name) {
  std::string names;
  for (const StudyScenario& scenario : kScenarios) {
    if (scenario.name == name) return scenario;
    absl::StrAppend(&names, names.empty() ? "" : ", ", scenario.name);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", name, "' is not a scenario; there are ", names));
}

}  // namespace zerod::bench
