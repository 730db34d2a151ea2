#include "client/model_files/file_set.h"

#include <filesystem>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/mapped_file.h"
#include "base/quoted.h"
#include "base/status_macros.h"
#include "client/model_files/file_names.h"
#include "client/model_files/model_index.h"

namespace zerod {
namespace {

namespace fs = std::filesystem;

// The file or index that a folder's model begins with.
absl::StatusOr<fs::path> EntryOf(const fs::path& folder) {
  const fs::path file = folder / std::string(kModelFile);
  const fs::path index = folder / std::string(kModelIndex);
  std::error_code ignored;
  const bool has_file = fs::exists(file, ignored);
  const bool has_index = fs::exists(index, ignored);
  if (has_file && has_index) {
    return absl::InvalidArgumentError(absl::StrCat("'", folder.string(), "' holds ", kModelFile,
                                                   " and ", kModelIndex,
                                                   "; give the one that is meant"));
  }
  if (has_file) return file;
  if (has_index) return index;
  return absl::NotFoundError(
      absl::StrCat("'", folder.string(), "' holds neither ", kModelFile, " nor ", kModelIndex));
}

absl::StatusOr<WeightMap> ReadIndex(const fs::path& path) {
  ZEROD_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(path.string()));
  const std::span<const std::byte> bytes = file.bytes();
  absl::StatusOr<WeightMap> map =
      ParseModelIndex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (map.ok()) return map;
  return absl::Status(map.status().code(),
                      absl::StrCat("'", path.string(), "' ", map.status().message()));
}

absl::Status CheckFile(const fs::path& index, const WeightMap& map, const SafetensorsFile& file) {
  const std::string file_name = fs::path(file.path()).filename().string();
  std::size_t expected = 0;
  for (const auto& [name, where] : map) {
    if (where != file_name) continue;
    ++expected;
    if (file.Find(name) != nullptr) continue;
    return absl::InvalidArgumentError(absl::StrCat("'", index.string(), "' has ", Quoted(name),
                                                   " in ", Quoted(where), ", which lacks it"));
  }
  if (expected == file.tensors().size()) return absl::OkStatus();
  for (const StoredTensor& tensor : file.tensors()) {
    const auto found = map.find(tensor.name);
    if (found != map.end() && found->second == file_name) continue;
    return absl::InvalidArgumentError(absl::StrCat("'", file.path(), "' holds ",
                                                   Quoted(tensor.name), ", which '", index.string(),
                                                   "' does not have there"));
  }
  return absl::OkStatus();
}

absl::StatusOr<ModelFileSet> OpenIndexed(const fs::path& index) {
  ZEROD_ASSIGN_OR_RETURN(const WeightMap map, ReadIndex(index));
  std::set<std::string> names;
  for (const auto& [tensor, file] : map) names.insert(file);
  if (names.size() > kMaxModelFiles) {
    return absl::InvalidArgumentError(absl::StrCat("'", index.string(), "' names ", names.size(),
                                                   " files; at most ", kMaxModelFiles,
                                                   " are allowed"));
  }
  ModelFileSet set;
  for (const std::string& name : names) {
    ZEROD_ASSIGN_OR_RETURN(SafetensorsFile file,
                           SafetensorsFile::Open((index.parent_path() / name).string()));
    ZEROD_RETURN_IF_ERROR(CheckFile(index, map, file));
    set.files.push_back(std::move(file));
  }
  return set;
}

}  // namespace

absl::StatusOr<ModelFileSet> OpenModelFileSet(const std::string& path) {
  fs::path entry = path;
  std::error_code ignored;
  if (fs::is_directory(entry, ignored)) {
    ZEROD_ASSIGN_OR_RETURN(entry, EntryOf(entry));
  }
  if (absl::EndsWith(entry.string(), kIndexSuffix)) return OpenIndexed(entry);
  ZEROD_ASSIGN_OR_RETURN(SafetensorsFile file, SafetensorsFile::Open(entry.string()));
  ModelFileSet set;
  set.files.push_back(std::move(file));
  return set;
}

}  // namespace zerod
