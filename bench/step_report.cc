#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "bench/spread.h"
#include "bench/step_run.h"

namespace zerod::bench {
namespace {

nlohmann::json SpreadJson(const Spread& spread) {
  return {{"median_us", spread.median * 1e6},
          {"interquartile_range_us", spread.interquartile_range * 1e6}};
}

// Round by round, so that what slows the machine down for a while slows down both.
std::vector<double> Ratios(const StepTimes& times) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < times.sidecar_s.size(); ++i) {
    ratios.push_back(times.sidecar_s[i] / times.embedded_s[i]);
  }
  return ratios;
}

}  // namespace

std::string StepReportJson(const StepOptions& options, const StepTimes& times) {
  const Spread ratio = SpreadOf(Ratios(times));
  const nlohmann::json report = {
      {"elements", options.element_count},
      {"tensors", options.tensor_count},
      {"embedded_threads_per_rank", options.threads_per_rank},
      {"steps_per_round", options.step_count},
      {"rounds", options.repetition_count},
      {"embedded", SpreadJson(SpreadOf(times.embedded_s))},
      {"sidecar", SpreadJson(SpreadOf(times.sidecar_s))},
      {"sidecar_over_embedded",
       {{"median", ratio.median}, {"interquartile_range", ratio.interquartile_range}}}};
  return report.dump(2);
}

std::string StepReportText(const StepOptions& options, const StepTimes& times) {
  const Spread embedded = SpreadOf(times.embedded_s);
  const Spread sidecar = SpreadOf(times.sidecar_s);
  return absl::StrFormat(
      "a step of %d elements in %d tensors; %d rounds of %d steps each, in turns\n"
      "  embedded  %8.1f us  (interquartile range %.1f)\n"
      "  sidecar   %8.1f us  (interquartile range %.1f)\n"
      "  sidecar / embedded, median of the rounds: %.3f\n",
      options.element_count, options.tensor_count, options.repetition_count, options.step_count,
      embedded.median * 1e6, embedded.interquartile_range * 1e6, sidecar.median * 1e6,
      sidecar.interquartile_range * 1e6, SpreadOf(Ratios(times)).median);
}

}  // namespace zerod::bench
