#include "client/model_files/file_names.h"

#include <fnmatch.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace zerod {

std::string ModelFileName(std::size_t index, std::size_t count) {
  if (count == 1) return std::string(kModelFile);
  return absl::StrFormat("model-%05d-of-%05d.safetensors", index + 1, count);
}

bool IsModelFileName(absl::string_view name) {
  if (name == kModelFile || name == kModelIndex) return true;
  return fnmatch("model-[0-9]*-of-[0-9]*.safetensors", std::string(name).c_str(), 0) == 0;
}

}  // namespace zerod
