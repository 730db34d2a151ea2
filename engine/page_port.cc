#include "engine/page_port.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "engine/spec_validation.h"

namespace zerod {
PagePort::PagePort(const JobLayout& layout, int rank, std::uint32_t first_sequence)
    : layout_(layout),
      rank_(rank),
      sequence_(first_sequence),
      last_request_{.micro_batches = layout.spec.micro_batches},
      decided_(first_sequence - 1),
      ended_(first_sequence - 1),
      weights_ready_(layout.buckets.size(), first_sequence - 1) {}

void PagePort::FillPage(const RankPage& page) const {
  RankHeader& header = *page.header;
  PutResult(header);
  header.sequence = sequence_;
  header.pending = commit_.has_value() ? sequence_ : sequence_ - 1;
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
  header.verdict = static_cast<std::uint32_t>(verdict);
  header.judged.store(judged, std::memory_order_release);
  RingTrainer();
}

void PagePort::Tell(const absl::Status& why) {
  RankHeader& header = *attachment_->rank_page.header;
  if (header.closed != 0) return;
  PutMessage(header.closing_message, why.message());
  header.closed.store(static_cast<std::uint32_t>(why.raw_code()), std::memory_order_release);
  RingTrainer();
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
