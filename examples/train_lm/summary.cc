#include "examples/train_lm/summary.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace zerod::train_lm {
namespace {

using Json = nlohmann::ordered_json;

absl::Status FileError(const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("summary file '", path, "' cannot be written"));
}

std::string BesideOf(const std::string& path) { return absl::StrCat(path, ".partial.", getpid()); }

Json RankJson(const RankUsage& rank) {
  return {{"rank", rank.rank},
          {"has_trainer", rank.has_trainer},
          {"bytes_by_kind", rank.bytes_by_kind},
          {"optimizer_state_bytes", rank.optimizer_state_bytes},
          {"sent_bytes", rank.sent_bytes},
          {"received_bytes", rank.received_bytes}};
}

Json GroupJson(const GroupUsage& group) {
  return {{"name", group.name},
          {"unmoved_share", group.unmoved_share},
          {"floor_share", group.floor_share ? Json(*group.floor_share) : Json()},
          {"max_update", group.max_update}};
}

Json SummaryJson(const RunConfig& config, const Summary& summary) {
  std::uint64_t sent_bytes = 0;
  Json ranks = Json::array();
  for (const RankUsage& rank : summary.usage.ranks) {
    sent_bytes += rank.sent_bytes;
    ranks.push_back(RankJson(rank));
  }
  Json groups = Json::array();
  for (const GroupUsage& group : summary.usage.groups) groups.push_back(GroupJson(group));
  return {{"optimizer", config.optimizer},
          {"codec", config.UsesZerod() ? config.codec : "none"},
          {"seed", config.seed},
          {"steps", config.steps},
          {"trainers", config.trainers},
          {"ranks", summary.usage.ranks.size()},
          {"parameters", summary.parameter_elements},
          {"validation_loss", summary.validation_loss},
          {"train_loss", summary.train_loss},
          {"text", config.text},
          {"text_bytes", summary.text_bytes},
          {"seconds", summary.seconds},
          {"milliseconds_per_step", 1e3 * summary.seconds_per_step},
          {"skipped_steps", summary.usage.skipped_steps},
          {"last_updated_step", summary.usage.last_updated_step},
          {"bytes_moved_per_step", sent_bytes / config.steps},
          {"wide_master_elements", summary.usage.wide_master_elements},
          {"wide_master_parameters", summary.usage.wide_master_parameters},
          {"last_update_by_group", groups},
          {"usage_by_rank", ranks}};
}

}  // namespace

absl::Status CheckSummaryPath(const std::string& path) {
  if (path.empty()) return absl::OkStatus();
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    errno = EISDIR;
    return FileError(path);
  }
  const std::string beside = BesideOf(path);
  if (!std::ofstream(beside)) return FileError(path);
  std::filesystem::remove(beside, error);
  return absl::OkStatus();
}

absl::Status WriteSummary(const RunConfig& config, const Summary& summary) {
  if (config.summary_path.empty()) return absl::OkStatus();
  const std::string beside = BesideOf(config.summary_path);
  std::ofstream file(beside);
  file << SummaryJson(config, summary).dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
  file.close();
  if (file && std::rename(beside.c_str(), config.summary_path.c_str()) == 0) {
    return absl::OkStatus();
  }
  const absl::Status status = FileError(config.summary_path);
  std::remove(beside.c_str());
  return status;
}

}  // namespace zerod::train_lm
