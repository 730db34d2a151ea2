#include "examples/train_lm/validation.h"

#include <algorithm>
#include <numeric>
#include <span>

#include "base/status_macros.h"
#include "examples/train_lm/batches.h"

namespace zerod::train_lm {
namespace {

// Enough that the choice of the text adds little to the difference between two models.
constexpr std::size_t kBytes = 1 << 15;

}  // namespace

Validation::Validation(const Corpus& corpus, int trainers, int batch_sequences, Rendezvous& meeting)
    : trainers_(trainers), meeting_(meeting) {
  const std::vector<std::span<const std::uint8_t>> windows =
      corpus.ValidationWindows(std::max<std::size_t>(1, kBytes / corpus.window_bytes()));
  window_count_ = static_cast<int>(windows.size());
  for (int first = 0; first < window_count_; first += batch_sequences) {
    const int count = std::min(batch_sequences, window_count_ - first);
    FillBatch(std::span(windows).subspan(first, count), batches_.emplace_back());
  }
  loss_sums_.resize(batches_.size());
}

absl::StatusOr<double> Validation::Run(int trainer, Model& model, ParameterPort& port) {
  for (std::size_t i = trainer; i < batches_.size(); i += trainers_) {
    ZEROD_ASSIGN_OR_RETURN(const double loss, model.Forward(batches_[i], port));
    loss_sums_[i] = loss * batches_[i].sequences;
  }
  ZEROD_RETURN_IF_ERROR(meeting_.Arrive());
  const double sum = std::accumulate(loss_sums_.begin(), loss_sums_.end(), 0.0);
  // Nobody writes the next sums before all have read these.
  ZEROD_RETURN_IF_ERROR(meeting_.Arrive());
  return sum / window_count_;
}

}  // namespace zerod::train_lm
