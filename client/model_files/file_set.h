#ifndef ZEROD_CLIENT_MODEL_FILES_FILE_SET_H_
#define ZEROD_CLIENT_MODEL_FILES_FILE_SET_H_

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/safetensors/file_reader.h"

namespace zerod {

// The files of one model, mapped.
struct ModelFileSet {
  std::vector<SafetensorsFile> files;
};

// Of a file, an index or a folder, as ReadModelFiles. kInvalidArgument: index and files contradict
// each other; each tensor lies in the file that the index says, and in no other.
absl::StatusOr<ModelFileSet> OpenModelFileSet(const std::string& path);

}  // namespace zerod

#endif  // ZEROD_CLIENT_MODEL_FILES_FILE_SET_H_
