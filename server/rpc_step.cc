#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "engine/spec_validation.h"
#include "proto/convert.h"
#include "server/trainers_service.h"

namespace zerod {
namespace {

// kInvalidArgument names a parameter that can't lack a gradient, since it never has one.
absl::Status CheckAbsent(const TrainerCommit& commit, const JobLayout& layout) {
  for (std::size_t i = 0; i < commit.absent.size(); ++i) {
    const Parameter& parameter = layout.table.parameters()[i];
    if (commit.absent[i] != 0 && parameter.frozen) {
      return absl::InvalidArgumentError(
          absl::StrCat("parameter '", parameter.spec.name, "' is said to be absent; it is frozen"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status TrainersService::Step(const v1::StepRequest& request) {
  ZEROD_ASSIGN_OR_RETURN(const std::shared_ptr<ServedJob> served, node_.jobs->Find(request.job()));
  ZEROD_ASSIGN_OR_RETURN(const AttachedTrainer trainer,
                         node_.attachments.Find(request.attachment(), served->number));
  const JobLayout& layout = served->job->layout();
  ZEROD_ASSIGN_OR_RETURN(const TrainerCommit commit,
                         FromProto(request, layout.table.parameters().size()));
  ZEROD_RETURN_IF_ERROR(ValidateStep(commit.request, layout.spec));
  ZEROD_RETURN_IF_ERROR(CheckAbsent(commit, layout));
  return served->job->Commit(trainer.rank, trainer.attachment, request.sequence(), commit);
}

grpc::Status TrainersService::Step(grpc::ServerContext* /*context*/, const v1::StepRequest* request,
                                   v1::StepResponse* /*response*/) {
  return ToGrpcStatus(Step(*request));
}

}  // namespace zerod
