#ifndef ZEROD_EXAMPLES_TRAIN_LM_VALIDATION_H_
#define ZEROD_EXAMPLES_TRAIN_LM_VALIDATION_H_

#include <vector>

#include "absl/status/statusor.h"
#include "examples/train_lm/corpus.h"
#include "examples/train_lm/model.h"
#include "examples/train_lm/rendezvous.h"

namespace zerod::train_lm {

// The loss on held-out text, always the same windows. The trainers of a process share the batches;
// each batch's loss is kept by its number and summed in order, so the result does not depend on who
// computed what, nor on how many there are.
class Validation {
 public:
  // `meeting` is one of all the trainers that share it; it must outlive this.
  Validation(const Corpus& corpus, int trainers, int batch_sequences, Rendezvous& meeting);

  // All of them call it with the same weights, `trainer` counting from 0. Every one gets the mean
  // loss; kAborted when one has left.
  absl::StatusOr<double> Run(int trainer, Model& model, ParameterPort& port);

 private:
  const int trainers_;
  std::vector<Batch> batches_;
  std::vector<double>
      loss_sums_;  // per batch: mean times sequences; written by the trainer that owns the batch
  int window_count_ = 0;
  Rendezvous& meeting_;
};

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_VALIDATION_H_
