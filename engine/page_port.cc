#include "engine/page_port.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "engine/spec_validation.h"

namespace zerod {
namespace {

absl::Status AttachmentIsOver(int rank) {
  return absl::CancelledError(
      absl::StrCat("this trainer is no longer attached to rank ", rank, "; attach again"));
}

}  // namespace

PagePort::PagePort(const JobLayout& layout, int rank, std::uint32_t first_sequence)
    : layout_(layout),
      rank_(rank),
      sequence_(first_sequence),
      last_request_{.micro_batches = layout.spec.micro_batches},
      decided_(first_sequence - 1),
      ended_(first_sequence - 1),
      weights_ready_(layout.buckets.size(), first_sequence - 1) {}

absl::StatusOr<bool> PagePort::Attach(std::shared_ptr<Attachment> attachment, bool replace) {
  Lock lock(mutex_);
  if (attachment_) {
    if (!replace) {
      return absl::AlreadyExistsError(absl::StrCat(TrainerName(), " is attached already"));
    }
    Tell(absl::CancelledError(
        absl::StrCat("another trainer has replaced this one on rank ", rank_)));
    DetachLocked("was replaced");
  }
  FillPage(attachment->rank_page);
  // No number that the new page holds has been used.
  attachment->trainer_page.header->opened = sequence_ - 1;
  for (SharedWord& rung : attachment->trainer_page.rung) rung = sequence_;
  for (SharedWord& marked : attachment->trainer_page.marked) marked = sequence_;
  attachment_ = std::move(attachment);
  left_ = false;
  CallRank();
  return std::exchange(told_left_, false);
}

void PagePort::FillPage(const RankPage& page) const {
  RankHeader& header = *page.header;
  PutResult(header);
  header.sequence = sequence_;
  header.pending = commit_.has_value() ? 1 : 0;
  header.judged = sequence_ - 1;
  header.verdict = static_cast<std::uint32_t>(Verdict::kNone);
  header.ended = ended_;
  for (SharedWord& taken : page.taken) taken = sequence_;
  for (std::size_t bucket = 0; bucket < weights_ready_.size(); ++bucket) {
    page.weights_ready[bucket] = weights_ready_[bucket];
  }
}

void PagePort::PutResult(RankHeader& header) const {
  header.decided = decided_;
  header.decided_step = result_.step;
  header.attempt = result_.attempt;
  header.gradient_norm = std::bit_cast<std::uint64_t>(result_.gradient_norm);
  header.clip_factor = std::bit_cast<std::uint32_t>(result_.clip_factor);
  header.outcome = static_cast<std::uint32_t>(result_.outcome);
  header.micro_batches = *last_request_.micro_batches;
  header.loss_scale = std::bit_cast<std::uint64_t>(last_request_.loss_scale);
}

void PagePort::Detach(std::uint64_t attachment, absl::string_view why) {
  Lock lock(mutex_);
  if (attachment_ && attachment_->id == attachment) DetachLocked(why);
}

void PagePort::DetachLocked(absl::string_view why) {
  last_trainer_ = absl::StrCat(TrainerName(), " ", why);
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

absl::StatusOr<bool> PagePort::LookWhetherOpen() {
  if (open_) return true;
  if (!attachment_) return false;
  const TrainerHeader& header = *attachment_->trainer_page.header;
  const std::uint32_t opened = header.opened.load(std::memory_order_acquire);
  const std::int32_t ahead = SequenceDistance(opened, sequence_);
  if (ahead < 0) return false;
  if (ahead > 0) {
    return SendAway(absl::StrCat("opened an attempt with number ", opened, ", which step ",
                                 open_step(), " does not have"));
  }
  request_ = {
      .micro_batches = header.micro_batches.load(std::memory_order_relaxed),
      .loss_scale = std::bit_cast<double>(header.loss_scale.load(std::memory_order_relaxed))};
  if (const absl::Status valid = ValidateOpen(request_); !valid.ok()) {
    return SendAway(
        absl::StrCat("opened step ", open_step(), " with what cannot be: ", valid.message()));
  }
  open_ = true;
  opened_ = attachment_;
  return true;
}

absl::Status PagePort::SendAway(const std::string& deed) {
  const std::string message =
      absl::StrCat(TrainerName(), " ", deed, ": its control page is damaged");
  Tell(absl::CancelledError(absl::StrCat("this trainer was sent away: ", message)));
  DetachLocked(absl::StrCat(deed, ": its control page is damaged; it was sent away"));
  return absl::AbortedError(message);
}

absl::Status PagePort::Commit(std::uint64_t attachment, std::uint32_t sequence,
                              const TrainerCommit& commit) {
  Lock lock(mutex_);
  if (!attachment_ || attachment_->id != attachment) return AttachmentIsOver(rank_);
  if (sequence == decided_ && result_.step != 0) return absl::OkStatus();
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
  if (!commit_) commit_ = commit;
  CallRank();
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

void PagePort::Judge(Verdict verdict) {
  const std::uint32_t judged = sequence_;
  sequence_ += *request_.micro_batches + 2;
  open_ = false;
  given_up_ = absl::OkStatus();
  commit_.reset();
  opened_.reset();
  flight_.reset();
  if (!attachment_) return;
  RankHeader& header = *attachment_->rank_page.header;
  header.sequence = sequence_;
  header.pending = 0;
  header.verdict = static_cast<std::uint32_t>(verdict);
  header.judged.store(judged, std::memory_order_release);
  RingTrainer();
}

void PagePort::Close(const absl::Status& why) {
  Lock lock(mutex_);
  if (attachment_) Tell(why);
}

void PagePort::Tell(const absl::Status& why) {
  RankHeader& header = *attachment_->rank_page.header;
  if (header.closed != 0) return;
  PutMessage(header.closing_message, why.message());
  header.closed.store(static_cast<std::uint32_t>(why.raw_code()), std::memory_order_release);
  RingTrainer();
}

void PagePort::NameTrainer(std::uint64_t attachment, const std::string& trainer) {
  Lock lock(mutex_);
  if (attachment_ && attachment_->id == attachment) attachment_->trainer = trainer;
}

std::string PagePort::trainer() const {
  Lock lock(mutex_);
  if (!attachment_) return "";
  return attachment_->trainer.empty() ? "attached" : attachment_->trainer;
}

std::string PagePort::TrainerName() const {
  const bool named = attachment_ && !attachment_->trainer.empty();
  return absl::StrCat("rank ", rank_, "'s trainer",
                      named ? absl::StrCat(" (", attachment_->trainer, ")") : "");
}

void PagePort::RingTrainer() {
  if (!attachment_) return;
  Doorbell(attachment_->rank_page.header->bell, attachment_->trainer_page.header->sleeping).Ring();
}

void PagePort::CallRank() {
  Doorbell(own_bell_, own_sleeping_).Ring();
  RankBell().Ring();
}

Doorbell PagePort::RankBell() {
  if (!attachment_) return {own_bell_, own_sleeping_};
  return {attachment_->trainer_page.header->bell, attachment_->rank_page.header->sleeping};
}

}  // namespace zerod
