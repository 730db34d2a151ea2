#ifndef ZEROD_BENCH_CODEC_STUDY_RUN_H_
#define ZEROD_BENCH_CODEC_STUDY_RUN_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "bench/codec_study_scenario.h"
#include "bench/codec_study_subject.h"

namespace zerod::bench {

// Of the runs of `lognormal` about every other one has an element that `flash` loses; two of the
// first three have.
inline constexpr std::uint64_t kFirstStudySeed = 7;

struct StudySize {
  std::size_t element_count = 8192;  // multiple of kQuantGroupElements
  std::uint64_t seed_count = 3;
  std::uint64_t first_seed = kFirstStudySeed;

  friend bool operator==(const StudySize&, const StudySize&) = default;
};

// One codec in one scenario.
struct StudyRow {
  StudyScenario scenario;
  std::string codec;
  double error;                // the scenario's measure; the median over seeds
  std::vector<double> errors;  // of each seed, from the first on
  double max_update;  // the greatest |update| of all steps and seeds, in units of the learning rate

  // Whether the goal is met; only where there is one.
  bool MeetsGoal() const { return error <= *scenario.goal; }
};

// One row per codec. All codecs see the same gradients.
std::vector<StudyRow> RunStudyScenario(const StudyScenario& scenario,
                                       std::span<const StudyCodec> codecs, const StudySize& size);

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_CODEC_STUDY_RUN_H_
