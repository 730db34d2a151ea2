#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "client/service/sidecar_trainer.h"
#include "ipc/handshake.h"
#include "proto/convert.h"
#include "proto/limits.h"
#include "proto/name_difference.h"

namespace zerod {
namespace {

constexpr std::size_t kArenaCount = 4;

absl::StatusOr<v1::AttachRequest> Request(const AttachOptions& options) {
  ZEROD_RETURN_IF_ERROR(CheckJobKey(options.job, options.token));
  v1::AttachRequest request;
  request.set_job(options.job);
  request.set_token(options.token);
  request.set_replace(options.replace);
  if (options.rank) request.set_rank(*options.rank);
  if (options.expected != nullptr) {
    ZEROD_ASSIGN_OR_RETURN(const ParameterTable table, ParameterTable::Create(*options.expected));
    request.set_layout_hash(table.layout_hash());
  }
  return request;
}

// `refusal`, or what differs from the expected job where that is the reason for it.
absl::Status ExplainRefusal(const Connection& connection, const AttachOptions& options,
                            const absl::Status& refusal) {
  if (refusal.code() != absl::StatusCode::kFailedPrecondition || options.expected == nullptr) {
    return refusal;
  }
  const absl::StatusOr<v1::JobDescription> description =
      DescribeJob(connection, {options.job, options.token}, true);
  if (!description.ok()) return refusal;
  const absl::StatusOr<JobSpec> spec = FromProto(description->spec());
  if (!spec.ok()) return refusal;
  const std::string difference = NameDifference(*options.expected, *spec);
  if (difference.empty()) return refusal;
  return absl::FailedPreconditionError(
      absl::StrCat("job '", options.job, "' is another one: ", difference));
}

// An arena as this client's layout of the job has it.
struct ExpectedArena {
  std::string name;
  std::uint64_t size_bytes = 0;
  PeerAccess access = PeerAccess::kRead;
};

absl::StatusOr<MappedArena> Map(const ExpectedArena& expected,
                                const v1::ArenaDescription& described,
                                const FileDescriptor& descriptor) {
  if (described.size_bytes() != expected.size_bytes) {
    return absl::InternalError(absl::StrCat("the daemon's ", expected.name, " has ",
                                            described.size_bytes(),
                                            " bytes, and this client's layout of the job ",
                                            expected.size_bytes, "; their versions differ"));
  }
  return MappedArena::Map(expected.name, descriptor, expected.size_bytes, expected.access);
}

absl::Status MapArenas(const v1::AttachResponse& response,
                       std::span<const FileDescriptor> descriptors, SidecarAttachment& attachment) {
  if (descriptors.size() != kArenaCount) {
    return absl::InternalError(absl::StrCat("the daemon handed ", descriptors.size(),
                                            " descriptors over instead of ", kArenaCount));
  }
  const JobLayout& layout = *attachment.layout;
  const std::size_t bucket_count = layout.buckets.size();
  const std::size_t parameter_count = layout.table.parameters().size();
  ZEROD_ASSIGN_OR_RETURN(attachment.weights,
                         Map({"weights arena", layout.ArenaBytes(), PeerAccess::kRead},
                             response.weights(), descriptors[0]));
  ZEROD_ASSIGN_OR_RETURN(
      attachment.gradients,
      Map({"gradient arena", layout.gradients.total_bytes(), PeerAccess::kReadWrite},
          response.gradients(), descriptors[1]));
  ZEROD_ASSIGN_OR_RETURN(
      attachment.trainer_page,
      Map({"trainer page", TrainerPageBytes(bucket_count, parameter_count), PeerAccess::kReadWrite},
          response.trainer_page(), descriptors[2]));
  ZEROD_ASSIGN_OR_RETURN(attachment.rank_page,
                         Map({"rank page", RankPageBytes(bucket_count), PeerAccess::kRead},
                             response.rank_page(), descriptors[3]));
  return absl::OkStatus();
}

absl::Status Complete(const v1::AttachResponse& response, SidecarAttachment& attachment) {
  if (response.control_page_version() != kControlPageVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("the daemon at ", attachment.connection->options.address, " has version ",
                     response.control_page_version(),
                     " of the control pages, and this client version ", kControlPageVersion));
  }
  ZEROD_ASSIGN_OR_RETURN(const Ticket ticket, TicketFromText(response.ticket()));
  // First of all: the ticket does not live long, and a large layout takes its time. A ticket that
  // is too old is refused by name, so that this deadline is only for a daemon that hangs.
  const absl::Time deadline = absl::Now() + attachment.connection->options.call_deadline;
  ZEROD_ASSIGN_OR_RETURN(Claim claim,
                         ClaimDescriptors(response.handshake_path(), ticket, deadline));
  attachment.socket = std::move(claim.socket);
  ZEROD_ASSIGN_OR_RETURN(const JobSpec spec, FromProto(response.spec()));
  ZEROD_ASSIGN_OR_RETURN(
      const WorldSpec world,
      FromProto(response.placement(), response.placement().shard_weights_size()));
  ZEROD_ASSIGN_OR_RETURN(attachment.layout, JobLayout::Create(spec, world));
  return MapArenas(response, claim.descriptors, attachment);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Trainer>> ServiceImpl::Attach(const AttachOptions& options) {
  if (!connection_->address.is_local) {
    return absl::FailedPreconditionError(absl::StrCat(
        "a trainer can't attach over ", connection_->options.address,
        ": it shares memory with the daemon of its own host, which it reaches at unix:PATH"));
  }
  ZEROD_ASSIGN_OR_RETURN(const v1::AttachRequest request, Request(options));
  const absl::StatusOr<v1::AttachResponse> response = CallDaemon(
      *connection_, &v1::Trainers::Stub::Attach, request, connection_->options.call_deadline);
  if (!response.ok()) return ExplainRefusal(*connection_, options, response.status());
  SidecarAttachment attachment{.connection = connection_,
                               .job = {options.job, options.token},
                               .rank = response->rank(),
                               .number = response->attachment()};
  if (absl::Status complete = Complete(*response, attachment); !complete.ok()) {
    SendDetach(*connection_, options.job, response->attachment());
    return absl::Status(complete.code(), absl::StrCat("job '", options.job, "', rank ",
                                                      response->rank(), ": ", complete.message()));
  }
  return std::make_unique<SidecarTrainer>(std::move(attachment));
}

}  // namespace zerod
