#ifndef ZEROD_PROTO_CONVERT_H_
#define ZEROD_PROTO_CONVERT_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/initial_values.h"
#include "engine/job_layout.h"
#include "engine/trainer_port.h"
#include "engine/world_spec.h"
#include "grpcpp/support/status.h"
#include "zerod/engine/job_spec.h"
#include "zerod/engine/statistics.h"
#include "zerod/engine/step_request.h"
#include "zerod/v1/job.pb.h"
#include "zerod/v1/trainer.pb.h"

// Between the engine's types and the messages of zerod.v1. A message is foreign bytes: FromProto
// refuses with kInvalidArgument, naming field and value, what no engine type can hold or what goes
// beyond limits.h; whether a job makes sense is the engine's to say (JobLayout::Create).
namespace zerod {

v1::Hyperparameters ToProto(const Hyperparameters& hyperparameters);
Hyperparameters FromProto(const v1::Hyperparameters& hyperparameters);

v1::JobSpec ToProto(const JobSpec& spec);
absl::StatusOr<JobSpec> FromProto(const v1::JobSpec& spec);
// What FromProto refuses because of its size; and, which only a sender can see, names that are not
// UTF-8.
absl::Status CheckJobSpecLimits(const v1::JobSpec& spec);

v1::Placement ToProto(const WorldSpec& world);
// Completes what `placement` leaves empty, for a cluster of `rank_count` ranks.
absl::StatusOr<WorldSpec> FromProto(const v1::Placement& placement, int rank_count);

// A view of `message`; its extent fits the parameter.
absl::StatusOr<InitialValuesPart> FromProto(const v1::InitialValues& message,
                                            const JobLayout& layout);

// Without job, attachment and sequence, which are the caller's.
v1::StepRequest ToProto(const TrainerCommit& commit);
absl::StatusOr<TrainerCommit> FromProto(const v1::StepRequest& message,
                                        std::size_t parameter_count);

v1::StepResult ToProto(const StepResult& result);
absl::StatusOr<StepResult> FromProto(const v1::StepResult& result);

GroupTelemetry FromProto(const v1::GroupTelemetry& message);
v1::GroupTelemetry ToProto(const GroupTelemetry& telemetry);
// Without node and trainer, which the engine does not know.
v1::RankDescription ToProto(const RankStatistics& statistics);
// Kinds of memory that this build does not know are left out.
RankStatistics FromProto(const v1::RankDescription& description);
// Without name, layout hash, spec and placement.
v1::JobDescription ToProto(const JobStatistics& statistics);
absl::StatusOr<JobStatistics> FromProto(const v1::JobDescription& description);

// The codes are the same numbers. Messages are mended (utf8.h) and cut at kMaxMessageBytes.
grpc::Status ToGrpcStatus(const absl::Status& status);
absl::Status FromGrpcStatus(const grpc::Status& status);
// From a number that somebody sent; kUnknown for those that are no code.
absl::Status StatusFromCode(int code, absl::string_view message);

}  // namespace zerod

#endif  // ZEROD_PROTO_CONVERT_H_
