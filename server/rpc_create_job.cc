#include <grpc/grpc.h>

#include <string>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "proto/convert.h"
#include "server/job_creation.h"
#include "server/jobs_service.h"
#include "server/log.h"

namespace zerod {
namespace {

// Each holds a thread, and messages of kMaxRpcBytes.
constexpr int kMaxCreations = 32;

// Unlike ServerContext::TryCancel, tells the client why.
IdleWatch::Cancel CancelWithStatus(grpc::ServerContext& context) {
  return [call = context.c_call()](const absl::Status& why) {
    grpc_call_cancel_with_status(call, static_cast<grpc_status_code>(why.raw_code()),
                                 std::string(why.message()).c_str(), nullptr);
  };
}

// A CreateJob stream, with a deadline for every read.
class Stream {
 public:
  Stream(Node& node, grpc::ServerContext& context, grpc::ServerReader<v1::CreateJobRequest>& reader)
      : patience_(node.flags.create_deadline),
        context_(context),
        reader_(reader),
        watched_(&node.idle_watch, CancelWithStatus(context)) {}

  // False at the end of the stream. kCancelled: the client is gone.
  absl::StatusOr<bool> Read(v1::CreateJobRequest& message) {
    watched_.BeginRead(patience_, absl::DeadlineExceededError(absl::StrCat(
                                      "no message of the job's creation came within ",
                                      absl::FormatDuration(patience_), " (--create-deadline)")));
    const bool has_message = reader_.Read(&message);
    ZEROD_RETURN_IF_ERROR(watched_.EndRead());
    if (!has_message && context_.IsCancelled()) {
      return absl::CancelledError("the client broke the job's creation off");
    }
    return has_message;
  }

 private:
  const absl::Duration patience_;
  grpc::ServerContext& context_;
  grpc::ServerReader<v1::CreateJobRequest>& reader_;
  IdleWatch::Call watched_;
};

}  // namespace

absl::StatusOr<std::uint64_t> JobsService::CreateJob(
    grpc::ServerContext& context, grpc::ServerReader<v1::CreateJobRequest>& reader,
    std::string& name) {
  Stream stream(node_, context, reader);
  v1::CreateJobRequest message;
  ZEROD_ASSIGN_OR_RETURN(bool has_message, stream.Read(message));
  if (!has_message || !message.has_header()) {
    return absl::InvalidArgumentError("the first message of CreateJob must be the header");
  }
  ZEROD_RETURN_IF_ERROR(CheckJobSpecLimits(message.header().spec()));
  name = message.header().spec().name();
  JobCreation creation(node_);
  ZEROD_RETURN_IF_ERROR(creation.Prepare(message.header()));
  while (true) {
    ZEROD_ASSIGN_OR_RETURN(has_message, stream.Read(message));
    if (!has_message) break;
    if (!message.has_values()) {
      return absl::InvalidArgumentError(
          "every message of CreateJob but the first must hold initial values");
    }
    ZEROD_RETURN_IF_ERROR(creation.Load(std::move(*message.mutable_values())));
  }
  return creation.Finish();
}

grpc::Status JobsService::CreateJob(grpc::ServerContext* context,
                                    grpc::ServerReader<v1::CreateJobRequest>* reader,
                                    v1::CreateJobResponse* response) {
  const absl::Cleanup leave = [this] { --creation_count_; };
  if (++creation_count_ > kMaxCreations) {
    return ToGrpcStatus(absl::ResourceExhaustedError(absl::StrCat(
        kMaxCreations, " jobs are being created at this moment, which is the most; try again")));
  }
  std::string name;
  const auto layout_hash = CreateJob(*context, *reader, name);
  if (!layout_hash.ok()) {
    Log(LogLevel::kWarning, "job_creation_failed",
        {{"job", ShortName(name)},
         {"client", context->peer()},
         {"cause", layout_hash.status().ToString()}});
    return ToGrpcStatus(layout_hash.status());
  }
  response->set_layout_hash(*layout_hash);
  return grpc::Status::OK;
}

}  // namespace zerod
