#ifndef ZEROD_CLIENT_MODEL_FILES_MODEL_INDEX_H_
#define ZEROD_CLIENT_MODEL_FILES_MODEL_INDEX_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace zerod {

// Which file of a model holds which tensor: names of tensors to names of files in the index's own
// folder.
using WeightMap = std::map<std::string, std::string>;

inline constexpr std::uint64_t kMaxModelIndexBytes = 100'000'000;

// Strict about the weight_map: texts only, no tensor twice, no file of another folder. All else is
// left unread: the files themselves tell it better. kInvalidArgument says what is wrong.
absl::StatusOr<WeightMap> ParseModelIndex(absl::string_view text);

// kInvalidArgument: a name is not UTF-8.
absl::StatusOr<std::string> ModelIndexText(const WeightMap& weight_map, std::uint64_t total_bytes);

}  // namespace zerod

#endif  // ZEROD_CLIENT_MODEL_FILES_MODEL_INDEX_H_
