// The calls that an attached trainer makes.
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "client/service/sidecar_trainer.h"
#include "proto/convert.h"
#include "proto/limits.h"
#include "proto/utf8.h"

namespace zerod {
namespace {

constexpr absl::Duration kDetachDeadline = absl::Seconds(2);
// A commit may be sent again and again: it counts once.
constexpr absl::Duration kCommitRetryPause = absl::Milliseconds(20);

}  // namespace

absl::Status SidecarTrainer::SendCommit(std::uint32_t sequence, const TrainerCommit& commit) const {
  v1::StepRequest request = ToProto(commit);
  request.set_job(attachment_.job.name);
  request.set_attachment(attachment_.number);
  request.set_sequence(sequence);
  const Connection& connection = *attachment_.connection;
  const absl::Duration deadline = connection.options.call_deadline;
  const absl::Time end = absl::Now() + deadline;
  while (true) {
    const absl::Status status =
        NameTheDead(CallDaemon(connection, &v1::Trainers::Stub::Step, request, deadline).status());
    // The answer was lost on the way, or is of a daemon that is about to end.
    const bool may_come_through = absl::IsUnavailable(status) && CheckDaemon().ok();
    if (!may_come_through || absl::Now() + kCommitRetryPause > end) return status;
    absl::SleepFor(kCommitRetryPause);
  }
}

absl::Status SidecarTrainer::SendAbort(std::uint32_t sequence, absl::string_view reason) const {
  v1::AbortRequest request;
  request.set_job(attachment_.job.name);
  request.set_attachment(attachment_.number);
  request.set_sequence(sequence);
  request.set_reason(MendUtf8(reason, kMaxMessageBytes));
  const Connection& connection = *attachment_.connection;
  return NameTheDead(
      CallDaemon(connection, &v1::Trainers::Stub::Abort, request, connection.options.call_deadline)
          .status());
}

absl::Status SidecarTrainer::NameTheDead(absl::Status status) const {
  if (absl::IsUnavailable(status)) ZEROD_RETURN_IF_ERROR(CheckDaemon());
  return status;
}

void SendDetach(const Connection& connection, const std::string& job, std::uint64_t number) {
  v1::DetachRequest request;
  request.set_job(job);
  request.set_attachment(number);
  // Only a courtesy: the socket's end says the same.
  CallDaemon(connection, &v1::Trainers::Stub::Detach, request, kDetachDeadline).IgnoreError();
}

}  // namespace zerod
