#include <atomic>
#include <cinttypes>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <new>
#include <string>

#include "examples/train_lm/command_line.h"
#include "examples/train_lm/notice.h"
#include "examples/train_lm/run.h"

namespace zerod::train_lm {
namespace {

constexpr int kUsageError = 2;

std::atomic<int> stop_signal = 0;
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler writes it");

void RequestStop(int signal) { stop_signal = signal; }

void ListenForSignals() {
  struct sigaction action = {};
  action.sa_handler = RequestStop;
  // A second signal ends the process at once, in case the first is not heeded.
  action.sa_flags = SA_RESETHAND | SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

void PrintGroup(const GroupUsage& group, const std::string& which) {
  std::printf("last update%s of group %s: %.2f %% of the weights unmoved", which.c_str(),
              group.name.c_str(), 100 * group.unmoved_share);
  if (group.floor_share) std::printf(", %.2f %% of v at the floor", 100 * *group.floor_share);
  std::printf(", largest %.3g times the learning rate\n", group.max_update);
}

// Whether the run has learned to its end; says so where it has not.
bool PrintUpdates(const OptimizerUsage& usage, std::uint64_t steps) {
  if (usage.skipped_steps > 0) {
    std::printf("%" PRIu64 " of %" PRIu64
                " steps were skipped: a gradient was not finite, and nothing was updated\n",
                usage.skipped_steps, steps);
  }
  const bool has_diverged = usage.last_updated_step < steps;
  std::string which;
  if (has_diverged) which = " (step " + std::to_string(usage.last_updated_step) + ")";
  if (usage.last_updated_step > 0) {
    for (const GroupUsage& group : usage.groups) PrintGroup(group, which);
  }
  return !has_diverged;
}

int Main(int argc, char** argv) {
  RunConfig config;
  CLI::App app(
      "Trains a byte-level language model with zerod or, for comparison, full-precision AdamW.");
  AddOptions(app, config);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsageError;
  }
  ListenForSignals();
  const absl::StatusOr<Summary> summary = TrainLanguageModel(config, stop_signal);
  if (stop_signal != 0 && !summary.ok()) {
    SayNotice("stopped by signal " + std::to_string(stop_signal));
    return 128 + stop_signal;
  }
  if (!summary.ok()) {
    SayNotice(std::string(summary.status().message()));
    return 1;
  }
  if (!config.HasFirstTrainer()) {
    std::printf("trainer %d: %d steps\n", config.service.trainer, config.steps);
    return 0;
  }
  std::printf("validation loss %.4f nats/byte after %d steps", summary->validation_loss,
              config.steps);
  if (!std::isnan(summary->seconds_per_step)) {
    std::printf(", %.1f ms per step", 1e3 * summary->seconds_per_step);
  }
  std::printf("\n");
  if (PrintUpdates(summary->usage, static_cast<std::uint64_t>(config.steps))) return 0;
  SayNotice("the run has diverged: nothing was updated after step " +
            std::to_string(summary->usage.last_updated_step) + " of " +
            std::to_string(config.steps) + "; lower --lr, or set --clip and --warmup");
  return 1;
}

}  // namespace
}  // namespace zerod::train_lm

int main(int argc, char** argv) {
  try {
    return zerod::train_lm::Main(argc, argv);
  } catch (const std::bad_alloc&) {
    std::fputs("train_lm: out of memory; lower --batch, --context, --width or --layers\n", stderr);
    return 1;
  }
}
