#include "bench/step_run.h"

#include <unistd.h>

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/stopwatch.h"
#include "zerod/embedded.h"
#include "zerod/service.h"

namespace zerod::bench {
namespace {

JobSpec SpecOf(const StepOptions& options) {
  JobSpec spec;
  spec.name = absl::StrCat("zerod-bench-", getpid());
  const auto count = static_cast<std::int64_t>(options.element_count) / options.tensor_count;
  for (int i = 0; i < options.tensor_count; ++i) {
    spec.parameters.push_back({.name = absl::StrCat("tensor.", i), .shape = {count / 32, 32}});
  }
  return spec;
}

absl::Status RunStep(Trainer& trainer) {
  for (std::size_t i = trainer.parameters().size(); i-- > 0;) {
    ZEROD_RETURN_IF_ERROR(trainer.MarkGradientReady(i));
  }
  ZEROD_RETURN_IF_ERROR(trainer.Step({.max_grad_norm = 1.0}));
  ZEROD_RETURN_IF_ERROR(trainer.Result().status());
  return trainer.WaitForAllWeights();
}

absl::Status FillGradients(Trainer& trainer) {
  for (std::size_t i = 0; i < trainer.parameters().size(); ++i) {
    const TensorView gradient = trainer.Gradient(i);
    std::fill_n(gradient.bf16(), gradient.element_count(), std::uint16_t{0x3c23});  // 0.01
  }
  return absl::OkStatus();
}

absl::StatusOr<double> TimeRound(Trainer& trainer, int step_count) {
  double seconds = 0;
  {
    Stopwatch stopwatch(seconds);
    for (int step = 0; step < step_count; ++step) ZEROD_RETURN_IF_ERROR(RunStep(trainer));
  }
  return seconds / step_count;
}

absl::Status RunRounds(const StepOptions& options, Trainer& embedded, Trainer& sidecar,
                       StepTimes& times) {
  // One round goes by unmeasured: it touches the pages.
  for (int round = -1; round < options.repetition_count; ++round) {
    ZEROD_ASSIGN_OR_RETURN(const double embedded_s, TimeRound(embedded, options.step_count));
    ZEROD_ASSIGN_OR_RETURN(const double sidecar_s, TimeRound(sidecar, options.step_count));
    if (round < 0) continue;
    times.embedded_s.push_back(embedded_s);
    times.sidecar_s.push_back(sidecar_s);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<StepTimes> RunSteps(const StepOptions& options) {
  const JobSpec spec = SpecOf(options);
  const std::vector<std::uint16_t> ones(options.element_count / options.tensor_count / 32 * 32,
                                        0x3f80);
  const std::vector<ConstTensorView> initial(spec.parameters.size(), ConstTensorView::OfBf16(ones));
  ZEROD_ASSIGN_OR_RETURN(const auto service, Service::Connect({.address = options.service}));
  ZEROD_RETURN_IF_ERROR(service->CreateJob(spec, {}, "", initial));
  StepTimes times;
  const absl::Status measured = [&]() -> absl::Status {
    ZEROD_ASSIGN_OR_RETURN(const auto sidecar, service->Attach({.job = spec.name}));
    ZEROD_ASSIGN_OR_RETURN(
        const auto job,
        Embedded::Create({.threads_per_rank = options.threads_per_rank}, spec, initial));
    ZEROD_ASSIGN_OR_RETURN(const auto embedded, job->Attach(0));
    for (Trainer* trainer : {sidecar.get(), embedded.get()}) {
      ZEROD_RETURN_IF_ERROR(FillGradients(*trainer));
    }
    return RunRounds(options, *embedded, *sidecar, times);
  }();
  // Whatever came of it: the daemon must not keep a job that nobody wants.
  const absl::Status deleted = service->DeleteJob(spec.name, "");
  ZEROD_RETURN_IF_ERROR(measured);
  ZEROD_RETURN_IF_ERROR(deleted);
  return times;
}

}  // namespace zerod::bench
