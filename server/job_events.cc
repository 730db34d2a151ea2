#include "server/job_events.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/limits.h"
#include "proto/utf8.h"
#include "server/log.h"

namespace zerod {

void JobEvents::OnAbort(std::uint64_t step, std::uint64_t attempt, const absl::Status& cause) {
  v1::Event event;
  event.set_kind(v1::EVENT_KIND_ATTEMPT_ABORTED);
  event.set_job(job_);
  event.set_step(step);
  event.set_attempt(attempt);
  event.set_message(MendUtf8(cause.message(), kMaxMessageBytes));
  Log(LogLevel::kWarning, "attempt_aborted",
      {{"job", job_}, {"step", step}, {"attempt", attempt}, {"cause", event.message()}});
  events_->Append(std::move(event));
}

void JobEvents::OnSkip(const StepResult& result) {
  v1::Event event;
  event.set_kind(v1::EVENT_KIND_STEP_SKIPPED);
  event.set_job(job_);
  event.set_step(result.step);
  event.set_attempt(result.attempt);
  event.set_message(
      absl::StrCat("a gradient was not finite; the gradient norm is ", result.gradient_norm));
  Log(LogLevel::kWarning, "step_skipped",
      {{"job", job_}, {"step", result.step}, {"gradient_norm", result.gradient_norm}});
  events_->Append(std::move(event));
}

}  // namespace zerod
