#include "absl/strings/str_cat.h"
#include "client/zeroctl/reports.h"
#include "client/zeroctl/table.h"
#include "client/zeroctl/units.h"

namespace zerod {
namespace {

std::string Ranks(const v1::NodeStatus& node) {
  if (node.rank_count() <= 0) return "none";
  if (node.rank_count() == 1) return absl::StrCat(node.first_rank());
  const std::int64_t first = node.first_rank();
  return absl::StrCat(first, "-", first + node.rank_count() - 1);
}

}  // namespace

std::string StatusText(const v1::GetStatusResponse& status) {
  Table table({{"NODE", Align::kRight},
               {"HOST"},
               {"PID", Align::kRight},
               {"RANKS", Align::kRight},
               {"UP", Align::kRight},
               {"HELD", Align::kRight},
               {"LIMIT", Align::kRight},
               {"JOBS", Align::kRight},
               {"TRAINERS", Align::kRight},
               {"VERSION"}});
  for (const v1::NodeStatus& node : status.nodes()) {
    const bool answers = node.node() == status.answering_node();
    table.Add({absl::StrCat(answers ? "*" : "", node.node()), Printable(node.host()),
               absl::StrCat(node.pid()), Ranks(node), HumanUptime(node.uptime_seconds()),
               HumanBytes(node.held_bytes()), HumanBytes(node.memory_limit_bytes()),
               absl::StrCat(node.jobs()), absl::StrCat(node.trainers()),
               Printable(node.version())});
  }
  return table.Text();
}

nlohmann::json StatusJson(const v1::GetStatusResponse& status) {
  nlohmann::json nodes = nlohmann::json::array();
  for (const v1::NodeStatus& node : status.nodes()) {
    nodes.push_back({{"node", node.node()},
                     {"host", node.host()},
                     {"pid", node.pid()},
                     {"first_rank", node.first_rank()},
                     {"rank_count", node.rank_count()},
                     {"uptime_seconds", node.uptime_seconds()},
                     {"memory_limit_bytes", node.memory_limit_bytes()},
                     {"held_bytes", node.held_bytes()},
                     {"jobs", node.jobs()},
                     {"trainers", node.trainers()},
                     {"version", node.version()}});
  }
  return {{"answering_node", status.answering_node()}, {"nodes", std::move(nodes)}};
}

}  // namespace zerod
