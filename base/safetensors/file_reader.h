#ifndef ZEROD_BASE_SAFETENSORS_FILE_READER_H_
#define ZEROD_BASE_SAFETENSORS_FILE_READER_H_

#include <cstddef>
#include <map>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/mapped_file.h"
#include "base/safetensors/tensor_layout.h"

namespace zerod {

// A safetensors file, mapped: tensors are read from the disk as they are looked at. Move-only.
class SafetensorsFile {
 public:
  // Checks all of the header before any of it is believed; kInvalidArgument names the file, the
  // tensor, and what contradicts each other. Values are not looked at.
  static absl::StatusOr<SafetensorsFile> Open(const std::string& path);

  const std::string& path() const { return path_; }
  // In the order of their bytes.
  std::span<const StoredTensor> tensors() const { return header_.tensors; }
  const std::map<std::string, std::string>& metadata() const { return header_.metadata; }
  // Null: there is none of this name.
  const StoredTensor* Find(absl::string_view name) const;
  // Of one of tensors(). A file need not align them to their elements.
  std::span<const std::byte> Bytes(const StoredTensor& tensor) const {
    return data_.subspan(tensor.begin, tensor.end - tensor.begin);
  }

 private:
  SafetensorsFile(std::string path, MappedFile file, SafetensorsHeader header,
                  std::span<const std::byte> data);

  std::string path_;
  MappedFile file_;
  SafetensorsHeader header_;
  std::span<const std::byte> data_;                           // of file_
  std::map<absl::string_view, const StoredTensor*> by_name_;  // of header_
};

}  // namespace zerod

#endif  // ZEROD_BASE_SAFETENSORS_FILE_READER_H_
