#include "base/safetensors/file_reader.h"

#include <bit>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/safetensors/header_parser.h"
#include "base/status_macros.h"

namespace zerod {
namespace {

static_assert(std::endian::native == std::endian::little);

absl::StatusOr<std::span<const std::byte>> HeaderBytes(std::span<const std::byte> file) {
  if (file.size() < kSafetensorsLengthBytes) {
    return absl::InvalidArgumentError(absl::StrCat("has ", file.size(),
                                                   " bytes; the length of its header alone takes ",
                                                   kSafetensorsLengthBytes));
  }
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), sizeof(length));
  const std::uint64_t room = file.size() - kSafetensorsLengthBytes;
  if (length > kMaxSafetensorsHeaderBytes) {
    return absl::InvalidArgumentError(absl::StrCat("says that its header has ", length,
                                                   " bytes; at most ", kMaxSafetensorsHeaderBytes,
                                                   " are allowed"));
  }
  if (length > room) {
    return absl::InvalidArgumentError(absl::StrCat("says that its header has ", length,
                                                   " bytes, and has only ", room, " behind that"));
  }
  return file.subspan(kSafetensorsLengthBytes, length);
}

absl::Status At(const std::string& path, const absl::Status& status) {
  return {status.code(), absl::StrCat("'", path, "': ", status.message())};
}

}  // namespace

absl::StatusOr<SafetensorsFile> SafetensorsFile::Open(const std::string& path) {
  ZEROD_ASSIGN_OR_RETURN(MappedFile file, MappedFile::Open(path));
  const absl::StatusOr<std::span<const std::byte>> header_bytes = HeaderBytes(file.bytes());
  if (!header_bytes.ok()) return At(path, header_bytes.status());
  const std::span<const std::byte> data =
      file.bytes().subspan(kSafetensorsLengthBytes + header_bytes->size());
  absl::StatusOr<SafetensorsHeader> header = ParseSafetensorsHeader(
      {reinterpret_cast<const char*>(header_bytes->data()), header_bytes->size()}, data.size());
  if (!header.ok()) return At(path, header.status());
  return SafetensorsFile(path, std::move(file), *std::move(header), data);
}

SafetensorsFile::SafetensorsFile(std::string path, MappedFile file, SafetensorsHeader header,
                                 std::span<const std::byte> data)
    : path_(std::move(path)), file_(std::move(file)), header_(std::move(header)), data_(data) {
  for (const StoredTensor& tensor : header_.tensors) by_name_.emplace(tensor.name, &tensor);
}

const StoredTensor* SafetensorsFile::Find(absl::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

}  // namespace zerod
