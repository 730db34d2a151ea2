#ifndef ZEROD_CLIENT_MODEL_FILES_FILE_NAMES_H_
#define ZEROD_CLIENT_MODEL_FILES_FILE_NAMES_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace zerod {

inline constexpr absl::string_view kModelFile = "model.safetensors";
inline constexpr absl::string_view kModelIndex = "model.safetensors.index.json";
inline constexpr absl::string_view kIndexSuffix = ".index.json";
inline constexpr std::size_t kMaxModelFiles = 99'999;  // what five digits can number

// "model-00002-of-00003.safetensors" for index 1 of 3; kModelFile if there is only one.
std::string ModelFileName(std::size_t index, std::size_t count);

// Whether a file of this name is part of a model, for its readers.
bool IsModelFileName(absl::string_view name);

}  // namespace zerod

#endif  // ZEROD_CLIENT_MODEL_FILES_FILE_NAMES_H_
