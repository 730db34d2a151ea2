#include "base/safetensors/header_parser.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "base/quoted.h"
#include "base/safetensors/header_events.h"
#include "base/status_macros.h"

namespace zerod {
namespace {

std::string Offsets(const StoredTensor& tensor) {
  return absl::StrCat("data_offsets [", tensor.begin, ", ", tensor.end, "]");
}

absl::Status CheckTensor(const StoredTensor& tensor, std::uint64_t data_bytes) {
  ZEROD_ASSIGN_OR_RETURN(const std::uint64_t size_bytes, SizeBytes(tensor));
  const std::string name = absl::StrCat("tensor ", Quoted(tensor.name));
  if (tensor.begin > tensor.end) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " has ", Offsets(tensor), ", which end before they begin"));
  }
  if (tensor.end - tensor.begin != size_bytes) {
    return absl::InvalidArgumentError(absl::StrCat(name, " is ", Describe(tensor), ", which takes ",
                                                   size_bytes, " bytes; its ", Offsets(tensor),
                                                   " hold ", tensor.end - tensor.begin));
  }
  if (tensor.end > data_bytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        name, " has ", Offsets(tensor), "; the file holds ", data_bytes, " bytes of data"));
  }
  return absl::OkStatus();
}

absl::Status Unclaimed(std::uint64_t begin, std::uint64_t end) {
  return absl::InvalidArgumentError(
      absl::StrCat("bytes ", begin, "..", end, " of the data belong to no tensor"));
}

// `tensors` are in the order of their bytes.
absl::Status CheckCover(const std::vector<StoredTensor>& tensors, std::uint64_t data_bytes) {
  std::uint64_t position = 0;
  const StoredTensor* previous = nullptr;
  for (const StoredTensor& tensor : tensors) {
    if (tensor.begin > position) return Unclaimed(position, tensor.begin);
    if (tensor.begin < position) {
      return absl::InvalidArgumentError(
          absl::StrCat("tensors ", Quoted(previous->name), ", ", Offsets(*previous), ", and ",
                       Quoted(tensor.name), ", ", Offsets(tensor), ", overlap"));
    }
    position = tensor.end;
    previous = &tensor;
  }
  return position == data_bytes ? absl::OkStatus() : Unclaimed(position, data_bytes);
}

}  // namespace

absl::StatusOr<SafetensorsHeader> ParseSafetensorsHeader(absl::string_view text,
                                                         std::uint64_t data_bytes) {
  SafetensorsHeaderEvents events;
  if (const absl::Status read = ReadJsonObject(text, events); !read.ok()) return read;
  SafetensorsHeader header = events.Take();
  for (const StoredTensor& tensor : header.tensors) {
    ZEROD_RETURN_IF_ERROR(CheckTensor(tensor, data_bytes));
  }
  std::ranges::sort(header.tensors, {}, [](const StoredTensor& tensor) {
    return std::tuple(tensor.begin, tensor.end);
  });
  ZEROD_RETURN_IF_ERROR(CheckCover(header.tensors, data_bytes));
  return header;
}

}  // namespace zerod
