#ifndef ZEROD_BASE_SAFETENSORS_FILE_WRITER_H_
#define ZEROD_BASE_SAFETENSORS_FILE_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/pending_file.h"
#include "base/safetensors/tensor_layout.h"

namespace zerod {

// Writes a safetensors file from its first byte to its last, and keeps nothing in memory. Nothing
// is at its path before Publish(), and nothing is left of it without. Move-only. Errors name the
// path.
class SafetensorsWriter {
 public:
  // The tensors' bytes will follow in the order of `header.tensors`, whose ranges are not looked
  // at; those with the widest elements should come first, so that all are aligned.
  static absl::StatusOr<SafetensorsWriter> Create(const std::string& path,
                                                  SafetensorsHeader header);

  const std::string& path() const { return file_.path(); }
  // The next bytes of the data: parts of tensors, or several of them. kInvalidArgument: there are
  // more than the header says.
  absl::Status Append(std::span<const std::byte> bytes);
  // All bytes are on the disk. kFailedPrecondition: some are missing.
  absl::Status Finish();
  // After Finish(); then SyncFolder().
  absl::Status Publish() { return file_.Publish(); }

 private:
  SafetensorsWriter(PendingFile file, std::uint64_t missing_bytes)
      : file_(std::move(file)), missing_bytes_(missing_bytes) {}

  PendingFile file_;
  std::uint64_t missing_bytes_ = 0;
};

}  // namespace zerod

#endif  // ZEROD_BASE_SAFETENSORS_FILE_WRITER_H_
