#ifndef ZEROD_EXAMPLES_TRAIN_LM_TRAINER_LOOP_H_
#define ZEROD_EXAMPLES_TRAIN_LM_TRAINER_LOOP_H_

#include <array>
#include <atomic>
#include <functional>
#include <limits>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "examples/train_lm/corpus.h"
#include "examples/train_lm/metrics.h"
#include "examples/train_lm/model.h"
#include "examples/train_lm/optimizer.h"
#include "examples/train_lm/run_config.h"
#include "examples/train_lm/stopwatch.h"
#include "examples/train_lm/validation.h"

namespace zerod::train_lm {

// The trainers' losses of the last two steps. A third cannot begin before trainer 0 has taken part
// in the second, so what trainer 0 reads right after a step is that step's.
class LossBoard {
 public:
  explicit LossBoard(int trainers) : slots_(trainers) {}
  void Post(int trainer, int step, double loss) { slots_[trainer][step % 2] = loss; }
  double Mean(int step) const;

 private:
  std::vector<std::array<std::atomic<double>, 2>> slots_;
};

// After which step all trainers end early. Trainer 0 decides before it commits a step; nobody gets
// past that step without it, so once a step has ended all see the same decision, and nobody is left
// waiting for a trainer that has gone.
class EarlyEnd {
 public:
  void EndAfter(int step) { last_step_ = step; }
  bool EndsAfter(int step) const { return last_step_ <= step; }

 private:
  std::atomic<int> last_step_ = std::numeric_limits<int>::max();
};

// A trainer's number among all of the run, and among those of this process.
struct TrainerIndex {
  int in_run = 0;
  int in_process = 0;
};

// What the trainers of this process share; everything outlives them.
struct SharedRun {
  const RunConfig& config;
  const Corpus& corpus;
  Validation& validation;
  Rendezvous& meeting;
  LossBoard& losses;
  EarlyEnd& early_end;
  // Not 0: end soon. Between processes whoever gets it gives the open step up for all.
  const std::atomic<int>& stop_signal;
  // Called by trainer 0 after every step; an error ends the run after the next one.
  std::function<absl::Status(const StepMetrics&)> on_step;
  // Called by trainer 0 after the last step, before any trainer leaves.
  std::function<absl::Status(TrainerSeat& seat, double validation_loss)> on_end;
};

// One trainer, from its first step to its last: runs on a thread of its own. Trainer 0 reports on
// the run. What other processes' trainers do, it knows from the optimizer alone: so it validates
// by itself then, which gives the same bits, and reports its own training loss.
class TrainerLoop {
 public:
  TrainerLoop(TrainerIndex index, const SharedRun& shared, std::unique_ptr<TrainerSeat> seat);

  // kCancelled when the run was ended early. When another trainer has left: kAborted in this
  // process; otherwise kDeadlineExceeded, if nobody takes its place in time. kAborted, too, when
  // attempts at a step are lost again and again.
  absl::Status Run();

 private:
  absl::Status Train();
  absl::Status TrainStep(int step);
  // Computes and commits it once. kAborted: nothing has changed, and it can be done again.
  absl::StatusOr<StepReport> AttemptStep(int step, double learning_rate);
  // Forward and backward of all micro-batches; posts the mean loss.
  absl::Status ComputeGradients(int step);
  absl::Status Report(int step, double learning_rate, const StepReport& report);
  absl::Status Validate();
  // After the last step: nobody leaves before trainer 0 has counted what all hold.
  absl::Status Finish();
  // Ends the run for the trainers of other processes, too.
  absl::Status GiveUp();
  bool is_first() const { return index_.in_run == 0; }

  const TrainerIndex index_;
  const SharedRun& shared_;
  std::unique_ptr<TrainerSeat> seat_;
  Model model_;
  Batch batch_;
  Stopwatch since_start_;
  int first_step_ = 1;             // of this process
  double training_seconds_ = 0.0;  // without validation
  double validation_loss_ = 0.0;   // the last one
  absl::Status report_status_;     // trainer 0: the first error of on_step, or that of on_end
};

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_TRAINER_LOOP_H_
