#include "base/safetensors/file_writer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/safetensors/header_text.h"
#include "base/status_macros.h"

namespace zerod {
namespace {

absl::Status At(const std::string& path, const absl::Status& status) {
  return {status.code(), absl::StrCat("'", path, "': ", status.message())};
}

}  // namespace

absl::StatusOr<SafetensorsWriter> SafetensorsWriter::Create(const std::string& path,
                                                            SafetensorsHeader header) {
  const absl::StatusOr<std::uint64_t> data_bytes = PlaceTensors(header.tensors);
  if (!data_bytes.ok()) return At(path, data_bytes.status());
  const absl::StatusOr<std::string> text = SafetensorsHeaderText(header);
  if (!text.ok()) return At(path, text.status());
  ZEROD_ASSIGN_OR_RETURN(PendingFile file, PendingFile::Create(path));
  ZEROD_RETURN_IF_ERROR(file.Write(std::as_bytes(std::span(*text))));
  return SafetensorsWriter(std::move(file), *data_bytes);
}

absl::Status SafetensorsWriter::Append(std::span<const std::byte> bytes) {
  if (bytes.size() > missing_bytes_) {
    return absl::InvalidArgumentError(absl::StrCat("'", path(), "': ", bytes.size(),
                                                   " more bytes were given; its header leaves ",
                                                   missing_bytes_));
  }
  ZEROD_RETURN_IF_ERROR(file_.Write(bytes));
  missing_bytes_ -= bytes.size();
  return absl::OkStatus();
}

absl::Status SafetensorsWriter::Finish() {
  if (missing_bytes_ == 0) return file_.Sync();
  return absl::FailedPreconditionError(
      absl::StrCat("'", path(), "' lacks ", missing_bytes_, " bytes of the data"));
}

}  // namespace zerod
