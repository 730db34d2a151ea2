// Times the CUDA kernels on the device that is there, in turns with a device-to-device copy, and
// prints each as a share of the copy's bandwidth. Needs no daemon.
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "bench/gpu_tensors.h"
#include "bench/spread.h"

namespace zerod::bench {
namespace {

constexpr std::uint64_t kCopyBytes = std::uint64_t{1} << 32;

// Times what is enqueued between Start and StopMs, on the default stream.
class GpuTimer {
 public:
  GpuTimer() {
    CheckCuda(cudaEventCreate(&start_), "creating an event");
    CheckCuda(cudaEventCreate(&stop_), "creating an event");
  }
  GpuTimer(const GpuTimer&) = delete;
  GpuTimer& operator=(const GpuTimer&) = delete;
  ~GpuTimer() {
    cudaEventDestroy(start_);
    cudaEventDestroy(stop_);
  }

  void Start() { CheckCuda(cudaEventRecord(start_), "recording an event"); }
  double StopMs() {
    CheckCuda(cudaEventRecord(stop_), "recording an event");
    CheckCuda(cudaEventSynchronize(stop_), "running a kernel");
    float milliseconds = 0.0f;
    CheckCuda(cudaEventElapsedTime(&milliseconds, start_, stop_), "reading events");
    return milliseconds;
  }

 private:
  cudaEvent_t start_ = nullptr;
  cudaEvent_t stop_ = nullptr;
};

std::vector<GpuScenario> Scenarios() {
  constexpr std::uint64_t kSmall = 1048576;
  return {
      {.name = "adamw, 1 tensor"},
      {.name = "adamw, 256 tensors", .tensor_count = 256},
      {.name = "adamw, 1M in 256 tensors",
       .element_count = kSmall,
       .tensor_count = 256,
       .launches_per_measurement = 100},
      {.name = "adamw, 1M in 256 tensors, one launch",
       .element_count = kSmall,
       .tensor_count = 256},
      {.name = "adamw, bulk, in runs", .interleaved = false},
      {.name = "adamw, 256 tensors, interleaved", .tensor_count = 256, .interleaved = true},
      {.name = "adamw, wide table", .path = UpdatePath::kWideTable},
      {.name = "adamw, narrow table", .path = UpdatePath::kNarrowTable},
      {.name = "adamw, definition", .path = UpdatePath::kDefinition},
      {.name = "adamw, zero gradients", .gradient_scale = 0.0f},
      {.name = "adamw, never a gradient", .gradient_scale = 0.0f, .had_gradients = false},
      {.name = "adamw, 1 contribution, 1 copy", .contribution_count = 1, .copy_count = 1},
      {.name = "adamw, 2 contributions, 1 copy", .contribution_count = 2, .copy_count = 1},
      {.name = "adamw, codec flash", .codec = StateCodec::kFlash},
      {.name = "adamw, codec fp32", .codec = StateCodec::kFp32},
      {.name = "lion", .optimizer = Optimizer::kLion},
      {.name = "sgd with momentum", .optimizer = Optimizer::kSgdW, .momentum = 0.9},
      {.name = "sgd without momentum", .optimizer = Optimizer::kSgdW},
      {.name = "reduce 2 contributions, with norm", .contribution_count = 2, .is_reduction = true},
      {.name = "reduce 2, 256 tensors",
       .tensor_count = 256,
       .contribution_count = 2,
       .is_reduction = true},
  };
}

nlohmann::json Measure(const GpuScenario& scenario, int repetitions, void* copy_memory) {
  GpuTensors tensors(scenario);
  tensors.WarmUp(5);
  GpuTimer timer;
  std::vector<double> copy_ms;
  std::vector<double> launch_ms;
  auto* const bytes = static_cast<std::byte*>(copy_memory);
  for (int i = 0; i < repetitions; ++i) {
    timer.Start();
    CheckCuda(cudaMemcpyAsync(bytes + kCopyBytes, bytes, kCopyBytes, cudaMemcpyDeviceToDevice),
              "copying on the device");
    copy_ms.push_back(timer.StopMs());
    timer.Start();
    for (int k = 0; k < scenario.launches_per_measurement; ++k) tensors.Launch();
    launch_ms.push_back(timer.StopMs() / scenario.launches_per_measurement);
  }
  const Spread copy = SpreadOf(copy_ms);
  const Spread launch = SpreadOf(launch_ms);
  const double elements = static_cast<double>(scenario.element_count);
  const double bandwidth = tensors.BytesPerElement() * elements / launch.median * 1e-9;
  const double copy_bandwidth = 2.0 * static_cast<double>(kCopyBytes) / copy.median * 1e-9;
  const UpdateTelemetry telemetry = tensors.Telemetry();
  return {{"name", scenario.name},
          {"shape", tensors.ShapeText()},
          {"elements", scenario.element_count},
          {"tensors", scenario.tensor_count},
          {"bytes_per_element", tensors.BytesPerElement()},
          {"median_ms", launch.median},
          {"interquartile_range_ms", launch.interquartile_range},
          {"terabytes_per_second", bandwidth},
          {"copy_terabytes_per_second", copy_bandwidth},
          {"fraction_of_copy", bandwidth / copy_bandwidth},
          {"unmoved_count", telemetry.unmoved_count},
          {"floor_count", telemetry.floor_count},
          {"nonfinite_count", telemetry.nonfinite_count}};
}

int Run(int argc, char** argv) {
  CLI::App app("Times zerod's CUDA kernels in turns with a device-to-device copy");
  int repetitions = 25;
  std::string json_path;
  std::string only;
  app.add_option("--repetitions", repetitions, "Measurements per kernel")
      ->check(CLI::Range(1, 10000));
  app.add_option("--json", json_path, "File for the results");
  app.add_option("--only", only, "Measure what has this in its name");
  CLI11_PARSE(app, argc, argv);
  cudaDeviceProp properties;
  CheckCuda(cudaGetDeviceProperties(&properties, 0), "finding a CUDA device");
  const std::shared_ptr<void> copy_memory = AllocateOnDevice(2 * kCopyBytes);
  nlohmann::json results = nlohmann::json::array();
  std::cout << absl::StrFormat("%s\n%-38s %9s %8s %7s %6s %5s  %s\n", properties.name, "", "ms",
                               "IQR", "B/elem", "TB/s", "copy", "shape");
  for (const GpuScenario& scenario : Scenarios()) {
    if (scenario.name.find(only) == std::string::npos) continue;
    results.push_back(Measure(scenario, repetitions, copy_memory.get()));
    const nlohmann::json& result = results.back();
    const auto number = [&](const char* key) { return result.at(key).get<double>(); };
    std::cout << absl::StrFormat("%-38s %9.4f %8.4f %7.3f %6.3f %5.3f  %s\n", scenario.name,
                                 number("median_ms"), number("interquartile_range_ms"),
                                 number("bytes_per_element"), number("terabytes_per_second"),
                                 number("fraction_of_copy"), result.at("shape").get<std::string>())
              << std::flush;
  }
  if (!json_path.empty()) {
    const nlohmann::json report = {
        {"device", properties.name}, {"repetitions", repetitions}, {"results", results}};
    std::ofstream(json_path) << report.dump(2) << "\n";
  }
  return 0;
}

}  // namespace
}  // namespace zerod::bench

int main(int argc, char** argv) { return zerod::bench::Run(argc, argv); }
