#include "examples/train_lm/run.h"

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "examples/train_lm/blas.h"
#include "examples/train_lm/fp32_optimizer.h"
#include "examples/train_lm/notice.h"
#include "examples/train_lm/progress.h"
#include "examples/train_lm/service_optimizer.h"
#include "examples/train_lm/trainer_loop.h"
#include "examples/train_lm/weight_files.h"
#include "examples/train_lm/zerod_optimizer.h"

namespace zerod::train_lm {
namespace {

absl::StatusOr<std::unique_ptr<Optimizer>> CreateOptimizer(const RunConfig& config,
                                                           const ParameterTable& table,
                                                           const std::atomic<int>& stop_signal) {
  ZEROD_ASSIGN_OR_RETURN(const std::vector<float> initial, StartingValues(config, table));
  if (!config.UsesZerod()) {
    return std::make_unique<Fp32Optimizer>(config.trainers, config.settings, table, initial);
  }
  if (config.UsesService()) return ConnectServiceOptimizer(config, table, initial, stop_signal);
  return CreateZerodOptimizer(config, table, initial);
}

std::vector<TrainerIndex> TrainersOfThisProcess(const RunConfig& config) {
  if (config.UsesService()) return {{.in_run = config.service.trainer, .in_process = 0}};
  std::vector<TrainerIndex> trainers;
  for (int i = 0; i < config.trainers; ++i) trainers.push_back({.in_run = i, .in_process = i});
  return trainers;
}

// The one that explains the others: who was left behind only says so.
absl::Status FirstCause(const std::vector<absl::Status>& statuses) {
  absl::Status cause;
  for (const absl::Status& status : statuses) {
    if (status.ok()) continue;
    const bool better = cause.ok() || (absl::IsAborted(cause) && !absl::IsAborted(status));
    if (better) cause = status;
  }
  return cause;
}

absl::Status RunTrainers(const SharedRun& shared, Optimizer& optimizer) {
  std::vector<std::unique_ptr<TrainerLoop>> loops;
  for (const TrainerIndex& trainer : TrainersOfThisProcess(shared.config)) {
    ZEROD_ASSIGN_OR_RETURN(std::unique_ptr<TrainerSeat> seat, optimizer.Attach(trainer.in_run));
    loops.push_back(std::make_unique<TrainerLoop>(trainer, shared, std::move(seat)));
  }
  std::vector<absl::Status> statuses(loops.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < loops.size(); ++i) {
    threads.emplace_back([&, i] { statuses[i] = loops[i]->Run(); });
  }
  for (std::thread& thread : threads) thread.join();
  return FirstCause(statuses);
}

void SayWhatIsLeft(const Optimizer& optimizer, const absl::Status& cause) {
  const std::string left = optimizer.WhatIsLeft();
  // The daemon or the job is gone, or it is this run that does not fit.
  const bool is_vain =
      absl::IsUnavailable(cause) || absl::IsNotFound(cause) || absl::IsFailedPrecondition(cause);
  if (!is_vain && !left.empty()) SayNotice(left);
}

}  // namespace

absl::StatusOr<Summary> TrainLanguageModel(const RunConfig& config,
                                           const std::atomic<int>& stop_signal) {
  ZEROD_RETURN_IF_ERROR(Validate(config));
  UseOneBlasThread();
  const ParameterTable table(config.model);
  ZEROD_ASSIGN_OR_RETURN(
      const Corpus corpus,
      Corpus::Load(config.text, static_cast<std::size_t>(config.model.context) + 1));
  if (config.HasFirstTrainer()) {
    ZEROD_RETURN_IF_ERROR(CheckSummaryPath(config.summary_path));
    ZEROD_RETURN_IF_ERROR(CheckExport(config));
  }
  ZEROD_ASSIGN_OR_RETURN(std::unique_ptr<Optimizer> optimizer,
                         CreateOptimizer(config, table, stop_signal));
  MetricsFile metrics_file;
  if (config.HasFirstTrainer()) {
    ZEROD_RETURN_IF_ERROR(metrics_file.Open(config.metrics_path, config.service.resume));
  }

  const int trainers_here = static_cast<int>(TrainersOfThisProcess(config).size());
  Rendezvous meeting(trainers_here);
  Validation validation(corpus, trainers_here, config.batch, meeting);
  LossBoard losses(trainers_here);
  EarlyEnd early_end;
  std::optional<Progress> progress(
      std::in_place, absl::StrCat(config.optimizer, " seed ", config.seed), config.steps);
  Summary summary{.parameter_elements = table.element_count, .text_bytes = corpus.text_bytes()};
  auto on_step = [&](const StepMetrics& metrics) {
    progress->Show(metrics);
    summary.train_loss = metrics.train_loss;
    summary.seconds = metrics.seconds;
    summary.seconds_per_step = metrics.seconds_per_step;
    return metrics_file.Append(metrics);
  };
  auto on_end = [&](TrainerSeat& seat, double validation_loss) -> absl::Status {
    summary.validation_loss = validation_loss;
    ZEROD_ASSIGN_OR_RETURN(summary.usage, optimizer->Usage());
    const bool is_complete = !early_end.EndsAfter(config.steps - 1);
    if (is_complete) ZEROD_RETURN_IF_ERROR(ExportRun(config, seat, *optimizer));
    return optimizer->Discard();
  };
  const SharedRun shared{.config = config,
                         .corpus = corpus,
                         .validation = validation,
                         .meeting = meeting,
                         .losses = losses,
                         .early_end = early_end,
                         .stop_signal = stop_signal,
                         .on_step = on_step,
                         .on_end = on_end};
  const absl::Status trained = RunTrainers(shared, *optimizer);
  progress.reset();
  if (!trained.ok()) SayWhatIsLeft(*optimizer, trained);
  ZEROD_RETURN_IF_ERROR(trained);
  if (config.HasFirstTrainer()) ZEROD_RETURN_IF_ERROR(WriteSummary(config, summary));
  return summary;
}

}  // namespace zerod::train_lm
