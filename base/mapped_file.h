#ifndef ZEROD_BASE_MAPPED_FILE_H_
#define ZEROD_BASE_MAPPED_FILE_H_

#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace zerod {

// A regular file's bytes in memory, read-only, as they are read from it. Move-only. The file must
// neither shrink nor fail to be read as long as this lives: reading beyond its end is a SIGBUS.
class MappedFile {
 public:
  // The error names the file.
  static absl::StatusOr<MappedFile> Open(const std::string& path);
  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~MappedFile();

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::span<std::byte> bytes) : bytes_(bytes) {}

  std::span<std::byte> bytes_;  // empty: nothing is mapped
};

}  // namespace zerod

#endif  // ZEROD_BASE_MAPPED_FILE_H_
