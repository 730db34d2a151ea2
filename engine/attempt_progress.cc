#include "engine/attempt_progress.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace zerod {

AttemptProgress::AttemptProgress(const JobLayout& layout)
    : layout_(layout),
      bucket_parameter_counts_(layout.buckets.size()),
      complete_(layout.buckets.size()) {
  for (std::size_t index = 0; index < layout.table.parameters().size(); ++index) {
    if (parameter(index).frozen) continue;
    ++trainable_count_;
    const auto [first, last] = BucketsOf(index);
    for (std::size_t bucket = first; bucket < last; ++bucket) ++bucket_parameter_counts_[bucket];
  }
  Begin(1);
}

void AttemptProgress::Begin(std::uint32_t micro_batches) {
  micro_batches_ = micro_batches;
  micro_batch_ = 0;
  has_gradient_.assign(layout_.table.parameters().size(), 0);
  std::ranges::fill(complete_, 0);
  BeginMicroBatch();
}

void AttemptProgress::BeginMicroBatch() {
  marked_count_ = 0;
  marked_.assign(layout_.table.parameters().size(), 0);
  left_ = bucket_parameter_counts_;
}

std::pair<std::size_t, std::size_t> AttemptProgress::BucketsOf(std::size_t index) const {
  const FlatRange flat = parameter(index).flat;
  if (flat.empty()) return {0, 0};
  const std::uint64_t bucket_elements = layout_.buckets.front().count();
  return {flat.begin / bucket_elements, (flat.end - 1) / bucket_elements + 1};
}

absl::Status AttemptProgress::CheckTrainable(std::size_t index) const {
  if (!parameter(index).frozen) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "parameter '", parameter(index).spec.name, "' is frozen (group '",
      layout_.table.groups()[parameter(index).group_index].name, "'): it takes no gradient"));
}

absl::Status AttemptProgress::CheckMark(std::size_t index) const {
  if (!marked_[index]) return absl::OkStatus();
  const bool next_is_due = marked_count_ == trainable_count_ && !IsLastMicroBatch();
  return absl::FailedPreconditionError(
      absl::StrCat("the gradient of parameter '", parameter(index).spec.name,
                   "' was marked twice in micro-batch ", micro_batch_ + 1, " of ", micro_batches_,
                   next_is_due ? "; WaitForGradientBuffers() begins the next one" : ""));
}

std::vector<std::size_t> AttemptProgress::Mark(std::size_t index, bool has_gradient) {
  marked_[index] = 1;
  ++marked_count_;
  if (has_gradient) has_gradient_[index] = 1;
  std::vector<std::size_t> completed;
  const auto [first, last] = BucketsOf(index);
  for (std::size_t bucket = first; bucket < last; ++bucket) {
    if (--left_[bucket] > 0) continue;
    complete_[bucket] = micro_batch_ + 1;
    completed.push_back(bucket);
  }
  return completed;
}

absl::Status AttemptProgress::CheckMicroBatchComplete() const {
  if (marked_count_ == trainable_count_) return absl::OkStatus();
  for (std::size_t index = 0; index < marked_.size(); ++index) {
    if (!parameter(index).frozen && !marked_[index]) {
      return absl::FailedPreconditionError(absl::StrCat(
          "parameter '", parameter(index).spec.name, "' (of ", trainable_count_ - marked_count_,
          " missing) is neither ready nor absent in micro-batch ", micro_batch_ + 1, " of ",
          micro_batches_));
    }
  }
  return absl::OkStatus();
}

absl::Status AttemptProgress::CheckAllComplete() const {
  ZEROD_RETURN_IF_ERROR(CheckMicroBatchComplete());
  if (IsLastMicroBatch()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "only ", micro_batch_ + 1, " of ", micro_batches_, " micro-batches were handed over"));
}

void AttemptProgress::NextMicroBatch() {
  ++micro_batch_;
  BeginMicroBatch();
}

std::vector<std::uint8_t> AttemptProgress::Absent() const {
  std::vector<std::uint8_t> absent;
  for (std::size_t index = 0; index < has_gradient_.size(); ++index) {
    absent.push_back(!parameter(index).frozen && !has_gradient_[index]);
  }
  return absent;
}

}  // namespace zerod
