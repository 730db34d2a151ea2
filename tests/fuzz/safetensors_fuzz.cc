// The first byte says what the others are: a file, the header of one with some data behind it, or a
// model's index.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/safetensors/file_reader.h"
#include "base/safetensors/header_parser.h"
#include "base/safetensors/header_text.h"
#include "client/model_files/model_index.h"

namespace zerod {
namespace {

// What is understood covers the data, and stays the same when it is written and read again.
void CheckHeader(const SafetensorsHeader& header, std::uint64_t data_bytes) {
  std::uint64_t position = 0;
  for (const StoredTensor& tensor : header.tensors) {
    ZEROD_CHECK(tensor.begin == position && tensor.end >= position);
    ZEROD_CHECK(*SizeBytes(tensor) == tensor.end - tensor.begin);
    position = tensor.end;
  }
  ZEROD_CHECK(position == data_bytes);
  const auto text = SafetensorsHeaderText(header);
  ZEROD_CHECK(text.ok() && text->size() % 8 == 0);
  const auto again =
      ParseSafetensorsHeader(absl::string_view(*text).substr(kSafetensorsLengthBytes), data_bytes);
  ZEROD_CHECK(again.ok() && again->metadata == header.metadata);
  ZEROD_CHECK(again->tensors.size() == header.tensors.size());
  ZEROD_CHECK(*SafetensorsHeaderText(*again) == *text);
}

void FuzzFile(absl::string_view bytes) {
  static const int descriptor = memfd_create("fuzz", MFD_CLOEXEC);
  ZEROD_CHECK(ftruncate(descriptor, 0) == 0);
  ZEROD_CHECK(pwrite(descriptor, bytes.data(), bytes.size(), 0) ==
              static_cast<ssize_t>(bytes.size()));
  const auto file = SafetensorsFile::Open("/proc/self/fd/" + std::to_string(descriptor));
  if (!file.ok()) return;
  std::uint64_t data_bytes = 0;
  SafetensorsHeader header{.metadata = file->metadata()};
  for (const StoredTensor& tensor : file->tensors()) {
    ZEROD_CHECK(file->Find(tensor.name) == &tensor);
    const std::span<const std::byte> data = file->Bytes(tensor);
    const absl::string_view expected =
        bytes.substr(bytes.size() - file->tensors().back().end + tensor.begin);
    ZEROD_CHECK(data.empty() ||
                std::equal(data.begin(), data.end(), std::as_bytes(std::span(expected)).begin()));
    data_bytes += data.size();
    header.tensors.push_back(tensor);
  }
  CheckHeader(header, data_bytes);
}

void FuzzHeader(absl::string_view text, std::uint64_t data_bytes) {
  const auto header = ParseSafetensorsHeader(text, data_bytes);
  if (header.ok()) CheckHeader(*header, data_bytes);
}

void FuzzIndex(absl::string_view text) {
  const auto map = ParseModelIndex(text);
  if (!map.ok()) return;
  const auto again = ModelIndexText(*map, 0);
  ZEROD_CHECK(again.ok());
  ZEROD_CHECK(*ParseModelIndex(*again) == *map);
}

}  // namespace
}  // namespace zerod

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const absl::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      zerod::FuzzFile(bytes);
      break;
    case 1:
      zerod::FuzzHeader(bytes, data[0] / 3);
      break;
    default:
      zerod::FuzzIndex(bytes);
      break;
  }
  return 0;
}
