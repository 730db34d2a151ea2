#ifndef ZEROD_BENCH_GPU_TENSORS_H_
#define ZEROD_BENCH_GPU_TENSORS_H_

#include <cuda_runtime_api.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/gpu_memory.h"
#include "kernels/cuda/reduce_launch.h"
#include "kernels/cuda/update_launch.h"

namespace zerod::bench {

// What is measured.
struct GpuScenario {
  std::string name;
  Optimizer optimizer = Optimizer::kAdamW;
  double momentum = 0.0;
  StateCodec codec = StateCodec::kRobust;
  std::uint64_t element_count = 805306368;
  std::uint64_t tensor_count = 1;
  float gradient_scale = 1e-3f;          // 0: all gradients are 0
  bool had_gradients = true;             // else: nor have they ever been anything else
  std::uint32_t contribution_count = 0;  // bf16; 0: a reduced gradient
  std::uint32_t copy_count = 0;          // of the weights
  std::optional<UpdatePath> path;        // another than the one that is chosen
  std::optional<bool> interleaved;       // another than the one that is chosen
  int launches_per_measurement = 1;
  bool is_reduction = false;  // of the contributions, with the sum of squares; no update
};

// A scenario's tensors, one behind the other in each stream, and launches over them.
class GpuTensors {
 public:
  explicit GpuTensors(const GpuScenario& scenario);

  // Steps that leave ordinary state behind; with gradients even where the scenario has none, unless
  // it never had.
  void WarmUp(int step_count);
  // One step, or one reduction, on the default stream.
  void Launch();

  double BytesPerElement() const;
  std::string ShapeText() const;
  UpdateTelemetry Telemetry() const;

 private:
  template <typename T>
  T* Upload(const std::vector<T>& values);
  std::byte* Allocate(std::uint64_t bytes);
  std::byte* AllocateRandom(float scale);  // bf16, as many as there are elements
  UpdateTask MakeWhole();                  // all tensors as one
  UpdateTask Cut(const UpdateTask& whole, std::uint64_t begin, std::uint64_t count) const;
  void MakeTasks();
  void ChooseLaunch();
  void MakeReduction();

  GpuScenario scenario_;
  UpdateRule rule_;
  std::vector<std::shared_ptr<void>> memory_;
  std::byte* gradient_ = nullptr;
  UpdateScalars* scalars_ = nullptr;
  UpdateTelemetry* telemetry_ = nullptr;
  UpdateLaunch launch_;
  ReduceLaunch reduction_;
  LaunchShape shape_;
  std::uint64_t step_ = 0;
};

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_GPU_TENSORS_H_
