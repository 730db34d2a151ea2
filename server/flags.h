#ifndef ZEROD_SERVER_FLAGS_H_
#define ZEROD_SERVER_FLAGS_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/listen_address.h"

namespace zerod {

enum class WorldKind { kAuto, kSingle, kMpi };
enum class LogFormat { kText, kJson };
enum class LogLevel { kDebug, kInfo, kWarning, kError };

// What a daemon is started with; the defaults are those of the command line.
struct Flags {
  std::vector<std::string> listen;       // as given: "{node}" is not filled in
  int ranks = 1;                         // --devices cpu:K
  std::uint64_t memory_limit_bytes = 0;  // 0: what the machine has free at the start
  int threads_per_rank = 1;
  int max_jobs = 64;
  mode_t socket_mode = 0600;
  std::vector<uid_t> allow_uid;
  WorldKind world = WorldKind::kAuto;

  absl::Duration step_deadline = absl::Minutes(10);
  absl::Duration create_deadline = absl::Minutes(1);
  absl::Duration peer_deadline = absl::Minutes(1);
  absl::Duration handshake_deadline = absl::Seconds(5);
  absl::Duration ticket_lifetime = absl::Seconds(10);
  absl::Duration shutdown_deadline = absl::Seconds(10);

  std::string tls_cert;  // paths of PEM files
  std::string tls_key;
  std::string tls_ca;

  LogFormat log_format = LogFormat::kText;
  LogLevel log_level = LogLevel::kInfo;

  bool UsesTls() const { return !tls_cert.empty(); }
};

inline constexpr int kMaxRanksPerNode = 64;

// kInvalidArgument names the flag, its value and what it may be.
absl::Status ValidateFlags(const Flags& flags);

// Where node `node` listens. kInvalidArgument as ParseListenAddress, and for addresses that others
// could reach without TLS.
absl::StatusOr<std::vector<ListenAddress>> ListenAddresses(const Flags& flags, int node);

// "cpu:4" -> 4. kInvalidArgument names the text.
absl::StatusOr<int> ParseDevices(absl::string_view text);
// "660" -> 0660. kInvalidArgument names the text.
absl::StatusOr<mode_t> ParseSocketMode(absl::string_view text);

}  // namespace zerod

#endif  // ZEROD_SERVER_FLAGS_H_
