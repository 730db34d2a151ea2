#include "examples/train_lm/initial_values.h"

#include <cmath>

#include "absl/strings/match.h"
#include "examples/train_lm/random.h"

namespace zerod::train_lm {
namespace {

bool WritesIntoResidual(const Parameter& parameter) {
  return absl::EndsWith(parameter.name, "attention.projection.weight") ||
         absl::EndsWith(parameter.name, "mlp.down.weight");
}

}  // namespace

std::vector<float> InitialValues(const ModelConfig& config, const ParameterTable& table,
                                 std::uint64_t seed) {
  constexpr std::uint64_t kStream = 1;
  std::vector<float> values(table.element_count, 0.0f);
  for (std::size_t i = 0; i < table.all.size(); ++i) {
    const Parameter& parameter = table.all[i];
    float* first = values.data() + parameter.offset;
    if (parameter.shape.size() < 2) {
      if (absl::StrContains(parameter.name, "norm") && absl::EndsWith(parameter.name, ".weight")) {
        for (std::size_t j = 0; j < parameter.count; ++j) first[j] = 1.0f;
      }
      continue;
    }
    const double deviation =
        WritesIntoResidual(parameter) ? 0.02 / std::sqrt(2.0 * config.layers) : 0.02;
    Random random({kStream, seed, i});
    for (std::size_t j = 0; j < parameter.count; ++j) {
      first[j] = static_cast<float>(deviation * random.Normal());
    }
  }
  return values;
}

}  // namespace zerod::train_lm
