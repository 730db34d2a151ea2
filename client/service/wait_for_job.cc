#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "client/service/service_impl.h"

namespace zerod {
namespace {

constexpr absl::Duration kFirstPause = absl::Milliseconds(20);
constexpr absl::Duration kLongestPause = absl::Seconds(1);

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
    const absl::Duration left = std::max(deadline - absl::Now(), kFirstPause);
    ZEROD_ASSIGN_OR_RETURN(const v1::ListJobsResponse response,
                           CallDaemon(*connection_, *connection_->jobs, &v1::Jobs::Stub::ListJobs,
                                      {}, std::min(left, connection_->options.call_deadline)));
    if (Exists(response, job)) return absl::OkStatus();
    if (absl::Now() >= deadline) break;
    absl::SleepFor(std::min(pause, left));
  }
  return absl::DeadlineExceededError(absl::StrCat(
      "there is no job '", job, "' at ", connection_->options.address, " after ",
      absl::FormatDuration(absl::Now() - start), "; whoever creates it has not done so"));
}

}  // namespace zerod
