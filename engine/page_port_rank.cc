// What the rank's thread waits for at a PagePort.
#include <algorithm>
#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "engine/page_port.h"
#include "engine/spec_validation.h"
#include "ipc/steady_deadline.h"

namespace zerod {
namespace {

// The rank looks again after this long even if nobody has rung: a trainer that writes over its own
// page may swallow a ring, and must not hold up more than its own rank for longer.
constexpr absl::Duration kLongestSleep = absl::Seconds(1);
// A trainer that keeps its bell ringing must not keep a core busy.
constexpr int kRingsBeforePause = 1000;
constexpr std::chrono::microseconds kPause(200);

}  // namespace

template <typename Look, typename Late>
absl::Status PagePort::WaitUntilSeen(absl::Time deadline, Look look, Late late) {
  // Measured once: a clock that is set meanwhile neither shortens nor lengthens the wait.
  const absl::Duration end = SteadyNow() + (deadline - absl::Now());
  for (int rings = 0;; ++rings) {
    Lock lock(mutex_);
    const std::shared_ptr<Attachment> keep_page = attachment_;
    Doorbell bell = RankBell();
    const std::uint32_t seen = bell.Count();
    if (const std::optional<absl::Status> result = look()) return *result;
    const absl::Duration sleep = std::min(kLongestSleep, end - SteadyNow());
    if (sleep <= absl::ZeroDuration()) {
      return absl::DeadlineExceededError(absl::StrCat(TrainerName(), " ", late(), " in time"));
    }
    lock.unlock();
    if (rings > kRingsBeforePause) std::this_thread::sleep_for(kPause);
    bell.Sleep(seen, sleep);
  }
}

template <typename Look, typename Late>
absl::Status PagePort::WaitInAttempt(absl::Time deadline, Look look, Late late) {
  return WaitUntilSeen(
      deadline,
      [&]() -> std::optional<absl::Status> {
        if (!interruption_.ok()) return interruption_;
        if (!open_ || sequence_ != flight_sequence_) return lost_;
        if (!given_up_.ok()) return given_up_;
        return look();
      },
      late);
}

absl::StatusOr<std::optional<OpenedAttempt>> PagePort::WaitOpen() {
  std::optional<OpenedAttempt> opened;
  const absl::Status status = WaitUntilSeen(
      absl::InfiniteFuture(),
      [&]() -> std::optional<absl::Status> {
        if (!interruption_.ok()) return interruption_;
        const absl::StatusOr<bool> is_open = LookWhetherOpen();
        if (!is_open.ok()) return is_open.status();
        if (*is_open) {
          flight_ = opened_;
          flight_sequence_ = sequence_;
          opened = OpenedAttempt{.request = request_, .gradients = flight_->gradients};
          return absl::OkStatus();
        }
        if (!left_) return std::nullopt;
        told_left_ = true;
        return absl::OkStatus();
      },
      [] { return ""; });
  ZEROD_RETURN_IF_ERROR(status);
  return opened;
}

std::string PagePort::Departure() {
  Lock lock(mutex_);
  return departure_;
}

absl::Status PagePort::WaitInterrupted() {
  return WaitUntilSeen(
      absl::InfiniteFuture(),
      [&]() -> std::optional<absl::Status> {
        if (interruption_.ok()) return std::nullopt;
        return interruption_;
      },
      [] { return ""; });
}

absl::Status PagePort::WaitGradients(std::size_t bucket, std::uint32_t micro_batch,
                                     absl::Time deadline) {
  return WaitInAttempt(
      deadline, [&] { return LookWhetherRung(bucket, micro_batch); },
      [&] { return Missing(bucket, micro_batch); });
}

std::optional<absl::Status> PagePort::LookWhetherRung(std::size_t bucket,
                                                      std::uint32_t micro_batch) {
  const std::uint32_t rung = flight_->trainer_page.rung[bucket].load(std::memory_order_acquire);
  const std::int64_t ahead = SequenceDistance(rung, flight_sequence_);
  if (ahead <= micro_batch) return std::nullopt;
  if (ahead <= *request_.micro_batches) return absl::OkStatus();
  const std::string deed = absl::StrCat("rang bucket ", bucket, " with number ", rung,
                                        ", which no micro-batch of step ", open_step(), " has");
  if (flight_ == attachment_) return SendAway(deed);
  // It committed and left: nobody is there to be sent away.
  return absl::AbortedError(absl::StrCat("rank ", rank_, "'s last trainer ", deed));
}

std::string PagePort::Missing(std::size_t bucket, std::uint32_t micro_batch) const {
  const std::uint32_t number = flight_sequence_ + 1 + micro_batch;
  const auto [first, last] = layout_.table.Overlapping(layout_.buckets[bucket]);
  for (std::size_t index = first; index < last; ++index) {
    const Parameter& parameter = layout_.table.parameters()[index];
    const std::uint32_t marked =
        flight_->trainer_page.marked[index].load(std::memory_order_relaxed);
    if (parameter.frozen || SequenceDistance(marked, number) >= 0) continue;
    return absl::StrCat("has not handed over the gradient of parameter '", parameter.spec.name,
                        "' (bucket ", bucket, ", micro-batch ", micro_batch + 1, " of ",
                        *request_.micro_batches, ")");
  }
  return absl::StrCat("has not rung bucket ", bucket);
}

void PagePort::ReleaseGradients(std::size_t bucket, std::uint32_t micro_batch) {
  Lock lock(mutex_);
  flight_->rank_page.taken[bucket].store(flight_sequence_ + 1 + micro_batch,
                                         std::memory_order_release);
  RingTrainer();
}

absl::StatusOr<TrainerCommit> PagePort::WaitCommit(absl::Time deadline) {
  TrainerCommit commit;
  ZEROD_RETURN_IF_ERROR(WaitInAttempt(
      deadline,
      [&]() -> std::optional<absl::Status> {
        if (!commit_) return std::nullopt;
        commit = *commit_;
        return absl::OkStatus();
      },
      [&] { return absl::StrCat("has not called Step() for step ", open_step()); }));
  return commit;
}

}  // namespace zerod
