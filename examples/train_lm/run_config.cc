#include "examples/train_lm/run_config.h"

#include <cmath>
#include <numeric>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "examples/train_lm/hyperparameters.h"
#include "zerod/kernels/formats.h"

namespace zerod::train_lm {
namespace {

absl::Status CheckCounts(const RunConfig& config) {
  const struct {
    const char* option;
    int value;
    int min;
    int max;
  } limits[] = {{"--trainers", config.trainers, 1, 64},
                {"--ranks", config.ranks, 1, 64},
                {"--threads-per-rank", config.threads_per_rank, 1, 1024},
                {"--trainer", config.service.trainer, 0, config.trainers - 1},
                {"--wait-s", config.service.wait_s, 0, 10'000'000},
                {"--steps", config.steps, 1, 10'000'000},
                {"--batch", config.batch, 1, 4096},
                {"--micro-batches", config.settings.micro_batches, 1, 4096},
                {"--warmup", config.warmup, 0, 10'000'000},
                {"--eval-every", config.eval_every, 0, 10'000'000}};
  for (const auto& limit : limits) {
    if (limit.value < limit.min || limit.value > limit.max) {
      return absl::InvalidArgumentError(absl::StrCat(
          limit.option, " is ", limit.value, "; it must lie in ", limit.min, "..", limit.max));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckShardWeights(const RunConfig& config) {
  if (config.shard_weights.empty()) return absl::OkStatus();
  // How many ranks daemons have, they know.
  if (!config.UsesService() &&
      config.shard_weights.size() != static_cast<std::size_t>(config.ranks)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--shard-weights has ", config.shard_weights.size(), " values for --ranks ",
                     config.ranks, "; give one per rank"));
  }
  if (std::accumulate(config.shard_weights.begin(), config.shard_weights.end(), 0.0) == 0.0) {
    return absl::InvalidArgumentError("--shard-weights are all 0; somebody must own the state");
  }
  return absl::OkStatus();
}

absl::Status CheckService(const RunConfig& config) {
  const ServiceConfig& service = config.service;
  if (!config.UsesService()) {
    const struct {
      const char* option;
      bool given;
    } options[] = {{"--trainer", service.trainer != 0},
                   {"--contributors", !service.contributors.empty()},
                   {"--resume", service.resume},
                   {"--keep-job", service.keep_job}};
    for (const auto& option : options) {
      if (!option.given) continue;
      return absl::InvalidArgumentError(absl::StrCat(
          option.option, " is for trainers of a daemon; give its address with --service"));
    }
    return absl::OkStatus();
  }
  if (!config.UsesZerod()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--service is of zerod; --optimizer ", config.optimizer, " has none"));
  }
  // Before anything is created that nobody could attach to.
  if (absl::StartsWith(service.address, "tcp:")) {
    return absl::InvalidArgumentError(
        absl::StrCat("--service is ", service.address,
                     "; a trainer shares memory with the daemon of its own host, which it reaches "
                     "at unix:PATH"));
  }
  if (service.contributors.empty() ||
      service.contributors.size() == static_cast<std::size_t>(config.trainers)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("--contributors has ", service.contributors.size(),
                                                 " ranks for --trainers ", config.trainers,
                                                 "; give one per trainer"));
}

absl::Status CheckExportDType(const RunConfig& config) {
  if (config.export_dtype == "own") return absl::OkStatus();
  if (config.export_dtype != "fp32") {
    return absl::InvalidArgumentError(
        absl::StrCat("--export-dtype is '", config.export_dtype, "'; it can be own or fp32"));
  }
  if (config.export_weights.empty()) {
    return absl::InvalidArgumentError("--export-dtype is for --export-weights; give that, too");
  }
  if (!config.UsesService()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "--export-dtype is fp32, but with --service only the weights are at hand, and not the master "
      "weights; take own");
}

absl::Status CheckRates(const RunConfig& config) {
  const struct {
    const char* option;
    double value;
  } rates[] = {{"--lr", config.learning_rate},
               {"--weight-decay", config.settings.weight_decay},
               {"--clip", config.settings.max_gradient_norm}};
  for (const auto& rate : rates) {
    if (!std::isfinite(rate.value) || rate.value < 0.0) {
      return absl::InvalidArgumentError(
          absl::StrCat(rate.option, " is ", rate.value, "; it must be finite and not negative"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Validate(const RunConfig& config) {
  if (!ParseStateCodec(config.codec).ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--codec is '", config.codec, "'; it can be robust, flash or fp32"));
  }
  if (!ParseMasterRounding(config.master_rounding).ok()) {
    return absl::InvalidArgumentError(absl::StrCat("--master-rounding is '", config.master_rounding,
                                                   "'; it can be nearest or stochastic"));
  }
  ZEROD_RETURN_IF_ERROR(CheckCounts(config));
  ZEROD_RETURN_IF_ERROR(CheckService(config));
  ZEROD_RETURN_IF_ERROR(CheckShardWeights(config));
  ZEROD_RETURN_IF_ERROR(CheckRates(config));
  ZEROD_RETURN_IF_ERROR(CheckExportDType(config));
  ZEROD_RETURN_IF_ERROR(ValidateHyperparameters(config));
  return Validate(config.model);
}

}  // namespace zerod::train_lm
