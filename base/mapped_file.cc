#include "base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"

namespace zerod {
namespace {

absl::Status Unreadable(const std::string& path, int error) {
  return absl::ErrnoToStatus(error, absl::StrCat("'", path, "' can't be read"));
}

absl::StatusOr<std::span<std::byte>> Map(const std::string& path, int descriptor) {
  struct stat state = {};
  if (fstat(descriptor, &state) != 0) return Unreadable(path, errno);
  if (!S_ISREG(state.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat("'", path, "' is no regular file"));
  }
  const auto size_bytes = static_cast<std::size_t>(state.st_size);
  if (size_bytes == 0) return std::span<std::byte>();
  void* const mapped = mmap(nullptr, size_bytes, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (mapped == MAP_FAILED) return Unreadable(path, errno);
  return std::span(static_cast<std::byte*>(mapped), size_bytes);
}

}  // namespace

absl::StatusOr<MappedFile> MappedFile::Open(const std::string& path) {
  // A pipe without a writer would be waited for, otherwise.
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return Unreadable(path, errno);
  const absl::StatusOr<std::span<std::byte>> bytes = Map(path, descriptor);
  close(descriptor);
  if (!bytes.ok()) return bytes.status();
  return MappedFile(*bytes);
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) munmap(bytes_.data(), bytes_.size());
}

}  // namespace zerod
