#ifndef ZEROD_CLIENT_SERVICE_ADDRESS_H_
#define ZEROD_CLIENT_SERVICE_ADDRESS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace zerod {

// Where a daemon listens: unix:PATH or tcp:HOST:PORT.
struct Address {
  bool is_local = false;  // unix
  std::string path;       // of the socket
  std::string host;       // without the brackets of an IPv6 address
  std::string port;
};

// kInvalidArgument names `text`, what is wrong with it and the two forms.
absl::StatusOr<Address> ParseAddress(const std::string& text);

// As gRPC names it.
std::string GrpcTarget(const Address& address);

// Whether anything accepts connections there; else why not. Only to explain a failure: it opens a
// connection and drops it. Waits for that until `deadline`, and a second at most per address of the
// host; to find those addresses takes as long as the system's resolver likes.
absl::Status ProbeListener(const Address& address, absl::Time deadline);

}  // namespace zerod

#endif  // ZEROD_CLIENT_SERVICE_ADDRESS_H_
