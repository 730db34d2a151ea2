#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/zeroctl/names.h"
#include "client/zeroctl/reports.h"
#include "client/zeroctl/table.h"
#include "client/zeroctl/units.h"

namespace zerod {
namespace {

// Betas are told apart close to 1.
std::string Exact(double value) { return absl::StrFormat("%.9g", value); }

struct HyperparameterColumn {
  const char* title;
  std::string (*text)(const v1::Hyperparameters&);
  std::vector<v1::Optimizer> users;  // empty: all
};

const std::vector<HyperparameterColumn>& HyperparameterColumns() {
  using H = const v1::Hyperparameters&;
  static const auto& columns = *new std::vector<HyperparameterColumn>{
      {"LR", [](H h) { return HumanNumber(h.lr()); }, {}},
      {"BETA1",
       [](H h) { return Exact(h.beta1()); },
       {v1::OPTIMIZER_ADAMW, v1::OPTIMIZER_ADAM, v1::OPTIMIZER_LION}},
      {"BETA2",
       [](H h) { return Exact(h.beta2()); },
       {v1::OPTIMIZER_ADAMW, v1::OPTIMIZER_ADAM, v1::OPTIMIZER_LION}},
      {"EPS", [](H h) { return HumanNumber(h.eps()); }, {v1::OPTIMIZER_ADAMW, v1::OPTIMIZER_ADAM}},
      {"MOMENTUM",
       [](H h) { return absl::StrCat(Exact(h.momentum()), h.nesterov() ? " (nesterov)" : ""); },
       {v1::OPTIMIZER_SGDW, v1::OPTIMIZER_SGD}},
      {"WEIGHT DECAY", [](H h) { return HumanNumber(h.weight_decay()); }, {}},
      {"INITIAL LR",
       [](H h) { return h.initial_lr() > 0 ? HumanNumber(h.initial_lr()) : "-"; },
       {v1::OPTIMIZER_ADAMW, v1::OPTIMIZER_SGDW, v1::OPTIMIZER_LION}},
  };
  return columns;
}

bool Uses(v1::Optimizer optimizer, const HyperparameterColumn& column) {
  if (column.users.empty()) return true;
  return std::find(column.users.begin(), column.users.end(), optimizer) != column.users.end();
}

}  // namespace

std::string HyperparameterText(const v1::JobDescription& job) {
  if (job.groups().empty()) return "";
  std::vector<Column> titles = {{"GROUP"}, {"UPDATES", Align::kRight}, {"MASTER", Align::kRight}};
  for (const HyperparameterColumn& column : HyperparameterColumns()) {
    if (Uses(job.optimizer(), column)) titles.push_back({column.title, Align::kRight});
  }
  Table table(titles);
  for (const v1::GroupDescription& group : job.groups()) {
    std::vector<std::string> row = {
        absl::StrCat(Printable(group.name()), group.frozen() ? " (frozen)" : ""),
        absl::StrCat(group.update_count()), MasterName(group.master())};
    for (const HyperparameterColumn& column : HyperparameterColumns()) {
      if (Uses(job.optimizer(), column)) row.push_back(column.text(group.hyperparameters()));
    }
    table.Add(row);
  }
  const std::string when =
      job.last_updated_step() == 0
          ? "the job's creation; no step has updated yet"
          : absl::StrCat("step ", job.last_updated_step(), ", the last one that updated");
  return absl::StrCat("\nHyperparameters of ", when, ":\n", table.Text());
}

}  // namespace zerod
