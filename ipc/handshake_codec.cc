// The packets of the handshake as bytes, which docs/handshake.md describes.
#include <algorithm>
#include <bit>

#include "absl/strings/str_cat.h"
#include "base/byte_io.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "ipc/handshake.h"
#include "ipc/handshake_limits.h"

namespace zerod {
namespace {

static_assert(std::endian::native == std::endian::little, "ByteWriter writes the host's order");

using Magic = std::array<char, 8>;
constexpr Magic kRequestMagic = {'z', 'e', 'r', 'o', 'd', 'R', 'E', 'Q'};
constexpr Magic kReplyMagic = {'z', 'e', 'r', 'o', 'd', 'R', 'E', 'P'};

absl::Status CheckPrefix(ByteReader& reader, const Magic& expected, absl::string_view what) {
  const auto magic = reader.Get<Magic>();
  const auto version = reader.Get<std::uint32_t>();
  if (!reader.ok() || magic != expected) {
    return absl::InvalidArgumentError(absl::StrCat("this is no zerod handshake ", what));
  }
  if (version != kHandshakeVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("the ", what, " has version ", version, " of the handshake, this process has ",
                     kHandshakeVersion, "; run the same release of zerod on both sides"));
  }
  return absl::OkStatus();
}

absl::Status CheckReply(std::uint32_t code, std::uint32_t descriptor_count,
                        absl::string_view message) {
  const bool accepted = code == 0;
  if (code > static_cast<std::uint32_t>(absl::StatusCode::kUnauthenticated)) {
    return absl::InvalidArgumentError(absl::StrCat("the handshake reply's status is ", code));
  }
  if (descriptor_count > kMaxDescriptors || (!accepted && descriptor_count != 0)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the handshake reply with status ", code, " announces ", descriptor_count,
                     " descriptors; at most ", accepted ? kMaxDescriptors : 0, " are allowed"));
  }
  if (accepted && !message.empty()) {
    return absl::InvalidArgumentError("the handshake reply says OK and gives a reason");
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<std::byte> EncodeHandshakeRequest(const Ticket& ticket) {
  ByteWriter writer;
  writer.Put(kRequestMagic);
  writer.Put(kHandshakeVersion);
  writer.Put(ticket);
  return writer.Take();
}

absl::StatusOr<Ticket> DecodeHandshakeRequest(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  ZEROD_RETURN_IF_ERROR(CheckPrefix(reader, kRequestMagic, "request"));
  const auto ticket = reader.Get<Ticket>();
  if (!reader.at_end()) {
    return absl::InvalidArgumentError(absl::StrCat("the handshake request has ", bytes.size(),
                                                   " bytes instead of ", kRequestBytes));
  }
  return ticket;
}

std::vector<std::byte> EncodeHandshakeReply(const HandshakeReply& reply) {
  ZEROD_CHECK(reply.descriptor_count <= kMaxDescriptors);
  ZEROD_CHECK(reply.status.ok() || reply.descriptor_count == 0);
  const absl::string_view message = reply.status.message().substr(0, kMaxReplyMessageBytes);
  ByteWriter writer;
  writer.Put(kReplyMagic);
  writer.Put(kHandshakeVersion);
  writer.Put(static_cast<std::uint32_t>(reply.status.code()));
  writer.Put(reply.descriptor_count);
  writer.Put(static_cast<std::uint32_t>(message.size()));
  for (const char character : message) writer.Put(character);
  return writer.Take();
}

absl::StatusOr<HandshakeReply> DecodeHandshakeReply(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  ZEROD_RETURN_IF_ERROR(CheckPrefix(reader, kReplyMagic, "reply"));
  const auto code = reader.Get<std::uint32_t>();
  const auto descriptor_count = reader.Get<std::uint32_t>();
  const auto message_bytes = reader.Get<std::uint32_t>();
  if (!reader.ok() || bytes.size() != kReplyHeaderBytes + std::size_t{message_bytes} ||
      message_bytes > kMaxReplyMessageBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("the handshake reply has ", bytes.size(),
                     " bytes, which is not what its header says or more than is allowed"));
  }
  const absl::string_view message(reinterpret_cast<const char*>(bytes.data()) + kReplyHeaderBytes,
                                  message_bytes);
  ZEROD_RETURN_IF_ERROR(CheckReply(code, descriptor_count, message));
  return HandshakeReply{.status = absl::Status(static_cast<absl::StatusCode>(code), message),
                        .descriptor_count = descriptor_count};
}

}  // namespace zerod
