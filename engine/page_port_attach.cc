// What others than the rank's thread do with a PagePort: trainers come, commit and go.
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "engine/page_port.h"

namespace zerod {
namespace {

absl::Status AttachmentIsOver(int rank) {
  return absl::CancelledError(
      absl::StrCat("this trainer is no longer attached to rank ", rank, "; attach again"));
}

}  // namespace

absl::Status PagePort::CheckFree() const {
  Lock lock(mutex_);
  return CheckFreeLocked();
}

absl::Status PagePort::CheckFreeLocked() const {
  if (!attachment_) return absl::OkStatus();
  return absl::AlreadyExistsError(absl::StrCat(TrainerName(), " is attached already"));
}

void PagePort::Vacate() {
  Lock lock(mutex_);
  VacateLocked();
}

void PagePort::VacateLocked() {
  if (!attachment_) return;
  Tell(absl::CancelledError(absl::StrCat("another trainer has replaced this one on rank ", rank_)));
  DetachLocked("was replaced");
}

std::weak_ptr<Attachment> PagePort::LastAttachment() const {
  Lock lock(mutex_);
  return last_;
}

absl::StatusOr<bool> PagePort::Attach(std::shared_ptr<Attachment> attachment, bool replace) {
  Lock lock(mutex_);
  if (replace) VacateLocked();
  ZEROD_RETURN_IF_ERROR(CheckFreeLocked());
  attachment->id = ++last_id_;
  FillPage(attachment->rank_page);
  // No number that the new page holds has been used.
  attachment->trainer_page.header->opened = sequence_ - 1;
  for (SharedWord& rung : attachment->trainer_page.rung) rung = sequence_;
  for (SharedWord& marked : attachment->trainer_page.marked) marked = sequence_;
  attachment_ = std::move(attachment);
  last_ = attachment_;
  left_ = false;
  CallRank();
  return std::exchange(told_left_, false);
}

void PagePort::Detach(std::uint64_t attachment, absl::string_view why) {
  Lock lock(mutex_);
  if (attachment_ && attachment_->id == attachment) DetachLocked(why);
}

void PagePort::DetachLocked(absl::string_view why) {
  departure_ = attachment_->trainer.empty() ? std::string(why)
                                            : absl::StrCat(attachment_->trainer, " ", why);
  // What it said itself tells more.
  lost_ = given_up_;
  if (!lost_.ok()) {
    departure_ = std::string(lost_.message());
  } else {
    lost_ = absl::AbortedError(
        absl::StrCat(TrainerName(), " ", why, " before it committed step ", open_step()));
  }
  CallRank();
  attachment_.reset();
  left_ = true;
  if (commit_) return;
  // Whoever comes next starts with a number that the rank is not waiting for.
  if (open_) sequence_ += *request_.micro_batches + 2;
  open_ = false;
  opened_.reset();
  given_up_ = absl::OkStatus();
}

absl::Status PagePort::Commit(std::uint64_t attachment, std::uint32_t sequence,
                              const TrainerCommit& commit) {
  Lock lock(mutex_);
  if (!attachment_ || attachment_->id != attachment) return AttachmentIsOver(rank_);
  if (sequence == decided_ && result_.step != 0) return absl::OkStatus();
  if (!refusal_.ok() && !commit_) return refusal_;
  if (sequence != sequence_) {
    return absl::AbortedError(
        absl::StrCat("the attempt at step ", open_step(), " that this commit belongs to is over"));
  }
  if (commit.request.step && *commit.request.step != open_step()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "step ", *commit.request.step, " is out of order: step ", open_step(), " is next"));
  }
  ZEROD_ASSIGN_OR_RETURN(const bool is_open, LookWhetherOpen());
  if (!is_open) {
    return absl::FailedPreconditionError(
        absl::StrCat("step ", open_step(), " is not open: no gradient was handed over"));
  }
  ZEROD_RETURN_IF_ERROR(CheckAllRung());
  if (!commit_) commit_ = commit;
  CallRank();
  return absl::OkStatus();
}

// Who commits may leave: nothing that the rank still waits for may be missing.
absl::Status PagePort::CheckAllRung() const {
  for (std::size_t bucket = 0; bucket < layout_.buckets.size(); ++bucket) {
    if (layout_.gradients.BytesIn(layout_.buckets[bucket]) == 0) continue;
    const std::uint32_t rung = opened_->trainer_page.rung[bucket].load(std::memory_order_acquire);
    if (rung == sequence_ + *request_.micro_batches) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "step ", open_step(), " can't be committed: bucket ", bucket,
        " has not been rung for all of its ", *request_.micro_batches, " micro-batches"));
  }
  return absl::OkStatus();
}

absl::Status PagePort::GiveUp(std::uint64_t attachment, std::uint32_t sequence,
                              absl::string_view reason) {
  Lock lock(mutex_);
  if (!attachment_ || attachment_->id != attachment) return AttachmentIsOver(rank_);
  if (sequence != sequence_ || !LookWhetherOpen().value_or(false)) return absl::OkStatus();
  if (commit_) {
    return absl::FailedPreconditionError(
        absl::StrCat("step ", open_step(), " is committed; it can't be given up any more"));
  }
  given_up_ =
      absl::AbortedError(absl::StrCat(TrainerName(), " gave step ", open_step(), " up: ", reason));
  CallRank();
  return absl::OkStatus();
}

void PagePort::RefuseCommits(const absl::Status& why) {
  Lock lock(mutex_);
  refusal_ = why;
}

void PagePort::Close(const absl::Status& why) {
  Lock lock(mutex_);
  if (attachment_) Tell(why);
}

void PagePort::NameTrainer(std::uint64_t attachment, const std::string& trainer) {
  Lock lock(mutex_);
  if (attachment_ && attachment_->id == attachment) attachment_->trainer = trainer;
}

bool PagePort::has_commit() const {
  Lock lock(mutex_);
  return commit_.has_value();
}

std::string PagePort::trainer() const {
  Lock lock(mutex_);
  if (!attachment_) return "";
  return attachment_->trainer.empty() ? "attached" : attachment_->trainer;
}

}  // namespace zerod
