#ifndef ZEROD_BASE_SAFETENSORS_HEADER_EVENTS_H_
#define ZEROD_BASE_SAFETENSORS_HEADER_EVENTS_H_

#include <cstdint>
#include <string>
#include <unordered_set>
#include <utility>

#include "base/json_events.h"
#include "base/safetensors/tensor_layout.h"

namespace zerod {

// Puts a header together from its JSON. What it leaves unchecked is whether dtypes, shapes and
// offsets fit each other.
class SafetensorsHeaderEvents final : public JsonEvents {
 public:
  SafetensorsHeader Take() { return std::move(header_); }

  absl::Status ObjectBegins() override;
  absl::Status Key(std::string key) override;
  absl::Status ObjectEnds() override;
  absl::Status ArrayBegins() override;
  absl::Status ArrayEnds() override;
  absl::Status Text(std::string text) override;
  absl::Status Unsigned(std::uint64_t number) override;
  absl::Status Other(absl::string_view what) override { return Unexpected(what); }

 private:
  // What is being read, from the outside to the inside.
  enum class Place : std::uint8_t {
    kOutside,
    kHeader,       // between tensors
    kTensorValue,  // behind a tensor's name
    kTensor,       // within it, before a key
    kDType,        // behind that key, as the next two
    kShape,
    kOffsets,
    kExtents,     // in the shape's array
    kOffsetPair,  // in the offsets'
    kMetadataValue,
    kMetadata,
    kMetadataText,  // behind a key of the metadata
    kEnd,
  };

  absl::Status Unexpected(absl::string_view what) const;
  absl::Status TensorKey(const std::string& key);
  absl::Status TensorEnds();
  std::string Where() const;
  StoredTensor& tensor() { return header_.tensors.back(); }

  SafetensorsHeader header_;
  Place place_ = Place::kOutside;
  std::unordered_set<std::string> names_;
  std::string metadata_key_;
  // Of the tensor that is being read.
  bool has_dtype_ = false;
  bool has_shape_ = false;
  bool has_offsets_ = false;
  int offset_count_ = 0;
};

}  // namespace zerod

#endif  // ZEROD_BASE_SAFETENSORS_HEADER_EVENTS_H_
