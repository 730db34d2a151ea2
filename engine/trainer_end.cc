#include "engine/trainer_end.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "engine/spec_validation.h"

namespace zerod {
namespace {

// How often a waiting trainer asks whether its rank is still there.
constexpr absl::Duration kLongestSleep = absl::Milliseconds(100);

}  // namespace

TrainerEnd::TrainerEnd(Options options)
    : options_(std::move(options)),
      rank_bell_(options_.trainer_page.header->bell, options_.rank_page.header->sleeping),
      trainer_bell_(options_.rank_page.header->bell, options_.trainer_page.header->sleeping),
      progress_(*options_.layout),
      sequence_(rank().sequence),
      committed_(rank().pending != 0) {}

std::uint64_t TrainerEnd::open_step() const { return rank().decided_step + 1; }

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

template <typename Done>
absl::Status TrainerEnd::Wait(Done done) {
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

absl::Status TrainerEnd::TellAbort() {
  Look();
  ZEROD_RETURN_IF_ERROR(Closed());
  if (!aborted_) return absl::OkStatus();
  abort_seen_ = true;
  return absl::AbortedError(MessageOf(rank().message));
}

absl::Status TrainerEnd::WaitDecided() {
  ZEROD_RETURN_IF_ERROR(Wait([&] { return !committed_; }));
  return TellAbort();
}

absl::Status TrainerEnd::Open(const OpenRequest& request) {
  ZEROD_RETURN_IF_ERROR(ValidateOpen(request));
  // What the trainer has not been told it cannot have acknowledged.
  if (abort_seen_) aborted_ = false;
  abort_seen_ = false;
  ZEROD_RETURN_IF_ERROR(WaitDecided());
  return OpenAttempt(request);
}

OpenRequest TrainerEnd::LastRequest() const {
  return {.micro_batches = rank().micro_batches,
          .loss_scale = std::bit_cast<double>(rank().loss_scale.load())};
}

absl::Status TrainerEnd::OpenAttempt(OpenRequest request) {
  if (open_) {
    return absl::FailedPreconditionError(absl::StrCat("step ", open_step(), " is open already"));
  }
  if (!request.micro_batches) request.micro_batches = LastRequest().micro_batches;
  progress_.Begin(*request.micro_batches);
  sequence_ = rank().sequence;
  open_ = true;
  TrainerHeader& header = *options_.trainer_page.header;
  header.micro_batches.store(*request.micro_batches, std::memory_order_relaxed);
  header.loss_scale.store(std::bit_cast<std::uint64_t>(request.loss_scale),
                          std::memory_order_relaxed);
  header.opened.store(sequence_, std::memory_order_release);
  rank_bell_.Ring();
  return absl::OkStatus();
}

absl::Status TrainerEnd::MarkGradient(std::size_t parameter, bool has_gradient) {
  ZEROD_RETURN_IF_ERROR(WaitDecided());
  ZEROD_RETURN_IF_ERROR(progress_.CheckTrainable(parameter));
  if (!open_) ZEROD_RETURN_IF_ERROR(OpenAttempt(LastRequest()));
  ZEROD_RETURN_IF_ERROR(progress_.CheckMark(parameter));
  if (!has_gradient) ZeroGradient(parameter);
  const std::uint32_t number = sequence_ + 1 + progress_.micro_batch();
  options_.trainer_page.marked[parameter].store(number, std::memory_order_relaxed);
  const std::vector<std::size_t> completed = progress_.Mark(parameter, has_gradient);
  for (std::size_t bucket : completed) {
    options_.trainer_page.rung[bucket].store(number, std::memory_order_release);
  }
  if (!completed.empty()) rank_bell_.Ring();
  return absl::OkStatus();
}

void TrainerEnd::ZeroGradient(std::size_t index) const {
  const Parameter& parameter = options_.layout->table.parameters()[index];
  const ByteLayout& gradients = options_.layout->gradients;
  std::ranges::fill(options_.gradients.subspan(gradients.OffsetOf(parameter.flat.begin),
                                               gradients.BytesIn(parameter.flat)),
                    std::byte{0});
}

absl::Status TrainerEnd::WaitForGradientBuffers() {
  ZEROD_RETURN_IF_ERROR(WaitDecided());
  if (!open_ || progress_.MicroBatchIsEmpty()) return absl::OkStatus();
  ZEROD_RETURN_IF_ERROR(progress_.CheckMicroBatchComplete());
  const std::span<const std::uint32_t> complete = progress_.complete();
  ZEROD_RETURN_IF_ERROR(Wait([&] {
    if (aborted_) return true;
    for (std::size_t bucket = 0; bucket < complete.size(); ++bucket) {
      if (complete[bucket] == 0) continue;  // no trainable parameter has elements in it
      const SharedWord& taken = options_.rank_page.taken[bucket];
      if (taken.load(std::memory_order_acquire) != sequence_ + complete[bucket]) return false;
    }
    return true;
  }));
  ZEROD_RETURN_IF_ERROR(TellAbort());
  if (!progress_.IsLastMicroBatch()) progress_.NextMicroBatch();
  return absl::OkStatus();
}

absl::Status TrainerEnd::Step(const StepRequest& request) {
  ZEROD_RETURN_IF_ERROR(ValidateStep(request, options_.layout->table.groups()));
  ZEROD_RETURN_IF_ERROR(TellAbort());
  const std::uint64_t step = open_step();
  if (request.step && *request.step != step) {
    return absl::FailedPreconditionError(
        absl::StrCat("step ", *request.step, " is out of order: step ", step, " is next"));
  }
  if (committed_) {
    return absl::FailedPreconditionError(absl::StrCat("step ", step, " is committed already"));
  }
  if (!open_) {
    return absl::FailedPreconditionError(
        absl::StrCat("step ", step, " is not open: no gradient was handed over"));
  }
  ZEROD_RETURN_IF_ERROR(progress_.CheckAllComplete());
  TrainerCommit commit{.request = request, .absent = progress_.Absent()};
  commit.request.step = step;
  const absl::Status committed = options_.commit(sequence_, commit);
  if (!committed.ok()) {
    // The verdict tells more than the refusal, where there is one.
    ZEROD_RETURN_IF_ERROR(TellAbort());
    return committed;
  }
  open_ = false;
  committed_ = true;
  return absl::OkStatus();
}

absl::Status TrainerEnd::Abort(absl::string_view reason) {
  Look();
  ZEROD_RETURN_IF_ERROR(Closed());
  if (!open_ && !committed_) return absl::OkStatus();
  return options_.give_up(sequence_, reason);
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
