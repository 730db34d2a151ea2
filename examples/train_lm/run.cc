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
#include "examples/train_lm/initial_values.h"
#include "examples/train_lm/progress.h"
#include "examples/train_lm/trainer_loop.h"
#include "examples/train_lm/zerod_optimizer.h"

namespace zerod::train_lm {
namespace {

absl::StatusOr<std::unique_ptr<Optimizer>> CreateOptimizer(const RunConfig& config,
                                                           const ParameterTable& table) {
  const std::vector<float> initial = InitialValues(config.model, table, config.seed);
  if (config.optimizer == "adamw-fp32") {
    return std::make_unique<Fp32Optimizer>(config.trainers, config.settings, table, initial);
  }
  ZerodOptions options{.trainers = config.trainers,
                       .shard_weights = config.shard_weights,
                       .codec = config.codec,
                       .seed = config.seed};
  if (options.shard_weights.empty()) options.shard_weights.assign(config.ranks, 1);
  return CreateZerodOptimizer(options, config.settings, table, initial);
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
  for (int trainer = 0; trainer < shared.config.trainers; ++trainer) {
    ZEROD_ASSIGN_OR_RETURN(std::unique_ptr<TrainerSeat> seat, optimizer.Attach(trainer));
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

}  // namespace

absl::StatusOr<Summary> TrainLanguageModel(const RunConfig& config,
                                           const std::atomic<int>& stop_signal) {
  ZEROD_RETURN_IF_ERROR(Validate(config));
  UseOneBlasThread();
  const ParameterTable table(config.model);
  ZEROD_ASSIGN_OR_RETURN(
      const Corpus corpus,
      Corpus::Load(config.text, static_cast<std::size_t>(config.model.context) + 1));
  ZEROD_ASSIGN_OR_RETURN(std::unique_ptr<Optimizer> optimizer, CreateOptimizer(config, table));
  ZEROD_RETURN_IF_ERROR(CheckSummaryPath(config.summary_path));
  MetricsFile metrics_file;
  ZEROD_RETURN_IF_ERROR(metrics_file.Open(config.metrics_path));

  Rendezvous meeting(config.trainers);
  Validation validation(corpus, config.trainers, config.batch, meeting);
  LossBoard losses(config.trainers);
  EarlyEnd early_end;
  std::optional<Progress> progress(
      std::in_place, absl::StrCat(config.optimizer, " seed ", config.seed), config.steps);
  Summary summary{.parameter_elements = table.element_count, .text_bytes = corpus.text_bytes()};
  auto on_step = [&](const StepMetrics& metrics) {
    progress->Show(metrics);
    summary.train_loss = metrics.train_loss;
    summary.validation_loss = metrics.validation_loss.value_or(summary.validation_loss);
    summary.seconds = metrics.seconds;
    summary.seconds_per_step = metrics.seconds_per_step;
    return metrics_file.Append(metrics);
  };
  const SharedRun shared{.config = config,
                         .corpus = corpus,
                         .validation = validation,
                         .meeting = meeting,
                         .losses = losses,
                         .early_end = early_end,
                         .stop_signal = stop_signal,
                         .on_step = on_step,
                         .on_end = [&] { summary.usage = optimizer->Usage(); }};
  const absl::Status trained = RunTrainers(shared, *optimizer);
  progress.reset();
  ZEROD_RETURN_IF_ERROR(trained);
  ZEROD_RETURN_IF_ERROR(WriteSummary(config, summary));
  return summary;
}

}  // namespace zerod::train_lm
