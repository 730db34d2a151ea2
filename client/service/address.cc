#include "client/service/address.h"

#include <sys/un.h>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace zerod {
namespace {

absl::Status BadAddress(const std::string& text, absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("the address '", text, "' ", why, "; it must be unix:PATH or tcp:HOST:PORT"));
}

absl::StatusOr<Address> ParseUnix(const std::string& text, absl::string_view path) {
  constexpr std::size_t kMaxPathBytes = sizeof(sockaddr_un::sun_path) - 1;
  if (path.empty()) return BadAddress(text, "has no path");
  if (path.size() > kMaxPathBytes) {
    return BadAddress(text, absl::StrCat("has a path of ", path.size(),
                                         " bytes, and a socket's can have ", kMaxPathBytes));
  }
  if (path.find('\0') != absl::string_view::npos) return BadAddress(text, "has a 0 in its path");
  return Address{.is_local = true, .path = static_cast<std::string>(path), .host = {}, .port = {}};
}

absl::StatusOr<Address> ParseTcp(const std::string& text, absl::string_view host_and_port) {
  const std::size_t colon = host_and_port.rfind(':');
  if (colon == absl::string_view::npos) return BadAddress(text, "has no port");
  absl::string_view host = host_and_port.substr(0, colon);
  const absl::string_view port = host_and_port.substr(colon + 1);
  int number = 0;
  if (!absl::SimpleAtoi(port, &number) || number < 1 || number > 65535) {
    return BadAddress(text, absl::StrCat("has the port '", port, "', which is not 1 to 65535"));
  }
  const bool has_brackets = absl::ConsumePrefix(&host, "[") && absl::ConsumeSuffix(&host, "]");
  if (host.empty()) return BadAddress(text, "has no host");
  if (!has_brackets && host.find_first_of("[]:") != absl::string_view::npos) {
    return BadAddress(text, "has a colon or bracket in its host; write [IPV6]:PORT");
  }
  return Address{.is_local = false,
                 .path = {},
                 .host = static_cast<std::string>(host),
                 .port = absl::StrCat(number)};
}

// gRPC reads a target as a URI.
std::string PercentEncode(absl::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("-._~/:", c)) {
      encoded.push_back(c);
    } else {
      absl::StrAppend(&encoded, "%", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    }
  }
  return encoded;
}

}  // namespace

absl::StatusOr<Address> ParseAddress(const std::string& text) {
  absl::string_view rest = text;
  if (absl::ConsumePrefix(&rest, "unix:")) return ParseUnix(text, rest);
  if (absl::ConsumePrefix(&rest, "tcp:")) return ParseTcp(text, rest);
  if (text.empty()) return BadAddress(text, "is empty");
  return BadAddress(text, "names no transport");
}

std::string GrpcTarget(const Address& address) {
  if (address.is_local) return absl::StrCat("unix:", PercentEncode(address.path));
  const bool is_ipv6 = absl::StrContains(address.host, ':');
  const std::string host = is_ipv6 ? absl::StrCat("[", address.host, "]") : address.host;
  return absl::StrCat("dns:///", PercentEncode(absl::StrCat(host, ":", address.port)));
}

}  // namespace zerod
