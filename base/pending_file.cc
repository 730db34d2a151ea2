#include "base/pending_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace zerod {
namespace {

absl::Status Unwritable(const std::string& path, int error) {
  const std::string what = absl::StrCat("'", path, "' can't be written");
  // A quota and a limit on the size of files are full disks to whoever has to make room.
  if (error == EDQUOT || error == EFBIG) {
    return absl::ResourceExhaustedError(absl::ErrnoToStatus(error, what).message());
  }
  return absl::ErrnoToStatus(error, what);
}

// Of this process, at any time.
std::string NameBeside(const std::string& path) {
  static std::atomic<unsigned> count = 0;
  return absl::StrCat(path, ".partial.", getpid(), ".", ++count);
}

}  // namespace

absl::StatusOr<PendingFile> PendingFile::Create(const std::string& path) {
  std::string beside = NameBeside(path);
  // What is there already was left by a process that had this one's number.
  const int descriptor =
      open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (descriptor < 0) return Unwritable(path, errno);
  return PendingFile(path, std::move(beside), descriptor);
}

PendingFile::PendingFile(std::string path, std::string beside, int descriptor)
    : path_(std::move(path)), beside_(std::move(beside)), descriptor_(descriptor) {}

PendingFile::PendingFile(PendingFile&& other) noexcept
    : path_(std::move(other.path_)),
      beside_(std::exchange(other.beside_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

PendingFile::~PendingFile() {
  if (descriptor_ >= 0) close(descriptor_);
  if (!beside_.empty()) unlink(beside_.c_str());
}

absl::Status PendingFile::Error(int error) const { return Unwritable(path_, error); }

absl::Status PendingFile::Write(std::span<const std::byte> bytes) {
  ZEROD_CHECK(descriptor_ >= 0);
  while (!bytes.empty()) {
    const ssize_t count = write(descriptor_, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      return Error(errno);
    }
  }
  return absl::OkStatus();
}

absl::Status PendingFile::Sync() {
  ZEROD_CHECK(descriptor_ >= 0);
  if (fsync(descriptor_) != 0) return Error(errno);
  // Network file systems may tell of a full disk only here.
  return close(std::exchange(descriptor_, -1)) == 0 ? absl::OkStatus() : Error(errno);
}

absl::Status PendingFile::Publish() {
  ZEROD_CHECK(descriptor_ < 0 && !beside_.empty());
  if (std::rename(beside_.c_str(), path_.c_str()) != 0) return Error(errno);
  beside_.clear();
  return absl::OkStatus();
}

absl::Status SyncFolder(const std::string& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return Unwritable(folder, errno);
  const int error = fsync(descriptor) == 0 ? 0 : errno;
  close(descriptor);
  // Some file systems have nothing to sync there, and say so.
  return error == 0 || error == EINVAL ? absl::OkStatus() : Unwritable(folder, error);
}

}  // namespace zerod
