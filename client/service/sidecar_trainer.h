#ifndef ZEROD_CLIENT_SERVICE_SIDECAR_TRAINER_H_
#define ZEROD_CLIENT_SERVICE_SIDECAR_TRAINER_H_

#include <cstdint>
#include <memory>

#include "client/service/connection.h"
#include "client/service/service_impl.h"
#include "engine/job_layout.h"
#include "engine/trainer_end.h"
#include "ipc/arena.h"
#include "ipc/file_descriptor.h"
#include "zerod/trainer.h"

namespace zerod {

// What a trainer has got from its daemon.
struct SidecarAttachment {
  std::shared_ptr<const Connection> connection;
  JobKey job;
  int rank = 0;
  std::uint64_t number = 0;
  std::shared_ptr<const JobLayout> layout;
  FileDescriptor socket;  // open while both sides live
  MappedArena weights;    // read-only
  MappedArena gradients;
  MappedArena trainer_page;
  MappedArena rank_page;  // read-only
};

// Tells the daemon that attachment `number` of `job` is over; waits only shortly.
void SendDetach(const Connection& connection, const std::string& job, std::uint64_t number);

// A trainer whose rank lives in the daemon of its host.
class SidecarTrainer final : public Trainer {
 public:
  explicit SidecarTrainer(SidecarAttachment attachment);
  ~SidecarTrainer() override;

  int rank() const override { return attachment_.rank; }
  std::span<const ParameterSpec> parameters() const override;
  absl::StatusOr<std::size_t> FindParameter(absl::string_view name) const override;
  ConstTensorView Weights(std::size_t parameter) const override;
  TensorView Gradient(std::size_t parameter) const override;

  absl::Status Open(const OpenRequest& request) override { return end_.Open(request); }
  absl::Status MarkGradientReady(std::size_t parameter) override;
  absl::Status MarkGradientAbsent(std::size_t parameter) override;
  absl::Status WaitForGradientBuffers() override { return end_.WaitForGradientBuffers(); }
  absl::Status Step(const StepRequest& request) override { return end_.Step(request); }
  absl::Status Abort(absl::string_view reason) override { return end_.Abort(reason); }
  absl::StatusOr<StepResult> Result() override { return end_.Result(); }
  absl::Status WaitForWeights(std::size_t parameter) override;
  absl::Status WaitForAllWeights() override { return end_.WaitForAllWeights(); }
  absl::StatusOr<JobStatistics> Statistics() const override;

 private:
  absl::Status CheckIndex(std::size_t parameter) const;
  absl::Status SendCommit(std::uint32_t sequence, const TrainerCommit& commit) const;
  absl::Status SendAbort(std::uint32_t sequence, absl::string_view reason) const;
  absl::Status CheckDaemon() const;
  // Of a call: gRPC's words for a daemon that is gone are of no use to people.
  absl::Status NameTheDead(absl::Status status) const;

  const SidecarAttachment attachment_;
  TrainerEnd end_;
};

}  // namespace zerod

#endif  // ZEROD_CLIENT_SERVICE_SIDECAR_TRAINER_H_
