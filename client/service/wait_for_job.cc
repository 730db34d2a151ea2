#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "client/service/service_impl.h"

namespace zerod {
namespace {

constexpr absl::Duration kFirstPause = absl::Milliseconds(20);
constexpr absl::Duration kLongestPause = absl::Seconds(1);
// What the last question gets, however near the deadline is.
constexpr absl::Duration kShortestCall = absl::Seconds(1);

bool Exists(const v1::ListJobsResponse& response, const std::string& job) {
  return std::ranges::any_of(response.jobs(), [&](const v1::JobSummary& summary) {
    return summary.name() == job && summary.complete();
  });
}

}  // namespace

// Asks again and again: a wait on the daemon's side would hold a thread of it for every trainer.
absl::Status ServiceImpl::WaitForJob(const std::string& job, absl::Time deadline) {
  const absl::Time start = absl::Now();
  for (absl::Duration pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
    const absl::Duration patience = std::min(std::max(deadline - absl::Now(), kShortestCall),
                                             connection_->options.call_deadline);
    ZEROD_ASSIGN_OR_RETURN(const v1::ListJobsResponse response,
                           CallDaemon(*connection_, &v1::Jobs::Stub::ListJobs, {}, patience));
    if (Exists(response, job)) return absl::OkStatus();
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) break;
    absl::SleepFor(std::min(pause, left));
  }
  return absl::DeadlineExceededError(
      absl::StrCat("there is no job '", job, "' at ", connection_->options.address, " after ",
                   absl::FormatDuration(absl::Trunc(absl::Now() - start, absl::Milliseconds(10))),
                   "; whoever creates it has not done so"));
}

}  // namespace zerod
