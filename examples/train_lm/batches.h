#ifndef ZEROD_EXAMPLES_TRAIN_LM_BATCHES_H_
#define ZEROD_EXAMPLES_TRAIN_LM_BATCHES_H_

#include <cstdint>
#include <span>
#include <vector>

#include "examples/train_lm/batch.h"
#include "examples/train_lm/corpus.h"

namespace zerod::train_lm {

// Which batch of a run: the text in it depends on this alone, so runs that differ in their
// optimizer see the same data.
struct BatchKey {
  std::uint64_t seed = 0;
  std::uint64_t step = 0;
  std::uint64_t micro_batch = 0;
  std::uint64_t trainer = 0;
};

// `sequences` windows drawn at random from the training text. Reuses `batch`'s memory.
void FillTrainingBatch(const Corpus& corpus, const BatchKey& key, int sequences, Batch& batch);

// The given windows, in order.
void FillBatch(std::span<const std::span<const std::uint8_t>> windows, Batch& batch);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_BATCHES_H_
