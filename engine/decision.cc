#include "engine/decision.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/byte_io.h"

namespace zerod {

// Broadcast as the bytes they are.
template <>
inline constexpr bool kHasNoPadding<UpdateScalars> = sizeof(UpdateScalars) == 13 * sizeof(float);

Decision Decide(const JobLayout& layout, std::uint64_t step, std::uint64_t attempt,
                const AgreedCommit& commit, const GradientNorm& norm,
                std::span<const std::uint64_t> update_counts) {
  const bool clips = commit.max_grad_norm > 0;
  const bool norm_is_finite = norm.nonfinite_count == 0 && norm.overflowed_lines == 0;
  Decision decision;
  decision.result.step = step;
  decision.result.attempt = attempt;
  decision.result.gradient_norm = norm_is_finite ? std::sqrt(norm.sum_of_squares.Round())
                                                 : std::numeric_limits<double>::infinity();
  if (norm.nonfinite_count > 0 || (clips && !norm_is_finite)) {
    decision.result.outcome = StepOutcome::kSkipped;
  } else if (clips) {
    // As torch.nn.utils.clip_grad_norm_.
    decision.result.clip_factor = static_cast<float>(
        std::min(1.0, commit.max_grad_norm / (decision.result.gradient_norm + 1e-6)));
  }
  for (std::size_t group = 0; group < commit.hyperparameters.size(); ++group) {
    decision.scalars.push_back(
        MakeUpdateScalars(layout.spec.optimizer, commit.hyperparameters[group],
                          update_counts[group] + 1, decision.result.clip_factor));
  }
  for (std::size_t index = 0; index < layout.table.parameters().size(); ++index) {
    const ParameterGroup& group =
        layout.table.groups()[layout.table.parameters()[index].group_index];
    decision.untouched.push_back(commit.absent_everywhere[index] != 0 &&
                                 group.absent == AbsentPolicy::kSkip);
  }
  return decision;
}

std::vector<std::byte> EncodeDecision(const Decision& decision) {
  ByteWriter writer;
  writer.Put(decision.result.step);
  writer.Put(decision.result.attempt);
  writer.Put(decision.result.outcome);
  writer.Put(decision.result.gradient_norm);
  writer.Put(decision.result.clip_factor);
  for (const UpdateScalars& scalars : decision.scalars) writer.Put(scalars);
  for (std::uint8_t untouched : decision.untouched) writer.Put(untouched);
  return writer.Take();
}

absl::StatusOr<Decision> DecodeDecision(const JobLayout& layout, std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  Decision decision;
  decision.result.step = reader.Get<std::uint64_t>();
  decision.result.attempt = reader.Get<std::uint64_t>();
  decision.result.outcome = reader.Get<StepOutcome>();
  decision.result.gradient_norm = reader.Get<double>();
  decision.result.clip_factor = reader.Get<float>();
  for (std::size_t i = 0; i < layout.table.groups().size(); ++i) {
    decision.scalars.push_back(reader.Get<UpdateScalars>());
  }
  for (std::size_t i = 0; i < layout.table.parameters().size(); ++i) {
    decision.untouched.push_back(reader.Get<std::uint8_t>());
  }
  if (!reader.at_end()) return absl::InternalError("a step's decision has the wrong size");
  return decision;
}

std::size_t DecisionBytes(const JobLayout& layout) {
  return EncodeDecision({.result = {},
                         .scalars = std::vector<UpdateScalars>(layout.table.groups().size()),
                         .untouched = std::vector<std::uint8_t>(layout.table.parameters().size())})
      .size();
}

}  // namespace zerod
