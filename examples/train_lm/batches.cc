#include "examples/train_lm/batches.h"

#include "examples/train_lm/random.h"

namespace zerod::train_lm {
namespace {

void Clear(Batch& batch) {
  batch.sequences = 0;
  batch.inputs.clear();
  batch.targets.clear();
}

void Append(std::span<const std::uint8_t> window, Batch& batch) {
  ++batch.sequences;
  batch.inputs.insert(batch.inputs.end(), window.begin(), window.end() - 1);
  batch.targets.insert(batch.targets.end(), window.begin() + 1, window.end());
}

}  // namespace

void FillTrainingBatch(const Corpus& corpus, const BatchKey& key, int sequences, Batch& batch) {
  constexpr std::uint64_t kStream = 2;
  Random random({kStream, key.seed, key.step, key.micro_batch, key.trainer});
  Clear(batch);
  for (int i = 0; i < sequences; ++i) {
    Append(corpus.TrainingWindow(random.Below(corpus.training_window_count())), batch);
  }
}

void FillBatch(std::span<const std::span<const std::uint8_t>> windows, Batch& batch) {
  Clear(batch);
  for (const std::span<const std::uint8_t> window : windows) Append(window, batch);
}

}  // namespace zerod::train_lm
