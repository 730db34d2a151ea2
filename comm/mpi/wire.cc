#include "comm/mpi/wire.h"

#include "absl/strings/str_cat.h"
#include "comm/mpi/wire_fields.h"

namespace zerod {
namespace {

void Put(const OpenWorld& open, ByteWriter& writer) { PutList(open.node_of_rank, writer); }
void Get(OpenWorld& open, ByteReader& reader) { open.node_of_rank = GetList<int>(reader); }

void Put(const JoinCollective& join, ByteWriter& writer) {
  writer.Put(join.collective);
  writer.Put(static_cast<std::uint64_t>(join.calls.size()));
  for (const RankCall& call : join.calls) {
    writer.Put(call.rank);
    PutShape(call.shape, writer);
    writer.Put(static_cast<std::uint8_t>(call.is_inlined));
    PutList(call.inlined, writer);
  }
  PutList(join.sum, writer);
}

void Get(JoinCollective& join, ByteReader& reader) {
  join.collective = reader.Get<std::uint64_t>();
  const auto count = reader.Get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    RankCall& call = join.calls.emplace_back();
    call.rank = reader.Get<int>();
    call.shape = GetShape(reader);
    call.is_inlined = reader.Get<std::uint8_t>() != 0;
    call.inlined = GetList<std::byte>(reader);
  }
  join.sum = GetList<std::int64_t>(reader);
}

void Put(const ReportArrivals& report, ByteWriter& writer) {
  writer.Put(report.collective);
  PutKind(report.kind, writer);
  PutList(report.arrived, writer);
  writer.Put(static_cast<std::uint8_t>(report.is_deadline));
}

void Get(ReportArrivals& report, ByteReader& reader) {
  report.collective = reader.Get<std::uint64_t>();
  report.kind = GetKind(reader);
  report.arrived = GetList<int>(reader);
  report.is_deadline = reader.Get<std::uint8_t>() != 0;
}

void Put(const GoAhead& go, ByteWriter& writer) {
  writer.Put(go.collective);
  writer.Put(go.tag);
  writer.Put(static_cast<std::uint64_t>(go.inlined.size()));
  for (const InlinedBytes& inlined : go.inlined) {
    writer.Put(inlined.sender);
    PutList(inlined.bytes, writer);
  }
  PutList(go.sum, writer);
}

void Get(GoAhead& go, ByteReader& reader) {
  go.collective = reader.Get<std::uint64_t>();
  go.tag = reader.Get<int>();
  const auto count = reader.Get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    InlinedBytes& inlined = go.inlined.emplace_back();
    inlined.sender = reader.Get<int>();
    inlined.bytes = GetList<std::byte>(reader);
  }
  go.sum = GetList<std::int64_t>(reader);
}

void Put(const AbortWorld& abort, ByteWriter& writer) { PutStatus(abort.cause, writer); }
void Get(AbortWorld& abort, ByteReader& reader) { abort.cause = GetStatus(reader); }
void Put(const PoisonWorld& poison, ByteWriter& writer) { PutStatus(poison.cause, writer); }
void Get(PoisonWorld& poison, ByteReader& reader) { poison.cause = GetStatus(reader); }
void Put(const LeaveWorld&, ByteWriter&) {}
void Get(LeaveWorld&, ByteReader&) {}
void Put(const WorldClosed&, ByteWriter&) {}
void Get(WorldClosed&, ByteReader&) {}

// Makes `message` the empty alternative of that index.
template <std::size_t I = 0>
bool Choose(std::size_t index, WorldMessage& message) {
  if constexpr (I < std::variant_size_v<WorldMessage>) {
    if (index != I) return Choose<I + 1>(index, message);
    message.emplace<I>();
    return true;
  } else {
    return false;
  }
}

}  // namespace

std::vector<std::byte> EncodeWorldMessage(const WorldKey& world, const WorldMessage& message) {
  ByteWriter writer;
  writer.Put(kWireVersion);
  writer.Put(static_cast<std::uint8_t>(message.index()));
  writer.Put(world.job);
  writer.Put(world.formation);
  std::visit([&](const auto& alternative) { Put(alternative, writer); }, message);
  return writer.Take();
}

absl::StatusOr<AddressedMessage> DecodeWorldMessage(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  const auto version = reader.Get<std::uint8_t>();
  if (version != kWireVersion) {
    return absl::InternalError(absl::StrCat("a world message of version ", int{version},
                                            "; this program knows version ", int{kWireVersion}));
  }
  AddressedMessage addressed;
  const auto kind = reader.Get<std::uint8_t>();
  if (!Choose(kind, addressed.message)) {
    return absl::InternalError(absl::StrCat("a world message of unknown kind ", int{kind}));
  }
  addressed.world.job = reader.Get<std::uint64_t>();
  addressed.world.formation = reader.Get<std::uint64_t>();
  std::visit([&](auto& alternative) { Get(alternative, reader); }, addressed.message);
  if (!reader.at_end()) {
    return absl::InternalError(absl::StrCat("a world message of kind ", int{kind}, " with ",
                                            bytes.size(), " bytes, which is not its length"));
  }
  return addressed;
}

}  // namespace zerod
