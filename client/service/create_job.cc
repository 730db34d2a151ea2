#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/service/service_impl.h"
#include "engine/initial_values.h"
#include "proto/convert.h"
#include "proto/limits.h"

namespace zerod {
namespace {

using Writer = grpc::ClientWriter<v1::CreateJobRequest>;

absl::StatusOr<v1::CreateJobRequest> Header(const JobSpec& spec, const JobPlacement& placement,
                                            const std::string& token) {
  ZEROD_RETURN_IF_ERROR(CheckToken(token));
  v1::CreateJobRequest request;
  v1::CreateJobHeader& header = *request.mutable_header();
  *header.mutable_spec() = ToProto(spec);
  ZEROD_RETURN_IF_ERROR(CheckJobSpecLimits(header.spec()));
  *header.mutable_placement() = ToProto(WorldSpec{placement.shard_weights, placement.contributors});
  header.set_token(token);
  if (request.ByteSizeLong() > kMaxRpcBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("the spec of job '", spec.name, "' takes ", request.ByteSizeLong(),
                     " bytes; at most ", kMaxRpcBytes, " are allowed: shorten its names"));
  }
  return request;
}

// Of a world that is as good as any other: initial values do not depend on it.
absl::StatusOr<std::shared_ptr<const JobLayout>> CheckedLayout(
    const JobSpec& spec, std::span<const ConstTensorView> initial_values) {
  ZEROD_ASSIGN_OR_RETURN(std::shared_ptr<const JobLayout> layout,
                         JobLayout::Create(spec, {.shard_weights = {1}, .contributors = {0}}));
  ZEROD_RETURN_IF_ERROR(CheckInitialValues(*layout, initial_values));
  return layout;
}

// False when the daemon has ended the call; its status says why.
bool Send(Writer& writer, std::span<const ConstTensorView> initial_values) {
  v1::CreateJobRequest request;
  v1::InitialValues& message = *request.mutable_values();
  for (std::size_t parameter = 0; parameter < initial_values.size(); ++parameter) {
    const ConstTensorView& values = initial_values[parameter];
    message.set_parameter(static_cast<std::uint32_t>(parameter));
    message.set_dtype(static_cast<v1::DType>(values.dtype));
    for (std::size_t begin = 0; begin < values.bytes.size(); begin += kValueChunkBytes) {
      const std::span<const std::byte> chunk =
          values.bytes.subspan(begin, std::min(kValueChunkBytes, values.bytes.size() - begin));
      message.set_first(begin / DTypeBytes(values.dtype));
      message.set_values(chunk.data(), chunk.size());
      if (!writer.Write(request)) return false;
    }
  }
  return true;
}

}  // namespace

absl::Status ServiceImpl::CreateJob(const JobSpec& spec, const JobPlacement& placement,
                                    const std::string& token,
                                    std::span<const ConstTensorView> initial_values) {
  ZEROD_ASSIGN_OR_RETURN(const v1::CreateJobRequest header, Header(spec, placement, token));
  ZEROD_ASSIGN_OR_RETURN(const std::shared_ptr<const JobLayout> layout,
                         CheckedLayout(spec, initial_values));
  const absl::Duration timeout = connection_->options.create_deadline;
  grpc::ClientContext context;
  SetDeadline(context, timeout);
  v1::CreateJobResponse response;
  const std::unique_ptr<Writer> writer = connection_->jobs->CreateJob(&context, &response);
  if (writer->Write(header) && Send(*writer, initial_values)) writer->WritesDone();
  const grpc::Status status = writer->Finish();
  if (!status.ok()) return ExplainCall(*connection_, status, timeout);
  if (response.layout_hash() != layout->table.layout_hash()) {
    // No trainer of this version could attach to it, and its name would stay taken.
    const absl::Status deleted = zerod::DeleteJob(*connection_, {spec.name, token});
    return absl::InternalError(absl::StrCat(
        "the daemon at ", connection_->options.address, " laid job '", spec.name,
        "' out in another way (hash ", absl::Hex(response.layout_hash()), ") than this client (",
        absl::Hex(layout->table.layout_hash()), "); their versions differ. ",
        deleted.ok() ? "The job was deleted again"
                     : absl::StrCat("The job is still there: ", deleted.message())));
  }
  return absl::OkStatus();
}

}  // namespace zerod
