#include "absl/strings/str_format.h"
#include "client/zeroctl/names.h"
#include "client/zeroctl/reports.h"

namespace zerod {
namespace {

nlohmann::json Seconds(const v1::PhaseSeconds& seconds) {
  return {{"wait", seconds.wait()},
          {"reduce", seconds.reduce()},
          {"commit", seconds.commit()},
          {"update", seconds.update()},
          {"gather", seconds.gather()}};
}

nlohmann::json RankJson(const v1::RankDescription& rank) {
  nlohmann::json bytes = nlohmann::json::object();
  for (const auto& [kind, count] : rank.bytes()) bytes[kind] = count;
  const bool attached = !rank.trainer().empty();
  return {{"rank", rank.rank()},
          {"node", rank.node()},
          {"shard_weight", rank.shard_weight()},
          {"takes_trainer", rank.takes_trainer()},
          {"trainer", attached ? nlohmann::json(rank.trainer()) : nlohmann::json()},
          {"owned_elements", rank.owned_elements()},
          {"bytes", std::move(bytes)},
          {"sent_bytes", rank.sent_bytes()},
          {"received_bytes", rank.received_bytes()},
          {"nonfinite_updates", rank.nonfinite_updates()},
          {"last_step", Seconds(rank.last_step())},
          {"total", Seconds(rank.total())}};
}

// What the optimizer has no use for has its default.
nlohmann::json HyperparametersJson(const v1::Hyperparameters& hyperparameters) {
  return {{"lr", hyperparameters.lr()},
          {"beta1", hyperparameters.beta1()},
          {"beta2", hyperparameters.beta2()},
          {"eps", hyperparameters.eps()},
          {"weight_decay", hyperparameters.weight_decay()},
          {"momentum", hyperparameters.momentum()},
          {"nesterov", hyperparameters.nesterov()},
          {"initial_lr", hyperparameters.initial_lr()}};
}

// Shares of the group's elements; null where they say nothing.
nlohmann::json GroupJson(const v1::JobDescription& job, const v1::GroupDescription& group) {
  const v1::GroupTelemetry& telemetry = group.telemetry();
  const std::uint64_t count = telemetry.element_count();
  const auto share = [count](std::uint64_t part) {
    return count == 0 ? nlohmann::json()
                      : nlohmann::json(static_cast<double>(part) / static_cast<double>(count));
  };
  const bool bounded = group.update_bound() > 0;
  return {{"name", group.name()},
          {"frozen", group.frozen()},
          {"master", MasterName(group.master())},
          {"hyperparameters", HyperparametersJson(group.hyperparameters())},
          {"update_count", group.update_count()},
          {"update_bound", bounded ? nlohmann::json(group.update_bound()) : nlohmann::json()},
          {"element_count", count},
          {"unmoved_share", share(telemetry.unmoved_count())},
          {"floor_share", job.has_v_codes() ? share(telemetry.floor_count()) : nlohmann::json()},
          {"max_update", count == 0 ? nlohmann::json() : nlohmann::json(telemetry.max_update())}};
}

}  // namespace

nlohmann::json JobJson(const v1::JobDescription& job) {
  nlohmann::json ranks = nlohmann::json::array();
  for (const v1::RankDescription& rank : job.ranks()) ranks.push_back(RankJson(rank));
  nlohmann::json groups = nlohmann::json::array();
  for (const v1::GroupDescription& group : job.groups()) groups.push_back(GroupJson(job, group));
  nlohmann::json json = {{"name", job.name()},
                         {"optimizer", OptimizerName(job.optimizer())},
                         {"codec", CodecName(job.codec())},
                         {"master_rounding", RoundingName(job.master_rounding())},
                         {"layout_hash", absl::StrFormat("%016x", job.layout_hash())},
                         {"step", job.step()},
                         {"last_updated_step", job.last_updated_step()},
                         {"skipped_steps", job.skipped_steps()},
                         {"aborted_attempts", job.aborted_attempts()},
                         {"parameter_count", job.parameter_count()},
                         {"element_count", job.element_count()},
                         {"trainable_element_count", job.trainable_element_count()},
                         {"wide_master_element_count", job.wide_master_element_count()},
                         {"wide_master_parameters", nlohmann::json::array()},
                         {"attempt", nullptr},
                         {"outcome", nullptr},
                         {"gradient_norm", nullptr},
                         {"clip_factor", nullptr},
                         {"groups", std::move(groups)},
                         {"ranks", std::move(ranks)}};
  for (const std::string& name : job.wide_master_parameters()) {
    json["wide_master_parameters"].push_back(name);
  }
  if (job.last_result().step() > 0) {
    json["attempt"] = job.last_result().attempt();
    json["outcome"] = OutcomeName(job.last_result().outcome());
    json["gradient_norm"] = job.last_result().gradient_norm();
    json["clip_factor"] = job.last_result().clip_factor();
  }
  return json;
}

}  // namespace zerod
