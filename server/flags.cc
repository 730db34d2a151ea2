#include "server/flags.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "engine/job.h"

namespace zerod {
namespace {

absl::Status ValidateDeadlines(const Flags& flags) {
  const struct {
    absl::string_view name;
    absl::Duration value;
  } deadlines[] = {
      {"--step-deadline", flags.step_deadline},
      {"--create-deadline", flags.create_deadline},
      {"--peer-deadline", flags.peer_deadline},
      {"--handshake-deadline", flags.handshake_deadline},
      {"--ticket-lifetime", flags.ticket_lifetime},
      {"--shutdown-deadline", flags.shutdown_deadline},
  };
  for (const auto& deadline : deadlines) {
    // Timed waits of the C++ library overflow somewhere beyond a century.
    if (deadline.value > absl::ZeroDuration() && deadline.value <= absl::Hours(24 * 365)) continue;
    return absl::InvalidArgumentError(absl::StrCat(deadline.name, " is ",
                                                   absl::FormatDuration(deadline.value),
                                                   "; it must be positive and at most 8760h"));
  }
  return absl::OkStatus();
}

absl::Status ValidateTls(const Flags& flags) {
  const std::string* const paths[] = {&flags.tls_cert, &flags.tls_key, &flags.tls_ca};
  const auto given = std::ranges::count_if(paths, [](const auto* path) { return !path->empty(); });
  if (given == 0 || given == 3) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "--tls-cert, --tls-key and --tls-ca belong together; ", given, " of them was given"));
}

}  // namespace

absl::Status ValidateFlags(const Flags& flags) {
  if (flags.listen.empty()) {
    return absl::InvalidArgumentError(
        "--listen is missing: give unix:PATH for trainers on this host, tcp:HOST:PORT for others");
  }
  if (flags.threads_per_rank < 1 || flags.threads_per_rank > kMaxThreadsPerRank) {
    return absl::InvalidArgumentError(absl::StrCat("--threads-per-rank is ", flags.threads_per_rank,
                                                   "; it must be from 1 to ", kMaxThreadsPerRank));
  }
  if (flags.max_jobs < 1 || flags.max_jobs > 65536) {
    return absl::InvalidArgumentError(
        absl::StrCat("--max-jobs is ", flags.max_jobs, "; it must be from 1 to 65536"));
  }
  ZEROD_RETURN_IF_ERROR(ValidateDeadlines(flags));
  ZEROD_RETURN_IF_ERROR(ValidateTls(flags));
  return ListenAddresses(flags, /*node=*/0).status();
}

absl::StatusOr<std::vector<ListenAddress>> ListenAddresses(const Flags& flags, int node) {
  std::vector<ListenAddress> addresses;
  for (const std::string& text : flags.listen) {
    ZEROD_ASSIGN_OR_RETURN(const ListenAddress address, ParseListenAddress(text, node));
    if (!address.IsLocal() && !flags.UsesTls()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--listen ", text, " can be reached from other machines: give --tls-cert, ",
                       "--tls-key and --tls-ca, or listen on a loopback address"));
    }
    const auto is_unix = [](const ListenAddress& one) {
      return one.kind == ListenAddress::Kind::kUnix;
    };
    if (is_unix(address) && std::ranges::any_of(addresses, is_unix)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--listen ", text, ": one unix: address is enough, two were given"));
    }
    addresses.push_back(address);
  }
  return addresses;
}

absl::StatusOr<int> ParseDevices(absl::string_view text) {
  int ranks = 0;
  if (absl::StartsWith(text, "cpu:") && absl::SimpleAtoi(text.substr(4), &ranks) && ranks >= 1 &&
      ranks <= kMaxRanksPerNode) {
    return ranks;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "--devices is '", text, "'; it must be cpu:K with K from 1 to ", kMaxRanksPerNode));
}

absl::StatusOr<mode_t> ParseSocketMode(absl::string_view text) {
  const bool is_octal = text.size() >= 3 && text.size() <= 4 &&
                        std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '7'; });
  mode_t mode = 0;
  if (is_octal) {
    for (char digit : text) mode = mode * 8 + static_cast<mode_t>(digit - '0');
  }
  // Sockets are never executed, and without the owner's bits nobody could use one.
  if (is_octal && (mode & ~0666u) == 0 && (mode & 0600) == 0600) return mode;
  return absl::InvalidArgumentError(absl::StrCat(
      "--socket-mode is '", text, "'; it must be octal, e.g. 600 or 660, from 600 to 666"));
}

}  // namespace zerod
