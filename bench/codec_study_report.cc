#include "bench/codec_study_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace zerod::bench {
namespace {

nlohmann::json RowJson(const StudyRow& row, const StudySize& size) {
  const StudyScenario& scenario = row.scenario;
  nlohmann::json json = {{"scenario", std::string(scenario.name)},
                         {"codec", row.codec},
                         {"relative_update_error", row.error},
                         {"max_update", row.max_update},
                         {"least_error", row.least_error},
                         {"greatest_error", row.greatest_error},
                         {"goal", nullptr},
                         {"meets_goal", nullptr},
                         {"beta1", kStudyBeta1},
                         {"beta2", scenario.beta2},
                         {"optimizer", std::string(OptimizerName(scenario.optimizer))},
                         {"steps", scenario.step_count},
                         {"elements", size.element_count},
                         {"first_seed", kFirstStudySeed},
                         {"seeds", size.seed_count}};
  if (scenario.goal.has_value()) {
    json["goal"] = *scenario.goal;
    json["meets_goal"] = row.MeetsGoal();
  }
  return json;
}

// What the goal is, and whether the default codec meets it where it is among the rows.
std::string GoalText(std::span<const StudyRow> rows) {
  const StudyScenario& scenario = rows.front().scenario;
  if (!scenario.goal.has_value()) return "     -";
  const auto row = std::find_if(rows.begin(), rows.end(),
                                [](const StudyRow& r) { return r.codec == kDefaultCodec; });
  const char* verdict = row == rows.end() ? "" : row->MeetsGoal() ? "  met" : "  MISSED";
  return absl::StrFormat("%6.3g%s", *scenario.goal, verdict);
}

}  // namespace

std::string StudyReportJson(std::span<const StudyRow> rows, const StudySize& size) {
  nlohmann::json json = nlohmann::json::array();
  for (const StudyRow& row : rows) json.push_back(RowJson(row, size));
  return json.dump(2);
}

std::string StudyReportText(std::span<const StudyRow> rows) {
  constexpr absl::string_view kLegend =
      "Error of the update against binary64, with the greatest |update| in brackets; lion-flip: "
      "share of wrong signs.\n\n";
  std::string text(kLegend);
  for (std::size_t begin = 0; begin < rows.size();) {
    std::size_t end = begin;
    while (end < rows.size() && rows[end].scenario.name == rows[begin].scenario.name) ++end;
    const std::span<const StudyRow> line = rows.subspan(begin, end - begin);
    if (begin == 0) {
      absl::StrAppendFormat(&text, "%-16s", "");
      for (const StudyRow& row : line) absl::StrAppendFormat(&text, " %18s", row.codec);
      absl::StrAppend(&text, "    goal\n");
    }
    absl::StrAppendFormat(&text, "%-16s", line.front().scenario.name);
    for (const StudyRow& row : line) {
      const std::string greatest = absl::StrFormat("(%.3g)", row.max_update);
      absl::StrAppendFormat(&text, " %8.2g %9s", row.error, greatest);
    }
    absl::StrAppend(&text, "  ", GoalText(line), "\n");
    begin = end;
  }
  return text;
}

}  // namespace zerod::bench
