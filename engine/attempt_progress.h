#ifndef ZEROD_ENGINE_ATTEMPT_PROGRESS_H_
#define ZEROD_ENGINE_ATTEMPT_PROGRESS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "engine/job_layout.h"

namespace zerod {

// How far a trainer has come in one attempt at a step: which parameters of the current micro-batch
// are marked, and how many micro-batches each bucket is complete for. Its own bookkeeping.
class AttemptProgress {
 public:
  explicit AttemptProgress(const JobLayout& layout);

  void Begin(std::uint32_t micro_batches);

  // kFailedPrecondition names a parameter that is frozen.
  absl::Status CheckTrainable(std::size_t parameter) const;
  // kFailedPrecondition names a parameter that was marked before in this micro-batch.
  absl::Status CheckMark(std::size_t parameter) const;
  // Returns the buckets that have become complete by it.
  std::vector<std::size_t> Mark(std::size_t parameter, bool has_gradient);

  // kFailedPrecondition names a parameter that is still to be marked in this micro-batch.
  absl::Status CheckMicroBatchComplete() const;
  // kFailedPrecondition says how many micro-batches are missing, or which parameter.
  absl::Status CheckAllComplete() const;
  bool MicroBatchIsEmpty() const { return marked_count_ == 0 && trainable_count_ > 0; }
  bool IsLastMicroBatch() const { return micro_batch_ + 1 == micro_batches_; }
  void NextMicroBatch();

  std::uint32_t micro_batch() const { return micro_batch_; }
  // Per bucket: the micro-batches it is complete for.
  std::span<const std::uint32_t> complete() const { return complete_; }

  // Per parameter: 1 where it is trainable and no micro-batch gave it a gradient.
  std::vector<std::uint8_t> Absent() const;

  // Indices [first, last) of the buckets that hold elements of `parameter`.
  std::pair<std::size_t, std::size_t> BucketsOf(std::size_t parameter) const;

 private:
  const Parameter& parameter(std::size_t index) const { return layout_.table.parameters()[index]; }
  void BeginMicroBatch();

  const JobLayout& layout_;
  std::vector<std::uint32_t>
      bucket_parameter_counts_;  // trainable parameters with elements in the bucket
  std::size_t trainable_count_ = 0;

  std::uint32_t micro_batches_ = 1;
  std::uint32_t micro_batch_ = 0;
  std::size_t marked_count_ = 0;
  std::vector<std::uint8_t> marked_;        // per parameter, in this micro-batch
  std::vector<std::uint8_t> has_gradient_;  // per parameter, in this attempt
  std::vector<std::uint32_t> left_;      // per bucket: parameters to be marked in this micro-batch
  std::vector<std::uint32_t> complete_;  // per bucket: complete micro-batches
};

}  // namespace zerod

#endif  // ZEROD_ENGINE_ATTEMPT_PROGRESS_H_
