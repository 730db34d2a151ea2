// The first byte says which message the others are. Each goes the way that the daemon sends it:
// into the engine's types, and what is accepted must survive the way back.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "engine/spec_validation.h"
#include "google/protobuf/stubs/logging.h"
#include "proto/convert.h"
#include "proto/limits.h"
#include "proto/name_difference.h"
#include "proto/protocol_version.h"
#include "proto/utf8.h"
#include "tests/engine/job_specs.h"
#include "zerod/v1/cluster.pb.h"
#include "zerod/v1/peer.pb.h"

namespace zerod {
namespace {

constexpr int kRankCount = 3;

const JobLayout& OddLayout() {
  static const auto layout =
      *JobLayout::Create(OddModel(), {.shard_weights = {1, 0, 2}, .contributors = {0, 1, 2}});
  return *layout;
}

// Nothing that a client sends may end up in a message that no peer can parse.
void CheckText(const absl::Status& status) {
  ZEROD_CHECK(IsUtf8(ToGrpcStatus(status).error_message()));
}

void Fuzz(const v1::JobSpec& message, const v1::Placement& placement) {
  const absl::StatusOr<JobSpec> spec = FromProto(message);
  CheckText(spec.status());
  const absl::StatusOr<WorldSpec> world = FromProto(placement, kRankCount);
  CheckText(world.status());
  if (!spec.ok() || !world.ok()) return;
  const auto layout = JobLayout::Create(*spec, *world);
  CheckText(layout.status());
  if (!layout.ok()) return;
  const absl::StatusOr<JobSpec> again = FromProto(ToProto(*spec));
  ZEROD_CHECK(again.ok() && NameDifference(*spec, *again).empty());
  ZEROD_CHECK(ToProto(*again).SerializeAsString() == ToProto(*spec).SerializeAsString());
  NameDifference(*spec, OddModel());
}

void Fuzz(const v1::InitialValues& message) {
  const absl::StatusOr<InitialValuesPart> part = FromProto(message, OddLayout());
  if (!part.ok()) return CheckText(part.status());
  const Parameter& parameter = OddLayout().table.parameters()[part->parameter];
  ZEROD_CHECK(part->first + part->values.element_count() <= parameter.element_count);
}

void Fuzz(const v1::CreateJobHeader& header) {
  CheckText(CheckToken(header.token()));
  Fuzz(header.spec(), header.placement());
}

void Fuzz(const v1::CreateJobRequest& message) {
  if (message.has_header()) Fuzz(message.header());
  if (message.has_values()) Fuzz(message.values());
}

void Fuzz(const v1::StepRequest& message) {
  const std::size_t parameter_count = OddLayout().table.parameters().size();
  const absl::StatusOr<TrainerCommit> commit = FromProto(message, parameter_count);
  if (!commit.ok()) return CheckText(commit.status());
  ZEROD_CHECK(commit->absent.size() == parameter_count);
  CheckText(ValidateStep(commit->request, OddLayout().spec));
  v1::StepRequest again = ToProto(*commit);
  again.set_job(message.job());
  again.set_attachment(message.attachment());
  again.set_sequence(message.sequence());
  ZEROD_CHECK(FromProto(again, parameter_count)->absent == commit->absent);
}

void Fuzz(const v1::AttachRequest& message) {
  CheckText(CheckToken(message.token()));
  CheckText(OddLayout().table.Find(message.job()).status());  // echoes the name
}

void Fuzz(const v1::AttachResponse& message) { Fuzz(message.spec(), message.placement()); }

void Fuzz(const v1::AbortRequest& message) {
  ZEROD_CHECK(IsUtf8(MendUtf8(message.reason(), kMaxMessageBytes)));
}

void Fuzz(const v1::NegotiateRequest& message) {
  const auto version = CommonProtocol(message.oldest(), message.newest());
  if (version) ZEROD_CHECK(*version >= message.oldest() && *version <= message.newest());
}

void Fuzz(const v1::JobDescription& message) {
  CheckText(FromProto(message).status());
  Fuzz(message.spec(), message.placement());
}

void Fuzz(const v1::PeerMessage& message) {
  const v1::PeerRequest& request = message.request();
  if (request.has_prepare()) Fuzz(request.prepare().header());
  if (request.has_load()) Fuzz(request.load().values());
  const v1::PeerResponse& response = message.response();
  CheckText(StatusFromCode(response.code(), response.message()));
  if (response.has_ranks()) Fuzz(response.ranks());
}

// Messages of which nothing but names is used.
void Fuzz(const google::protobuf::Message& message) { message.ByteSizeLong(); }

template <typename Message>
void Parse(const void* data, std::size_t size) {
  Message message;
  if (message.ParseFromArray(data, static_cast<int>(size))) Fuzz(message);
}

using Parser = void (*)(const void* data, std::size_t size);
// The order is that of the corpus: append only.
constexpr Parser kParsers[] = {
    Parse<v1::CreateJobRequest>, Parse<v1::StepRequest>,        Parse<v1::PeerMessage>,
    Parse<v1::AttachRequest>,    Parse<v1::AttachResponse>,     Parse<v1::JobDescription>,
    Parse<v1::AbortRequest>,     Parse<v1::NegotiateRequest>,   Parse<v1::DescribeJobRequest>,
    Parse<v1::ListJobsRequest>,  Parse<v1::DeleteJobRequest>,   Parse<v1::DetachRequest>,
    Parse<v1::GetStatusRequest>, Parse<v1::WatchEventsRequest>, Parse<v1::Event>,
};

}  // namespace
}  // namespace zerod

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Else it writes a line for each name that is not UTF-8.
  [[maybe_unused]] static auto* const silenced = google::protobuf::SetLogHandler(nullptr);
  if (size == 0) return 0;
  zerod::kParsers[data[0] % std::size(zerod::kParsers)](data + 1, size - 1);
  return 0;
}
