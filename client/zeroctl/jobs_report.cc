#include "absl/strings/str_cat.h"
#include "client/zeroctl/reports.h"
#include "client/zeroctl/table.h"
#include "client/zeroctl/units.h"

namespace zerod {

std::string JobsText(const v1::ListJobsResponse& jobs) {
  if (jobs.jobs().empty()) return "no jobs\n";
  Table table({{"NAME"},
               {"STEP", Align::kRight},
               {"ELEMENTS", Align::kRight},
               {"HELD HERE", Align::kRight},
               {"TRAINERS HERE", Align::kRight},
               {"STATE"}});
  for (const v1::JobSummary& job : jobs.jobs()) {
    table.Add({Printable(job.name()), absl::StrCat(job.step()), HumanCount(job.element_count()),
               HumanBytes(job.held_bytes()), absl::StrCat(job.trainers()),
               job.complete() ? "ready" : "receiving initial values"});
  }
  return table.Text();
}

nlohmann::json JobsJson(const v1::ListJobsResponse& jobs) {
  nlohmann::json list = nlohmann::json::array();
  for (const v1::JobSummary& job : jobs.jobs()) {
    list.push_back({{"name", job.name()},
                    {"step", job.step()},
                    {"element_count", job.element_count()},
                    {"held_bytes", job.held_bytes()},
                    {"trainers", job.trainers()},
                    {"complete", job.complete()}});
  }
  return {{"jobs", std::move(list)}};
}

}  // namespace zerod
