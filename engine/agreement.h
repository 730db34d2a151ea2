#ifndef ZEROD_ENGINE_AGREEMENT_H_
#define ZEROD_ENGINE_AGREEMENT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "base/byte_io.h"
#include "engine/job_layout.h"
#include "zerod/kernels/optimizer.h"

namespace zerod {

// What every rank shows when a step opens, so that no collective of it can differ in shape.
struct OpenRecord {
  std::uint64_t layout_hash = 0;
  std::uint64_t step = 0;
  std::uint32_t contributes = 0;  // 1 on ranks with a trainer; the others' fields below don't count
  std::uint32_t micro_batches = 0;
  double loss_scale = 1.0;
  // Of a contributor without a trainer: what became of the last one ("(process 4711) ended"), cut
  // off where it is too long. Ends with a 0.
  std::array<char, 96> departure{};
};

// Broadcast as the bytes it is.
template <>
inline constexpr bool kHasNoPadding<OpenRecord> = sizeof(OpenRecord) == 3 * 8 + 2 * 4 + 96;

struct AgreedOpen {
  std::uint32_t micro_batches = 1;
  float gradient_scale = 1.0f;  // 1 / (contributors * micro-batches * loss scale)
};

// `records` is one per rank, in rank order. kFailedPrecondition names the rank that differs and
// both values.
absl::StatusOr<AgreedOpen> AgreeOnOpen(const JobLayout& layout,
                                       std::span<const OpenRecord> records);

// What every contributor shows when it commits.
struct CommitRecord {
  std::uint64_t step = 0;
  double max_grad_norm = 0.0;
  std::vector<Hyperparameters> hyperparameters;  // per group
  std::vector<std::uint8_t> absent;  // per parameter: 1 where this trainer had no gradient
};

struct AgreedCommit {
  double max_grad_norm = 0.0;
  std::vector<Hyperparameters> hyperparameters;
  std::vector<std::uint8_t> absent_everywhere;  // per parameter
};

// `records` is one per contributor, in rank order. kFailedPrecondition names the rank that differs
// and both values.
absl::StatusOr<AgreedCommit> AgreeOnCommit(const JobLayout& layout,
                                           std::span<const CommitRecord> records);

// As bytes of a size that the layout alone fixes.
std::vector<std::byte> EncodeCommit(const CommitRecord& record);
absl::StatusOr<CommitRecord> DecodeCommit(const JobLayout& layout,
                                          std::span<const std::byte> bytes);

}  // namespace zerod

#endif  // ZEROD_ENGINE_AGREEMENT_H_
