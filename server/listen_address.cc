#include "server/listen_address.h"

#include <arpa/inet.h>
#include <sys/un.h>

#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace zerod {
namespace {

constexpr absl::string_view kHandshakeSuffix = ".attach";

absl::StatusOr<ListenAddress> ParseUnix(absl::string_view text, absl::string_view path) {
  if (path.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("--listen ", text, " has no path"));
  }
  ListenAddress address{.kind = ListenAddress::Kind::kUnix};
  // Trainers get the handshake's path as text, and have working directories of their own.
  std::error_code error;
  address.path = std::filesystem::absolute(std::string(path), error).lexically_normal().string();
  const std::size_t longest = sizeof(sockaddr_un{}.sun_path) - 1 - kHandshakeSuffix.size();
  if (error || address.path.size() > longest) {
    return absl::InvalidArgumentError(
        absl::StrCat("--listen ", text, ": the path '", address.path, "' has ", address.path.size(),
                     " bytes; a socket's can have at most ", longest));
  }
  return address;
}

absl::StatusOr<ListenAddress> ParseTcp(absl::string_view text, absl::string_view place) {
  ListenAddress address{.kind = ListenAddress::Kind::kTcp};
  const std::size_t colon = place.rfind(':');
  absl::string_view host = place.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (colon == absl::string_view::npos || host.empty() ||
      (!bracketed && absl::StrContains(host, ':')) ||
      !absl::SimpleAtoi(place.substr(colon + 1), &address.port) || address.port < 0 ||
      address.port > 65535) {
    return absl::InvalidArgumentError(
        absl::StrCat("--listen ", text,
                     " is not tcp:HOST:PORT; e.g. tcp:127.0.0.1:7070 or "
                     "tcp:[::1]:7070, with a port from 0 to 65535"));
  }
  address.host = std::string(host);
  return address;
}

}  // namespace

std::string ListenAddress::GrpcAddress() const {
  if (kind == Kind::kUnix) return absl::StrCat("unix:", path);
  const bool is_ipv6 = absl::StrContains(host, ':');
  return is_ipv6 ? absl::StrCat("[", host, "]:", port) : absl::StrCat(host, ":", port);
}

std::string ListenAddress::ToText() const {
  return kind == Kind::kUnix ? GrpcAddress() : absl::StrCat("tcp:", GrpcAddress());
}

bool ListenAddress::IsLocal() const {
  if (kind == Kind::kUnix || host == "localhost") return true;
  in_addr ipv4{};
  if (inet_pton(AF_INET, host.c_str(), &ipv4) == 1) return (ntohl(ipv4.s_addr) >> 24) == 127;
  in6_addr ipv6{};
  return inet_pton(AF_INET6, host.c_str(), &ipv6) == 1 && IN6_IS_ADDR_LOOPBACK(&ipv6);
}

absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text, int node) {
  const std::string filled = absl::StrReplaceAll(text, {{"{node}", absl::StrCat(node)}});
  const absl::string_view place = filled;
  if (absl::StartsWith(place, "unix:")) return ParseUnix(text, place.substr(5));
  if (absl::StartsWith(place, "tcp:")) return ParseTcp(text, place.substr(4));
  return absl::InvalidArgumentError(
      absl::StrCat("--listen ", text, " is neither unix:PATH nor tcp:HOST:PORT"));
}

std::string HandshakePath(const ListenAddress& address) {
  return absl::StrCat(address.path, kHandshakeSuffix);
}

}  // namespace zerod
