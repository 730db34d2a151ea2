#ifndef ZEROD_IPC_LISTENING_SOCKET_H_
#define ZEROD_IPC_LISTENING_SOCKET_H_

#include <sys/types.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "ipc/file_descriptor.h"

namespace zerod {

// Makes `path` free for a socket of any kind: removes one at which nobody listens any more, and
// nothing else. kInvalidArgument: not a path for a socket; kUnavailable names the path and what
// keeps it from being listened on. Whoever calls this holds something that keeps others from doing
// the same before it listens: between the look and the removal, another one's socket could come.
absl::Status RemoveStaleSocket(const std::string& path);

// A SEQPACKET socket that listens at a path; removes its file when it dies, unless somebody else
// has put another one there.
class ListeningSocket {
 public:
  // The file gets `mode` whatever the umask. Takes the place of a socket at which nobody listens
  // any more; of nothing else. kInvalidArgument: not a path for a socket; kUnavailable names the
  // path and what keeps it from being listened on.
  static absl::StatusOr<std::unique_ptr<ListeningSocket>> Open(const std::string& path,
                                                               mode_t mode);
  ListeningSocket(const ListeningSocket&) = delete;
  ListeningSocket& operator=(const ListeningSocket&) = delete;
  ~ListeningSocket();

  const FileDescriptor& descriptor() const { return descriptor_; }

 private:
  ListeningSocket(FileDescriptor descriptor, std::string path);

  FileDescriptor descriptor_;
  const std::string path_;
  dev_t device_ = 0;  // of the file that this socket created
  ino_t inode_ = 0;
};

}  // namespace zerod

#endif  // ZEROD_IPC_LISTENING_SOCKET_H_
