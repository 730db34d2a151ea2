// TrainerEnd: what it waits for.
#include <algorithm>
#include <bit>

#include "base/status_macros.h"
#include "engine/trainer_end.h"

namespace zerod {
namespace {

// How often a waiting trainer asks whether its rank is still there.
constexpr absl::Duration kLongestSleep = absl::Milliseconds(100);

}  // namespace

void TrainerEnd::Look() {
  if (!open_ && !committed_) return;
  if (rank().judged.load(std::memory_order_acquire) != sequence_) return;
  open_ = false;
  committed_ = false;
  if (rank().verdict == static_cast<std::uint32_t>(Verdict::kAborted)) {
    aborted_ = true;
    abort_seen_ = false;
  }
}

absl::Status TrainerEnd::Closed() const {
  const std::uint32_t code = rank().closed.load(std::memory_order_acquire);
  if (code == 0) return absl::OkStatus();
  return {static_cast<absl::StatusCode>(code), MessageOf(rank().closing_message)};
}

absl::Status TrainerEnd::Wait(const std::function<bool()>& done) {
  while (true) {
    const std::uint32_t seen = trainer_bell_.Count();
    Look();
    if (done()) return absl::OkStatus();
    ZEROD_RETURN_IF_ERROR(Closed());
    trainer_bell_.Sleep(seen, kLongestSleep);
    const bool silent = trainer_bell_.Count() == seen;
    if (silent && options_.check_alive) ZEROD_RETURN_IF_ERROR(options_.check_alive());
  }
}

absl::Status TrainerEnd::CheckUsable() {
  ZEROD_RETURN_IF_ERROR(Closed());
  return TellAbort();
}

absl::Status TrainerEnd::TellAbort() {
  Look();
  if (!aborted_) return absl::OkStatus();
  abort_seen_ = true;
  return absl::AbortedError(MessageOf(rank().message));
}

absl::Status TrainerEnd::WaitDecided() {
  ZEROD_RETURN_IF_ERROR(Wait([&] { return !committed_; }));
  // The weights are a successor's now; else they stay what the last step has left.
  if (absl::Status closed = Closed(); absl::IsCancelled(closed)) return closed;
  return TellAbort();
}

absl::StatusOr<StepResult> TrainerEnd::Result() {
  ZEROD_RETURN_IF_ERROR(WaitDecided());
  const RankHeader& header = rank();
  if (header.decided_step == 0) return absl::FailedPreconditionError("no step was committed yet");
  return StepResult{.step = header.decided_step,
                    .attempt = header.attempt,
                    .outcome = static_cast<StepOutcome>(header.outcome.load()),
                    .gradient_norm = std::bit_cast<double>(header.gradient_norm.load()),
                    .clip_factor = std::bit_cast<float>(header.clip_factor.load())};
}

absl::Status TrainerEnd::WaitForWeights(std::size_t parameter) {
  ZEROD_RETURN_IF_ERROR(WaitDecided());
  if (options_.layout->table.parameters()[parameter].frozen) return absl::OkStatus();
  const auto [first, last] = progress_.BucketsOf(parameter);
  const auto ready = options_.rank_page.weights_ready.subspan(first, last - first);
  return Wait([&] {
    return std::ranges::all_of(ready, [decided = rank().decided.load()](const SharedWord& word) {
      return word.load(std::memory_order_acquire) == decided;
    });
  });
}

absl::Status TrainerEnd::WaitForAllWeights() {
  ZEROD_RETURN_IF_ERROR(WaitDecided());
  return Wait([&] { return rank().ended.load(std::memory_order_acquire) == rank().decided; });
}

}  // namespace zerod
