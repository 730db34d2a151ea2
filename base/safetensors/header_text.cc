#include "base/safetensors/header_text.h"

#include <cstring>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/quoted.h"
#include "base/status_macros.h"
#include "nlohmann/json.hpp"

namespace zerod {
namespace {

absl::StatusOr<std::string> MetadataText(const SafetensorsHeader& header) {
  std::vector<std::string> entries;
  for (const auto& [key, value] : header.metadata) {
    ZEROD_ASSIGN_OR_RETURN(const std::string key_text, JsonText(key));
    ZEROD_ASSIGN_OR_RETURN(const std::string value_text, JsonText(value));
    entries.push_back(absl::StrCat(key_text, ":", value_text));
  }
  return absl::StrCat("\"", kSafetensorsMetadataKey, "\":{", absl::StrJoin(entries, ","), "}");
}

absl::StatusOr<std::string> TensorText(const StoredTensor& tensor) {
  ZEROD_ASSIGN_OR_RETURN(const std::string name, JsonText(tensor.name));
  return absl::StrCat(name, ":{\"dtype\":\"", StoredDTypeName(tensor.dtype), "\",\"shape\":[",
                      absl::StrJoin(tensor.shape, ","), "],\"data_offsets\":[", tensor.begin, ",",
                      tensor.end, "]}");
}

absl::Status CheckNames(const std::vector<StoredTensor>& tensors) {
  std::set<absl::string_view> names = {kSafetensorsMetadataKey};
  for (const StoredTensor& tensor : tensors) {
    if (names.insert(tensor.name).second) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("the name ", Quoted(tensor.name),
                     tensor.name == kSafetensorsMetadataKey ? " is reserved" : " is taken twice"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::uint64_t> PlaceTensors(std::vector<StoredTensor>& tensors) {
  std::uint64_t position = 0;
  for (StoredTensor& tensor : tensors) {
    ZEROD_ASSIGN_OR_RETURN(const std::uint64_t size_bytes, SizeBytes(tensor));
    tensor.begin = position;
    if (__builtin_add_overflow(position, size_bytes, &position)) {
      return absl::InvalidArgumentError(absl::StrCat("the tensors up to ", Quoted(tensor.name),
                                                     " are more than 64 bits can count"));
    }
    tensor.end = position;
  }
  return position;
}

absl::StatusOr<std::string> JsonText(absl::string_view text) {
  try {
    return nlohmann::json(std::string(text)).dump();
  } catch (const nlohmann::json::type_error&) {
    return absl::InvalidArgumentError(
        absl::StrCat("the name '", absl::CHexEscape(text.substr(0, 200)), "' is not UTF-8"));
  }
}

absl::StatusOr<std::string> SafetensorsHeaderText(const SafetensorsHeader& header) {
  ZEROD_RETURN_IF_ERROR(CheckNames(header.tensors));
  std::vector<std::string> entries;
  if (!header.metadata.empty()) {
    ZEROD_ASSIGN_OR_RETURN(entries.emplace_back(), MetadataText(header));
  }
  for (const StoredTensor& tensor : header.tensors) {
    ZEROD_ASSIGN_OR_RETURN(entries.emplace_back(), TensorText(tensor));
  }
  std::string json = absl::StrCat("{", absl::StrJoin(entries, ","), "}");
  json.resize((json.size() + 7) / 8 * 8, ' ');
  if (json.size() > kMaxSafetensorsHeaderBytes) {
    return absl::InvalidArgumentError(absl::StrCat("the header would take ", json.size(),
                                                   " bytes; at most ", kMaxSafetensorsHeaderBytes,
                                                   " are allowed"));
  }
  const std::uint64_t length = json.size();
  std::string text(kSafetensorsLengthBytes, '\0');
  std::memcpy(text.data(), &length, sizeof(length));
  return text + json;
}

}  // namespace zerod
