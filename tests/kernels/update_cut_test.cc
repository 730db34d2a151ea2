#include <gtest/gtest.h>

#include "tests/kernels/update_state.h"

namespace zerod {
namespace {

// Tasks of 1, 3, 5, ... quant groups that together are `state`'s.
std::vector<UpdateTask> CutTask(UpdateState& state, const UpdateScalars& scalars) {
  const UpdateConfig& config = state.config;
  const std::size_t correction_bytes = state.correction.size() / state.count;
  const std::size_t moment_bytes = MomentBytes(config.codec);
  const std::size_t scales_per_group = state.scales.size() / (state.count / kQuantGroupElements);
  std::vector<UpdateTask> tasks;
  for (std::uint64_t begin = 0, groups = 1; begin < state.count; groups += 2) {
    UpdateTask part = state.Task(scalars);
    part.flat_begin += begin;
    part.count = std::min<std::uint64_t>(groups * kQuantGroupElements, state.count - begin);
    part.gradient += DTypeBytes(config.gradient_dtype) * begin;
    part.weights += DTypeBytes(config.dtype) * begin;
    if (part.correction != nullptr) part.correction += correction_bytes * begin;
    if (part.m != nullptr) part.m += moment_bytes * begin;
    if (part.v != nullptr) part.v += moment_bytes * begin;
    if (part.scales != nullptr) part.scales += scales_per_group * (begin / kQuantGroupElements);
    tasks.push_back(part);
    begin += part.count;
  }
  return tasks;
}

UpdateState StateToCut(const UpdateConfig& config, std::mt19937& random) {
  UpdateState state(config, 32 * 50);
  state.FillWeights(Values::kMixed, random);
  state.FillGradient(Values::kMixed, random);
  return state;
}

// Cutting a tensor into tasks at any quant group changes nothing, and tasks may share telemetry.
TEST(UpdateCut, TasksMayBeCutAnywhere) {
  std::mt19937 random(1);
  for (const UpdateConfig& config : ChainConfigs()) {
    const UpdateScalars scalars = config.Scalars(3);
    UpdateState whole = StateToCut(config, random);
    UpdateState cut = whole;
    const UpdateTask task = whole.Task(scalars);
    UpdateWeightsReference(config.Context(3), std::span(&task, 1));
    ForEachTarget([&](const char* target) {
      UpdateState state = cut;
      UpdateWeights(config.Context(3), CutTask(state, scalars));
      std::string difference;
      EXPECT_TRUE(state.Equals(whole, &difference))
          << target << ", " << config.Name() << ": " << difference;
    });
  }
}

TEST(UpdateCut, TelemetryOfTasksAddsUp) {
  std::mt19937 random(2);
  for (const UpdateConfig& config : ChainConfigs()) {
    const UpdateScalars scalars = config.Scalars(3);
    UpdateState whole = StateToCut(config, random);
    UpdateState cut = whole;
    const UpdateTask task = whole.Task(scalars);
    UpdateWeightsReference(config.Context(3), std::span(&task, 1));
    std::vector<UpdateTask> tasks = CutTask(cut, scalars);
    std::vector<UpdateTelemetry> parts(tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i) tasks[i].telemetry = &parts[i];
    UpdateWeights(config.Context(3), tasks);
    for (const UpdateTelemetry& part : parts) cut.telemetry.Merge(part);
    EXPECT_TRUE(cut.telemetry == whole.telemetry) << config.Name();
    EXPECT_GT(whole.telemetry.nonfinite_count, 0u);  // so that there is something to add
    EXPECT_GT(whole.telemetry.max_update_bits, 0u);
  }
}

}  // namespace
}  // namespace zerod
