#include "bench/codec_study_run.h"

#include <algorithm>
#include <memory>

#include "bench/codec_study_error.h"
#include "bench/codec_study_exact.h"
#include "bench/codec_study_gradients.h"
#include "bench/spread.h"

namespace zerod::bench {
namespace {

// A codec's optimizer of one seed, and how far off it is.
struct Trial {
  std::unique_ptr<StudySubject> subject;
  StudyError error;
};

std::vector<Trial> RunSeed(const StudyScenario& scenario, std::span<const StudyCodec> codecs,
                           std::size_t element_count, std::uint64_t seed) {
  const Hyperparameters hyperparameters = {
      .lr = 1.0, .beta1 = kStudyBeta1, .beta2 = scenario.beta2};
  const UpdateRule rule = RuleOf(scenario.optimizer, /*keeps_momentum=*/true);
  std::vector<Trial> trials;
  for (const StudyCodec& codec : codecs) {
    trials.push_back({codec.make(rule, element_count), StudyError(scenario)});
  }
  StudyGradients gradients(scenario, element_count, seed);
  ExactOptimizer exact(scenario.optimizer, hyperparameters, element_count);
  for (std::uint64_t step = 1; step <= scenario.step_count; ++step) {
    const StudyStep study_step = {
        .key = MakeStepKey(seed, step),
        .gradients = gradients.At(step),
        .scalars = MakeUpdateScalars(scenario.optimizer, hyperparameters, step, 1.0f)};
    const bool wants_updates = StudyError(scenario).Wants(step);
    exact.Step(step, study_step.gradients, wants_updates);
    for (Trial& trial : trials) {
      trial.subject->Step(study_step);
      if (!wants_updates) continue;
      trial.error.Add(step, {.weights = trial.subject->weights(), .exact = exact.Updates()});
    }
  }
  return trials;
}

}  // namespace

std::vector<StudyRow> RunStudyScenario(const StudyScenario& scenario,
                                       std::span<const StudyCodec> codecs, const StudySize& size) {
  std::vector<std::vector<double>> errors(codecs.size());
  std::vector<double> max_updates(codecs.size());
  for (std::uint64_t run = 0; run < size.seed_count; ++run) {
    const std::vector<Trial> trials =
        RunSeed(scenario, codecs, size.element_count, size.first_seed + run);
    for (std::size_t i = 0; i < codecs.size(); ++i) {
      errors[i].push_back(trials[i].error.Value());
      max_updates[i] = std::max(max_updates[i], trials[i].subject->max_update());
    }
  }
  std::vector<StudyRow> rows;
  for (std::size_t i = 0; i < codecs.size(); ++i) {
    rows.push_back({.scenario = scenario,
                    .codec = codecs[i].name,
                    .error = SpreadOf(errors[i]).median,
                    .errors = errors[i],
                    .max_update = max_updates[i]});
  }
  return rows;
}

}  // namespace zerod::bench
