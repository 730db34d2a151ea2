#include "ipc/listening_socket.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "ipc/local_address.h"
#include "ipc/steady_deadline.h"
#include "ipc/system_error.h"

namespace zerod {
namespace {

absl::Status CannotListen(const std::string& path, int error_number, absl::string_view what) {
  return SystemError(absl::StatusCode::kUnavailable, error_number,
                     absl::StrCat(path, ": can't listen there: ", what));
}

// Holds the directory's lock. Between looking whether a socket is stale and listening in its place
// nobody else may do the same, or one would remove the other's.
absl::StatusOr<FileDescriptor> LockDirectoryOf(const std::string& path) {
  constexpr absl::Duration kPatience = absl::Seconds(2);
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const std::string folder = parent.empty() ? "." : parent;
  FileDescriptor directory(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open()) return CannotListen(path, errno, absl::StrCat("its folder ", folder));
  const absl::Duration deadline = SteadyNow() + kPatience;
  while (flock(directory.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return CannotListen(path, errno, "flock of its folder");
    if (SteadyNow() >= deadline) {
      return absl::UnavailableError(
          absl::StrCat(path, ": can't listen there: another process holds the lock of the folder ",
                       folder, "; use a folder of the daemon's own"));
    }
    absl::SleepFor(absl::Milliseconds(5));
  }
  return directory;
}

}  // namespace

absl::Status RemoveStaleSocket(const std::string& path) {
  ZEROD_ASSIGN_OR_RETURN(const sockaddr_un address, LocalAddress(path));
  struct stat file = {};
  if (lstat(path.c_str(), &file) != 0) {
    return errno == ENOENT ? absl::OkStatus() : CannotListen(path, errno, "lstat");
  }
  if (!S_ISSOCK(file.st_mode)) {
    return absl::UnavailableError(
        absl::StrCat(path,
                     ": can't listen there: a file that is no socket lies there; remove it, "
                     "or choose another path"));
  }
  ZEROD_ASSIGN_OR_RETURN(const FileDescriptor probe, NewLocalSocket());
  const int error_number = ConnectTo(probe, address);
  switch (error_number) {
    case ENOENT:
      return absl::OkStatus();
    case ECONNREFUSED:
      if (unlink(path.c_str()) == 0 || errno == ENOENT) return absl::OkStatus();
      return CannotListen(path, errno, "a socket that nobody listens at lies there; unlink");
    case 0:
    case EAGAIN:      // its queue is full
    case EPROTOTYPE:  // of another kind, gRPC's for instance
      return absl::UnavailableError(
          absl::StrCat(path, ": another process listens there; stop it, or choose another path"));
    default:
      return CannotListen(path, error_number, "a socket lies there that can't be connected to");
  }
}

absl::StatusOr<std::unique_ptr<ListeningSocket>> ListeningSocket::Open(const std::string& path,
                                                                       mode_t mode) {
  ZEROD_ASSIGN_OR_RETURN(const sockaddr_un address, LocalAddress(path));
  ZEROD_ASSIGN_OR_RETURN(const FileDescriptor directory, LockDirectoryOf(path));
  ZEROD_RETURN_IF_ERROR(RemoveStaleSocket(path));
  ZEROD_ASSIGN_OR_RETURN(FileDescriptor descriptor, NewLocalSocket());
  if (bind(descriptor.number(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) !=
      0) {
    return CannotListen(path, errno, "bind");
  }
  std::unique_ptr<ListeningSocket> listening(new ListeningSocket(std::move(descriptor), path));
  // Before listen(2) nobody can connect, so that a laxer umask does no harm in between.
  if (chmod(path.c_str(), mode) != 0) return CannotListen(path, errno, "chmod");
  if (listen(listening->descriptor().number(), SOMAXCONN) != 0) {
    return CannotListen(path, errno, "listen");
  }
  return listening;
}

ListeningSocket::ListeningSocket(FileDescriptor descriptor, std::string path)
    : descriptor_(std::move(descriptor)), path_(std::move(path)) {
  struct stat file = {};
  if (lstat(path_.c_str(), &file) == 0) {
    device_ = file.st_dev;
    inode_ = file.st_ino;
  }
}

ListeningSocket::~ListeningSocket() {
  struct stat file = {};
  const bool is_ours = lstat(path_.c_str(), &file) == 0 && S_ISSOCK(file.st_mode) &&
                       file.st_dev == device_ && file.st_ino == inode_;
  if (is_ours) unlink(path_.c_str());
}

}  // namespace zerod
