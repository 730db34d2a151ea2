#ifndef ZEROD_BASE_SAFETENSORS_TENSOR_LAYOUT_H_
#define ZEROD_BASE_SAFETENSORS_TENSOR_LAYOUT_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "zerod/base/dtype.h"

namespace zerod {

// Element types of the safetensors layout that zerod writes and reads: weights, and bytes of state.
enum class StoredDType : std::uint8_t { kBf16, kF16, kF32, kU8, kI8, kU16 };

std::size_t StoredDTypeBytes(StoredDType dtype);
// As files have it: "BF16".
absl::string_view StoredDTypeName(StoredDType dtype);
std::optional<StoredDType> FindStoredDType(absl::string_view name);
StoredDType StoredAs(DType dtype);
// Unset: no dtype of weights.
std::optional<DType> WeightDType(StoredDType dtype);

// One tensor of a file: row-major, little-endian.
struct StoredTensor {
  std::string name;
  StoredDType dtype = StoredDType::kBf16;
  std::vector<std::uint64_t> shape;  // {} is a scalar
  // Of its bytes, counted from the first one behind the header.
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// What a file says of itself. A file is eight bytes with the length of its header (little-endian),
// the header, which is a JSON object, and the tensors' bytes, without holes.
struct SafetensorsHeader {
  std::vector<StoredTensor> tensors;
  std::map<std::string, std::string> metadata;
};

inline constexpr std::size_t kSafetensorsLengthBytes = 8;
inline constexpr std::uint64_t kMaxSafetensorsHeaderBytes = 100'000'000;
inline constexpr std::size_t kMaxStoredExtents = 64;
// The key of the metadata, in place of a tensor's name.
inline constexpr absl::string_view kSafetensorsMetadataKey = "__metadata__";

// What its dtype and shape take. kInvalidArgument names the tensor when it is beyond 64 bits.
absl::StatusOr<std::uint64_t> SizeBytes(const StoredTensor& tensor);

// "F32 [2, 3]", for messages.
std::string Describe(const StoredTensor& tensor);

}  // namespace zerod

#endif  // ZEROD_BASE_SAFETENSORS_TENSOR_LAYOUT_H_
