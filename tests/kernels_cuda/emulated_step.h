#ifndef ZEROD_TESTS_KERNELS_CUDA_EMULATED_STEP_H_
#define ZEROD_TESTS_KERNELS_CUDA_EMULATED_STEP_H_

#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/kernels/update_state.h"
#include "tests/kernels_cuda/emulated_launch.h"

namespace zerod {

inline void StepByDefinition(std::vector<UpdateState>& tensors, std::uint64_t step) {
  const UpdateScalars scalars = tensors[0].config.Scalars(step);
  for (UpdateState& tensor : tensors) {
    const UpdateTask task = tensor.Task(scalars);
    UpdateWeightsReference(tensor.config.Context(step), {&task, 1});
  }
}

// One step by the definition, and by emulated kernels on copies of the tensors. Returns how many
// chunks the fast path handed to the definition.
inline std::uint64_t StepBoth(std::vector<UpdateState>& expected,
                              std::vector<UpdateState>& emulated, std::uint64_t step,
                              const EmulatedShape& shape) {
  const UpdateScalars scalars = expected[0].config.Scalars(step);
  const UpdateContext context = expected[0].config.Context(step);
  std::vector<FusedUpdateTask> tasks;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    emulated[i].gradient = expected[i].gradient;
    tasks.push_back({.task = emulated[i].Task(scalars), .source = {}, .copies = {}});
  }
  for (UpdateState& tensor : expected) {
    const UpdateTask task = tensor.Task(scalars);
    UpdateWeightsReference(context, {&task, 1});
  }
  return EmulateUpdate(context, tasks, shape);
}

inline void ExpectSame(const std::vector<UpdateState>& expected,
                       const std::vector<UpdateState>& emulated) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    std::string difference;
    ASSERT_TRUE(emulated[i].Equals(expected[i], &difference))
        << "tensor " << i << " of " << expected[i].count << " elements, "
        << expected[i].config.Name() << ": " << difference;
  }
}

}  // namespace zerod

#endif  // ZEROD_TESTS_KERNELS_CUDA_EMULATED_STEP_H_
