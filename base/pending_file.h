#ifndef ZEROD_BASE_PENDING_FILE_H_
#define ZEROD_BASE_PENDING_FILE_H_

#include <cstddef>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace zerod {

// A file that comes into being as a whole: written beside its path, under another name, and renamed
// once all of it is on the disk. What is not published vanishes with this object. Move-only.
// Errors name the path; kResourceExhausted: the disk is full.
class PendingFile {
 public:
  static absl::StatusOr<PendingFile> Create(const std::string& path);
  PendingFile(PendingFile&& other) noexcept;
  PendingFile& operator=(PendingFile&&) = delete;
  ~PendingFile();

  const std::string& path() const { return path_; }

  absl::Status Write(std::span<const std::byte> bytes);
  // Nothing can be written after it.
  absl::Status Sync();
  // After Sync(). Takes the place of what is there. It outlives a crash once SyncFolder has
  // returned.
  absl::Status Publish();

 private:
  PendingFile(std::string path, std::string beside, int descriptor);
  absl::Status Error(int error) const;

  std::string path_;
  std::string beside_;  // empty: nothing is there
  int descriptor_ = -1;
};

// Makes sure that the names of the files in `folder` outlive a crash.
absl::Status SyncFolder(const std::string& folder);

}  // namespace zerod

#endif  // ZEROD_BASE_PENDING_FILE_H_
