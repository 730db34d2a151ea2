#ifndef ZEROD_TESTS_CLIENT_SOME_MODEL_H_
#define ZEROD_TESTS_CLIENT_SOME_MODEL_H_

#include <algorithm>
#include <string>
#include <vector>

#include "zerod/model_files.h"

namespace zerod {

// Four parameters, no two of one size, with bytes that tell which is which.
struct SomeModel {
  SomeModel() {
    parameters = {{.name = "up", .shape = {3, 5}, .dtype = DType::kBf16},
                  {.name = "bias", .shape = {7}, .dtype = DType::kFp32},
                  {.name = "norm", .shape = {1, 35}, .dtype = DType::kFp16},
                  {.name = "scale", .shape = {}, .dtype = DType::kFp32}};
    std::uint8_t next = 1;
    for (const ParameterSpec& parameter : parameters) {
      std::size_t count = 1;
      for (const std::int64_t extent : parameter.shape) count *= static_cast<std::size_t>(extent);
      std::vector<std::byte>& value = values.emplace_back(count * DTypeBytes(parameter.dtype));
      for (std::byte& byte : value) byte = std::byte{next++};
    }
  }

  ConstTensorView View(std::size_t parameter) const {
    return {parameters[parameter].dtype, values[parameter]};
  }
  absl::Status Write(const std::string& folder, const ModelFileOptions& options = {}) const {
    return WriteModelFiles(
        folder, parameters,
        [this](std::size_t parameter) -> absl::StatusOr<ConstTensorView> {
          return View(parameter);
        },
        options);
  }
  // Whether these are its values, dtypes aside.
  bool HoldsBytes(const std::vector<ConstTensorView>& views) const {
    return std::equal(views.begin(), views.end(), values.begin(), values.end(),
                      [](const ConstTensorView& view, const std::vector<std::byte>& value) {
                        return std::ranges::equal(view.bytes, value);
                      });
  }
  bool Holds(const std::vector<ConstTensorView>& views) const {
    return HoldsBytes(views) &&
           std::equal(views.begin(), views.end(), parameters.begin(),
                      [](const ConstTensorView& view, const ParameterSpec& parameter) {
                        return view.dtype == parameter.dtype;
                      });
  }

  std::vector<ParameterSpec> parameters;
  std::vector<std::vector<std::byte>> values;
};

}  // namespace zerod

#endif  // ZEROD_TESTS_CLIENT_SOME_MODEL_H_
