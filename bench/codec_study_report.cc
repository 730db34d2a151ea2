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
                         {"measure", std::string(StudyMeasureName(scenario.measure))},
                         {"relative_update_error", row.error},
                         {"max_update", row.max_update},
                         {"errors", row.errors},
                         {"goal", nullptr},
                         {"meets_goal", nullptr},
                         {"beta1", kStudyBeta1},
                         {"beta2", scenario.beta2},
                         {"optimizer", std::string(OptimizerName(scenario.optimizer))},
                         {"noise", scenario.noise},
                         {"steps", scenario.step_count},
                         {"elements", size.element_count},
                         {"first_seed", size.first_seed},
                         {"seeds", size.seed_count}};
  if (scenario.goal.has_value()) {
    json["goal"] = *scenario.goal;
    json["meets_goal"] = row.MeetsGoal();
  }
  return json;
}

// Empty when the size is the one that the goals are set for.
std::string SizeNote(const StudySize& size) {
  const StudySize usual;
  if (size == usual) return "";
  return absl::StrFormat(
      "\n%d elements and %d seed(s) from %d on: the goals are set for %d and %d from %d on.\n",
      size.element_count, size.seed_count, size.first_seed, usual.element_count, usual.seed_count,
      usual.first_seed);
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

std::string StudyReportText(std::span<const StudyRow> rows, const StudySize& size) {
  constexpr char kLegend[] =
      "Errors against binary64, medians over seeds, with the greatest |update| in brackets, by "
      "measure:\n"
      "  update       of the updates, relative to them\n"
      "  affected     the same, of the elements that the event befell alone\n"
      "  remaining    what is left of the updates, relative to those before the event\n"
      "  wrong signs  the share of them among the elements that the event befell\n"
      "The goal is the greatest error that the default codec, %s, may have: met or MISSED is said "
      "of it alone.\n\n";
  std::string text = absl::StrFormat(kLegend, kDefaultCodec);
  for (std::size_t begin = 0; begin < rows.size();) {
    std::size_t end = begin;
    while (end < rows.size() && rows[end].scenario.name == rows[begin].scenario.name) ++end;
    const std::span<const StudyRow> line = rows.subspan(begin, end - begin);
    if (begin == 0) {
      absl::StrAppendFormat(&text, "%-16s %-11s", "", "measure");
      for (const StudyRow& row : line) absl::StrAppendFormat(&text, " %18s", row.codec);
      absl::StrAppend(&text, "    goal of ", kDefaultCodec, "\n");
    }
    absl::StrAppendFormat(&text, "%-16s %-11s", line.front().scenario.name,
                          StudyMeasureName(line.front().scenario.measure));
    for (const StudyRow& row : line) {
      const std::string greatest = absl::StrFormat("(%.3g)", row.max_update);
      absl::StrAppendFormat(&text, " %8.2g %9s", row.error, greatest);
    }
    absl::StrAppend(&text, "  ", GoalText(line), "\n");
    begin = end;
  }
  absl::StrAppend(&text, SizeNote(size));
  return text;
}

}  // namespace zerod::bench
