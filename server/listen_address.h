#ifndef ZEROD_SERVER_LISTEN_ADDRESS_H_
#define ZEROD_SERVER_LISTEN_ADDRESS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace zerod {

// Where a daemon listens: unix:PATH or tcp:HOST:PORT.
struct ListenAddress {
  enum class Kind { kUnix, kTcp };

  Kind kind = Kind::kUnix;
  std::string path;  // absolute, of a Unix socket
  std::string host;  // of a TCP address; an IPv6 one without brackets
  int port = 0;      // 0: the system chooses

  // As gRPC takes it.
  std::string GrpcAddress() const;
  std::string ToText() const;
  // Whether nobody outside of this machine can reach it.
  bool IsLocal() const;
};

// "{node}" in `text` becomes `node`, so that the daemons of one mpirun on one host differ.
// kInvalidArgument names the text and what is wrong with it.
absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text, int node);

// Beside the control plane's Unix socket: where trainers fetch the descriptors of their arenas.
std::string HandshakePath(const ListenAddress& address);

}  // namespace zerod

#endif  // ZEROD_SERVER_LISTEN_ADDRESS_H_
