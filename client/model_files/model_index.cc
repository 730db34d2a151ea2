#include "client/model_files/model_index.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/json_events.h"
#include "base/quoted.h"
#include "base/safetensors/header_text.h"
#include "base/status_macros.h"

namespace zerod {
namespace {

constexpr absl::string_view kWeightMapKey = "weight_map";

bool IsPlainFileName(absl::string_view name) {
  return !name.empty() && name != "." && name != ".." && !absl::StrContains(name, '/') &&
         !absl::StrContains(name, '\0');
}

class IndexEvents final : public JsonEvents {
 public:
  absl::StatusOr<WeightMap> Take() {
    if (has_weight_map_) return std::move(weight_map_);
    return absl::InvalidArgumentError("has no weight_map");
  }

  absl::Status ObjectBegins() override { return Opens(/*is_object=*/true); }
  absl::Status ArrayBegins() override { return Opens(/*is_object=*/false); }
  absl::Status ObjectEnds() override { return Closes(); }
  absl::Status ArrayEnds() override { return Closes(); }
  absl::Status Key(std::string key) override;
  absl::Status Text(std::string text) override;
  absl::Status Unsigned(std::uint64_t) override { return Other("a number"); }
  absl::Status Other(absl::string_view what) override;

 private:
  absl::Status Opens(bool is_object);
  absl::Status Closes();
  // Of the whole text, or of one of its keys' values.
  bool in_weight_map() const { return in_weight_map_ && depth_ == 2; }

  WeightMap weight_map_;
  bool has_weight_map_ = false;
  bool in_weight_map_ = false;  // behind its key
  std::size_t depth_ = 0;       // of objects and arrays that are open
  std::string name_;            // the weight_map's last key
};

absl::Status IndexEvents::Opens(bool is_object) {
  if (in_weight_map_ && (depth_ != 1 || !is_object)) return Other("an object or array");
  ++depth_;
  return absl::OkStatus();
}

absl::Status IndexEvents::Closes() {
  --depth_;
  return absl::OkStatus();
}

absl::Status IndexEvents::Key(std::string key) {
  if (in_weight_map()) {
    if (weight_map_.contains(key)) {
      return absl::InvalidArgumentError(absl::StrCat("has ", Quoted(key), " twice"));
    }
    name_ = std::move(key);
    return absl::OkStatus();
  }
  if (depth_ != 1) return absl::OkStatus();
  in_weight_map_ = key == kWeightMapKey;
  if (in_weight_map_ && std::exchange(has_weight_map_, true)) {
    return absl::InvalidArgumentError("has two weight_maps");
  }
  return absl::OkStatus();
}

absl::Status IndexEvents::Text(std::string text) {
  if (!in_weight_map()) return Other("a text");
  if (!IsPlainFileName(text)) {
    return absl::InvalidArgumentError(absl::StrCat("has ", Quoted(name_), " in ", Quoted(text),
                                                   ", which is no name of a file in its folder"));
  }
  weight_map_.emplace(std::move(name_), std::move(text));
  return absl::OkStatus();
}

absl::Status IndexEvents::Other(absl::string_view what) {
  if (!in_weight_map_) return absl::OkStatus();
  if (depth_ == 1) return absl::InvalidArgumentError(absl::StrCat("has ", what, " as weight_map"));
  return absl::InvalidArgumentError(absl::StrCat("has ", what, " as the file of ", Quoted(name_)));
}

}  // namespace

absl::StatusOr<WeightMap> ParseModelIndex(absl::string_view text) {
  if (text.size() > kMaxModelIndexBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("has ", text.size(), " bytes; at most ", kMaxModelIndexBytes, " are allowed"));
  }
  IndexEvents events;
  ZEROD_RETURN_IF_ERROR(ReadJsonObject(text, events));
  return events.Take();
}

absl::StatusOr<std::string> ModelIndexText(const WeightMap& weight_map, std::uint64_t total_bytes) {
  std::vector<std::string> entries;
  for (const auto& [name, file] : weight_map) {
    ZEROD_ASSIGN_OR_RETURN(const std::string name_text, JsonText(name));
    ZEROD_ASSIGN_OR_RETURN(const std::string file_text, JsonText(file));
    entries.push_back(absl::StrCat("    ", name_text, ": ", file_text));
  }
  return absl::StrCat("{\n  \"metadata\": {\n    \"total_size\": ", total_bytes, "\n  },\n  \"",
                      kWeightMapKey, "\": {\n", absl::StrJoin(entries, ",\n"), "\n  }\n}\n");
}

}  // namespace zerod
