#ifndef ZEROD_ENGINE_JOB_OBSERVER_H_
#define ZEROD_ENGINE_JOB_OBSERVER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "zerod/engine/step_request.h"

namespace zerod {

// Who wants to know what happens to a job. Called by the thread of the lowest local rank, in order;
// must not block, nor call the job.
class JobObserver {
 public:
  virtual ~JobObserver() = default;

  // An attempt that a trainer had opened is lost.
  virtual void OnAbort(std::uint64_t step, std::uint64_t attempt, const absl::Status& cause) = 0;
  virtual void OnSkip(const StepResult& result) = 0;
};

}  // namespace zerod

#endif  // ZEROD_ENGINE_JOB_OBSERVER_H_
