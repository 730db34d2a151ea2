#ifndef ZEROD_SERVER_JOB_EVENTS_H_
#define ZEROD_SERVER_JOB_EVENTS_H_

#include <string>

#include "engine/job_observer.h"
#include "server/event_log.h"

namespace zerod {

// Turns what happens to a job into events and lines of the log.
class JobEvents final : public JobObserver {
 public:
  // `events` outlives this object.
  JobEvents(std::string job, EventLog* events) : job_(std::move(job)), events_(events) {}

  void OnAbort(std::uint64_t step, std::uint64_t attempt, const absl::Status& cause) override;
  void OnSkip(const StepResult& result) override;

 private:
  const std::string job_;
  EventLog* const events_;
};

}  // namespace zerod

#endif  // ZEROD_SERVER_JOB_EVENTS_H_
