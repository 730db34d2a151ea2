// What the rank's thread tells at a PagePort.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/page_port.h"

namespace zerod {

void PagePort::PublishDecision(const StepResult& result) {
  Lock lock(mutex_);
  result_ = result;
  decided_ = sequence_;
  last_request_ = request_;
  if (attachment_) PutResult(*attachment_->rank_page.header);
  Judge(Verdict::kDecided);
}

void PagePort::PublishWeights(std::size_t bucket) {
  Lock lock(mutex_);
  weights_ready_[bucket] = decided_;
  if (!attachment_) return;
  attachment_->rank_page.weights_ready[bucket].store(decided_, std::memory_order_release);
  RingTrainer();
}

void PagePort::PublishEnd() {
  Lock lock(mutex_);
  ended_ = decided_;
  // Buckets without trainable bytes take no part in a step.
  std::ranges::fill(weights_ready_, decided_);
  if (!attachment_) return;
  for (SharedWord& ready : attachment_->rank_page.weights_ready) {
    ready.store(decided_, std::memory_order_release);
  }
  attachment_->rank_page.header->ended.store(ended_, std::memory_order_release);
  RingTrainer();
}

bool PagePort::IsOpen() {
  Lock lock(mutex_);
  return LookWhetherOpen().value_or(false);
}

void PagePort::PublishAbort(const absl::Status& cause) {
  Lock lock(mutex_);
  if (!LookWhetherOpen().value_or(false)) return;  // the trainer has nothing to redo
  if (attachment_) {
    const std::string step = absl::StrCat("step ", open_step());
    PutMessage(attachment_->rank_page.header->message,
               absl::StrCat(absl::StartsWith(cause.message(), absl::StrCat(step, ","))
                                ? ""
                                : absl::StrCat(step, ": "),
                            cause.message(), "; the step can be redone from its start"));
  }
  Judge(Verdict::kAborted);
}

void PagePort::Interrupt(const absl::Status& cause) {
  Lock lock(mutex_);
  interruption_ = cause;
  CallRank();
}

void PagePort::Resume() {
  Lock lock(mutex_);
  // All ranks have left the world in which its gradients could be read.
  flight_.reset();
  interruption_ = absl::OkStatus();
}

}  // namespace zerod
