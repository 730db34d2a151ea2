#include "engine/trainer_end.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "engine/spec_validation.h"

namespace zerod {
TrainerEnd::TrainerEnd(Options options)
    : options_(std::move(options)),
      rank_bell_(options_.trainer_page.header->bell, options_.rank_page.header->sleeping),
      trainer_bell_(options_.rank_page.header->bell, options_.trainer_page.header->sleeping),
      progress_(*options_.layout),
      sequence_(rank().sequence),
      committed_(rank().pending == sequence_) {}

std::uint64_t TrainerEnd::open_step() const { return rank().decided_step + 1; }

absl::Status TrainerEnd::Open(const OpenRequest& request) {
  ZEROD_RETURN_IF_ERROR(ValidateOpen(request));
  // What the trainer has not been told it cannot have acknowledged.
  if (abort_seen_) aborted_ = false;
  abort_seen_ = false;
  ZEROD_RETURN_IF_ERROR(WaitDecided());
  ZEROD_RETURN_IF_ERROR(Closed());
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
  unanswered_.reset();
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
  ZEROD_RETURN_IF_ERROR(Closed());
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
  ZEROD_RETURN_IF_ERROR(Closed());
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
  ZEROD_RETURN_IF_ERROR(ValidateStep(request, options_.layout->spec));
  ZEROD_RETURN_IF_ERROR(CheckUsable());
  const bool may_mean_it = !request.step || request.step == rank().decided_step;
  if (!open_ && may_mean_it && unanswered_ && unanswered_ == rank().decided) {
    unanswered_.reset();
    return absl::OkStatus();
  }
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
    ZEROD_RETURN_IF_ERROR(CheckUsable());
    // The commit may have arrived, though its answer has not: then it is as good as any.
    if (!open_) return absl::OkStatus();
    if (!absl::IsFailedPrecondition(committed)) unanswered_ = sequence_;
    return committed;
  }
  open_ = false;
  committed_ = true;
  unanswered_.reset();
  return absl::OkStatus();
}

absl::Status TrainerEnd::Abort(absl::string_view reason) {
  Look();
  ZEROD_RETURN_IF_ERROR(Closed());
  if (!open_ && !committed_) return absl::OkStatus();
  return options_.give_up(sequence_, reason);
}

}  // namespace zerod
