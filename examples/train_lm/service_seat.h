#ifndef ZEROD_EXAMPLES_TRAIN_LM_SERVICE_SEAT_H_
#define ZEROD_EXAMPLES_TRAIN_LM_SERVICE_SEAT_H_

#include <memory>
#include <string>

#include "examples/train_lm/run_config.h"
#include "examples/train_lm/wait_watch.h"
#include "examples/train_lm/zerod_seat.h"
#include "zerod/service.h"

namespace zerod::train_lm {

// A ZerodSeat whose job lives in daemons: its trainer may come late and go on with what is there,
// and the others, in processes of their own, may go and be replaced.
class ServiceSeat : public ZerodSeat {
 public:
  struct Surroundings {
    Service& service;  // to ask who is there; outlives the seat, as the watch
    WaitWatch& watch;
    std::shared_ptr<const WaitReason> for_others;
  };
  // `config` and `table` outlive it.
  ServiceSeat(std::unique_ptr<Trainer> trainer, const RunConfig& config,
              const ParameterTable& table, Surroundings surroundings);

  absl::StatusOr<int> StepsDone() override;
  absl::StatusOr<const float*> Weights(std::size_t parameter) override;
  absl::Status BeginGradients() override;
  absl::StatusOr<StepReport> Step(double learning_rate) override;
  absl::Status Redo(const absl::Status& lost) override;
  absl::Status Finish() override;
  absl::Status GiveUp(const std::string& reason) override;
  absl::Status FinishAfterFirstTrainer() override;

 private:
  WaitWatch::Wait WaitForOthers() { return {around_.watch, around_.for_others}; }
  // Until every rank that takes a trainer has one. kDeadlineExceeded says which has none.
  absl::Status AwaitTrainers() const;
  // Commits a step without a gradient.
  absl::Status CommitNothing();

  const ServiceConfig& service_config_;
  const Surroundings around_;
  int lost_attempts_ = 0;  // at the open step
};

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_SERVICE_SEAT_H_
