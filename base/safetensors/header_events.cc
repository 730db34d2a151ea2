#include "base/safetensors/header_events.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/quoted.h"

namespace zerod {
namespace {

absl::Status Wrong(const std::string& where, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(where, " ", what));
}

}  // namespace

std::string SafetensorsHeaderEvents::Where() const {
  switch (place_) {
    case Place::kOutside:
    case Place::kHeader:
    case Place::kEnd:
      return "the header";
    case Place::kMetadataValue:
    case Place::kMetadata:
      return "the metadata";
    case Place::kMetadataText:
      return absl::StrCat("the metadata's ", Quoted(metadata_key_));
    case Place::kTensorValue:
    case Place::kTensor:
    case Place::kDType:
    case Place::kShape:
    case Place::kOffsets:
    case Place::kExtents:
    case Place::kOffsetPair:
      break;
  }
  const std::string name = absl::StrCat("tensor ", Quoted(header_.tensors.back().name));
  if (place_ == Place::kDType) return absl::StrCat("the dtype of ", name);
  if (place_ == Place::kShape || place_ == Place::kExtents) {
    return absl::StrCat("the shape of ", name);
  }
  if (place_ == Place::kOffsets || place_ == Place::kOffsetPair) {
    return absl::StrCat("the data_offsets of ", name);
  }
  return name;
}

absl::Status SafetensorsHeaderEvents::Unexpected(absl::string_view what) const {
  return Wrong(Where(), absl::StrCat("can't be, or hold, ", what));
}

absl::Status SafetensorsHeaderEvents::ObjectBegins() {
  if (place_ == Place::kOutside) {
    place_ = Place::kHeader;
  } else if (place_ == Place::kTensorValue) {
    place_ = Place::kTensor;
  } else if (place_ == Place::kMetadataValue) {
    place_ = Place::kMetadata;
  } else {
    return Unexpected("an object");
  }
  return absl::OkStatus();
}

absl::Status SafetensorsHeaderEvents::Key(std::string key) {
  if (place_ == Place::kTensor) return TensorKey(key);
  if (place_ == Place::kMetadata) {
    if (header_.metadata.contains(key)) {
      return Wrong("the metadata", absl::StrCat("has ", Quoted(key), " twice"));
    }
    metadata_key_ = std::move(key);
    place_ = Place::kMetadataText;
    return absl::OkStatus();
  }
  if (!names_.insert(key).second)
    return Wrong("the header", absl::StrCat("has ", Quoted(key), " twice"));
  if (key == kSafetensorsMetadataKey) {
    place_ = Place::kMetadataValue;
    return absl::OkStatus();
  }
  header_.tensors.push_back({.name = std::move(key)});
  has_dtype_ = has_shape_ = has_offsets_ = false;
  offset_count_ = 0;
  place_ = Place::kTensorValue;
  return absl::OkStatus();
}

absl::Status SafetensorsHeaderEvents::TensorKey(const std::string& key) {
  const struct {
    absl::string_view key;
    bool& is_there;
    Place place;
  } fields[] = {{"dtype", has_dtype_, Place::kDType},
                {"shape", has_shape_, Place::kShape},
                {"data_offsets", has_offsets_, Place::kOffsets}};
  for (const auto& field : fields) {
    if (key != field.key) continue;
    if (std::exchange(field.is_there, true)) {
      return Wrong(Where(), absl::StrCat("has ", Quoted(key), " twice"));
    }
    place_ = field.place;
    return absl::OkStatus();
  }
  return Wrong(Where(),
               absl::StrCat("has ", Quoted(key), "; known are dtype, shape and data_offsets"));
}

absl::Status SafetensorsHeaderEvents::ObjectEnds() {
  if (place_ == Place::kTensor) return TensorEnds();
  place_ = place_ == Place::kMetadata ? Place::kHeader : Place::kEnd;
  return absl::OkStatus();
}

absl::Status SafetensorsHeaderEvents::TensorEnds() {
  if (!has_dtype_) return Wrong(Where(), "has no dtype");
  if (!has_shape_) return Wrong(Where(), "has no shape");
  if (!has_offsets_) return Wrong(Where(), "has no data_offsets");
  place_ = Place::kHeader;
  return absl::OkStatus();
}

absl::Status SafetensorsHeaderEvents::ArrayBegins() {
  if (place_ == Place::kShape) {
    place_ = Place::kExtents;
  } else if (place_ == Place::kOffsets) {
    place_ = Place::kOffsetPair;
  } else {
    return Unexpected("an array");
  }
  return absl::OkStatus();
}

absl::Status SafetensorsHeaderEvents::ArrayEnds() {
  if (place_ == Place::kOffsetPair && offset_count_ != 2) {
    return Wrong(Where(), absl::StrCat("are ", offset_count_, " numbers, not 2"));
  }
  place_ = Place::kTensor;
  return absl::OkStatus();
}

absl::Status SafetensorsHeaderEvents::Text(std::string text) {
  if (place_ == Place::kMetadataText) {
    header_.metadata.emplace(std::move(metadata_key_), std::move(text));
    place_ = Place::kMetadata;
    return absl::OkStatus();
  }
  if (place_ != Place::kDType) return Unexpected("a text");
  const std::optional<StoredDType> dtype = FindStoredDType(text);
  if (!dtype) {
    return Wrong(Where(),
                 absl::StrCat("is ", Quoted(text), "; it can be BF16, F16, F32, U8, I8 or U16"));
  }
  tensor().dtype = *dtype;
  place_ = Place::kTensor;
  return absl::OkStatus();
}

absl::Status SafetensorsHeaderEvents::Unsigned(std::uint64_t number) {
  if (place_ == Place::kExtents) {
    if (tensor().shape.size() == kMaxStoredExtents) {
      return Wrong(Where(), absl::StrCat("has more than ", kMaxStoredExtents, " extents"));
    }
    tensor().shape.push_back(number);
    return absl::OkStatus();
  }
  if (place_ != Place::kOffsetPair) return Unexpected("a number");
  if (offset_count_ == 2) return Wrong(Where(), "are more than 2 numbers");
  (offset_count_++ == 0 ? tensor().begin : tensor().end) = number;
  return absl::OkStatus();
}

}  // namespace zerod
