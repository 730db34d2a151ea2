#include "bench/gpu_tensors.h"

#include "bench/gpu_fill.h"
#include "kernels/cuda/line_begins.h"

namespace zerod::bench {

template <typename T>
T* GpuTensors::Upload(const std::vector<T>& values) {
  memory_.push_back(AllocateOnDevice(values.size() * sizeof(T)));
  CheckCuda(cudaMemcpy(memory_.back().get(), values.data(), values.size() * sizeof(T),
                       cudaMemcpyHostToDevice),
            "copying to the device");
  return static_cast<T*>(memory_.back().get());
}

GpuTensors::GpuTensors(const GpuScenario& scenario)
    : scenario_(scenario), rule_(RuleOf(scenario.optimizer, scenario.momentum > 0.0)) {
  scalars_ = Upload(std::vector<UpdateScalars>(1));
  telemetry_ = Upload(std::vector<UpdateTelemetry>(1));
  MakeTasks();
  ChooseLaunch();
  if (scenario.is_reduction) MakeReduction();
}

std::byte* GpuTensors::Allocate(std::uint64_t bytes) {
  memory_.push_back(AllocateOnDevice(bytes));
  return static_cast<std::byte*>(memory_.back().get());
}

std::byte* GpuTensors::AllocateRandom(float scale) {
  std::byte* const values = Allocate(2 * scenario_.element_count);
  CheckCuda(LaunchRandomFill({.values = values,
                              .count = scenario_.element_count,
                              .scale = scale,
                              .seed = memory_.size()},
                             nullptr),
            "filling device memory");
  return values;
}

UpdateTask GpuTensors::MakeWhole() {
  const std::uint64_t count = scenario_.element_count;
  const std::uint64_t moment_bytes = count * MomentBytes(scenario_.codec);
  const std::uint64_t scale_bytes =
      count / kQuantGroupElements * MomentCount(rule_) * ScaleBytes(scenario_.codec);
  UpdateTask whole = {.count = count, .scalars = scalars_, .telemetry = telemetry_};
  gradient_ = AllocateRandom(1e-3f);
  whole.gradient = gradient_;
  whole.weights = AllocateRandom(0.05f);
  whole.correction = Allocate(count);
  if (HasM(rule_)) whole.m = Allocate(moment_bytes);
  if (HasV(rule_)) whole.v = Allocate(moment_bytes);
  if (scale_bytes != 0) whole.scales = reinterpret_cast<std::uint16_t*>(Allocate(scale_bytes));
  return whole;
}

UpdateTask GpuTensors::Cut(const UpdateTask& whole, std::uint64_t begin,
                           std::uint64_t count) const {
  const std::uint64_t moment_begin = begin * MomentBytes(scenario_.codec);
  UpdateTask task = whole;
  task.flat_begin = begin;
  task.count = count;
  task.gradient += 2 * begin;
  task.weights += 2 * begin;
  task.correction += begin;
  if (task.m != nullptr) task.m += moment_begin;
  if (task.v != nullptr) task.v += moment_begin;
  if (task.scales != nullptr) task.scales += begin / kQuantGroupElements * MomentCount(rule_);
  return task;
}

void GpuTensors::MakeTasks() {
  const UpdateTask whole = MakeWhole();
  std::vector<std::byte*> contributions;
  for (std::uint32_t i = 0; i < scenario_.contribution_count; ++i) {
    contributions.push_back(AllocateRandom(1e-3f));
  }
  std::vector<std::byte*> copies;
  for (std::uint32_t i = 0; i < scenario_.copy_count; ++i) copies.push_back(AllocateRandom(0.0f));

  const std::uint64_t count = scenario_.element_count / scenario_.tensor_count;
  std::vector<FusedUpdateTask> tasks(scenario_.tensor_count);
  for (std::uint64_t i = 0; i < scenario_.tensor_count; ++i) {
    tasks[i].task = Cut(whole, i * count, count);
    std::vector<const std::byte*> sources;
    for (std::byte* values : contributions) sources.push_back(values + 2 * i * count);
    std::vector<std::byte*> destinations;
    for (std::byte* values : copies) destinations.push_back(values + 2 * i * count);
    if (!sources.empty()) {
      tasks[i].source = {.contributions = Upload(sources),
                         .count = scenario_.contribution_count,
                         .scale = 0.5f,
                         .valid_count = count};
    }
    if (!destinations.empty()) {
      tasks[i].copies = {.destinations = Upload(destinations), .count = scenario_.copy_count};
    }
  }
  const std::vector<std::uint64_t> begins =
      ChunkBegins(std::vector<std::uint64_t>(scenario_.tensor_count, count));
  launch_ = {.context = {.rule = rule_, .codec = scenario_.codec},
             .tasks = Upload(tasks),
             .chunk_begins = Upload(begins),
             .task_count = static_cast<std::uint32_t>(scenario_.tensor_count),
             .chunk_count = begins.back()};
}

void GpuTensors::ChooseLaunch() {
  DeviceTraits traits;
  CheckCuda(ReadDeviceTraits(&traits), "reading the device's traits");
  const UpdateSize size = {.chunk_count = launch_.chunk_count, .task_count = launch_.task_count};
  shape_ = scenario_.path ? ShapeOfPath(*scenario_.path, traits, size)
                          : ChooseShape(traits, launch_.context, size);
  shape_.interleaved = scenario_.interleaved.value_or(shape_.interleaved);
}

void GpuTensors::MakeReduction() {
  std::vector<FusedUpdateTask> tasks(launch_.task_count);
  CheckCuda(cudaMemcpy(tasks.data(), launch_.tasks, tasks.size() * sizeof(tasks[0]),
                       cudaMemcpyDeviceToHost),
            "copying from the device");
  std::vector<DeviceReduceTask> reductions;
  std::vector<FlatStretch> stretches;
  for (const FusedUpdateTask& task : tasks) {
    reductions.push_back({.flat_begin = task.task.flat_begin,
                          .count = task.task.count,
                          .valid_count = task.task.count,
                          .contributions = task.source.contributions,
                          .contribution_count = task.source.count,
                          .scale = task.source.scale,
                          .reduced = const_cast<std::byte*>(task.task.gradient)});
    stretches.push_back({task.task.flat_begin, task.task.count});
  }
  const std::vector<std::uint64_t> begins = LineBegins(stretches);
  reduction_ = {.tasks = Upload(reductions),
                .line_begins = Upload(begins),
                .task_count = launch_.task_count,
                .line_count = begins.back(),
                .norm = Upload(std::vector<DeviceGradientNorm>(1))};
}

void GpuTensors::WarmUp(int step_count) {
  const auto clear = [&] {
    CheckCuda(cudaMemset(gradient_, 0, 2 * scenario_.element_count), "clearing the gradient");
  };
  if (!scenario_.had_gradients) clear();
  for (int i = 0; i < step_count; ++i) Launch();
  if (scenario_.gradient_scale == 0.0f) clear();
  CheckCuda(cudaDeviceSynchronize(), "warming up");
}

void GpuTensors::Launch() {
  if (scenario_.is_reduction) {
    CheckCuda(LaunchReduce(reduction_, nullptr), "launching a reduction");
    return;
  }
  // Scalars of one step for all: what they are costs no time, and copying them would.
  if (step_++ == 0) {
    const UpdateScalars scalars = MakeUpdateScalars(
        scenario_.optimizer, {.lr = 1e-3, .weight_decay = 0.1, .momentum = scenario_.momentum}, 100,
        0.9f);
    CheckCuda(cudaMemcpy(scalars_, &scalars, sizeof(scalars), cudaMemcpyHostToDevice),
              "copying scalars to the device");
  }
  launch_.context.key = MakeStepKey(1, step_);
  CheckCuda(LaunchUpdateShaped(launch_, shape_, nullptr), "launching an update");
}

double GpuTensors::BytesPerElement() const {
  const double sources =
      scenario_.contribution_count == 0 ? 2.0 : 2.0 * scenario_.contribution_count;
  if (scenario_.is_reduction) return sources + 2.0;
  const double moments = static_cast<double>(MomentCount(rule_));
  const double per_moment = static_cast<double>(MomentBytes(scenario_.codec)) +
                            static_cast<double>(ScaleBytes(scenario_.codec)) / 32.0;
  return sources + 2.0 * (2.0 + 1.0 + moments * per_moment) + 2.0 * scenario_.copy_count;
}

std::string GpuTensors::ShapeText() const {
  return scenario_.is_reduction ? "reduction" : ToString(shape_);
}

UpdateTelemetry GpuTensors::Telemetry() const {
  UpdateTelemetry telemetry;
  CheckCuda(cudaMemcpy(&telemetry, telemetry_, sizeof(telemetry), cudaMemcpyDeviceToHost),
            "copying telemetry from the device");
  return telemetry;
}

}  // namespace zerod::bench
