// Every path of the default format against the definition: few blocks, so that every warp meets
// many chunks and tasks, of the fast format and of others, in one launch.
#include "gtest/gtest.h"
#include "tests/gpu/device_step.h"
#include "tests/kernels_cuda/mixed_tensors.h"

namespace zerod {
namespace {

class GpuUpdatePaths : public testing::Test {
 protected:
  void SetUp() override {
    if (!HaveDevice()) GTEST_SKIP() << "no CUDA device on this machine";
    ASSERT_EQ(ReadDeviceTraits(&traits_), cudaSuccess);
  }

  std::vector<LaunchShape> Shapes(std::uint64_t chunk_count) const {
    std::vector<LaunchShape> shapes;
    for (UpdatePath path : {UpdatePath::kDefinition, UpdatePath::kNarrowTable,
                            UpdatePath::kWideTable, UpdatePath::kBulk}) {
      const bool fits = path != UpdatePath::kBulk || FitsBulk(traits_);
      if (!fits) continue;
      for (int block_count : {1, 3}) {
        for (bool interleaved : {false, true}) {
          LaunchShape shape =
              ShapeOfPath(path, traits_, {.chunk_count = chunk_count, .task_count = 1});
          shape.block_count = block_count;
          shape.interleaved = interleaved;
          shapes.push_back(shape);
        }
      }
    }
    return shapes;
  }

  void ExpectSameOnAllPaths(std::size_t scale, std::uint64_t step_count) {
    std::mt19937 random(21);
    const std::vector<UpdateState> start = MixedTensors(64 * scale, random);
    for (const LaunchShape& shape : Shapes(scale)) {
      std::vector<UpdateState> host = start;
      std::vector<DeviceState> device(host.begin(), host.end());
      for (std::uint64_t step = 1; step <= step_count; ++step) {
        FillMixedGradients(host, random);
        for (std::size_t i = 0; i < host.size(); ++i) device[i].SetGradient(host[i]);
        StepBoth(host, device, step, shape);
      }
      ExpectSameStates(host, device, step_count);
      ASSERT_FALSE(HasFailure()) << ToString(shape);
    }
  }

  DeviceTraits traits_;
};

TEST_F(GpuUpdatePaths, MixedTensorsInOneLaunch) { ExpectSameOnAllPaths(4000, 6); }

TEST_F(GpuUpdatePaths, SanitizerSizedMixedTensors) { ExpectSameOnAllPaths(50, 3); }

// The chosen shape, on a tensor that keeps every multiprocessor busy.
TEST_F(GpuUpdatePaths, LargeTensor) {
  std::mt19937 random(22);
  std::vector<UpdateState> host;
  host.emplace_back(UpdateConfig{}, (std::size_t{1} << 23) + 32)
      .FillWeights(Values::kOrdinary, random);
  std::vector<DeviceState> device(host.begin(), host.end());
  for (std::uint64_t step = 1; step <= 4; ++step) {
    FillTrainingGradient(host[0], random);
    device[0].SetGradient(host[0]);
    StepBoth(host, device, step);
  }
  ExpectSameStates(host, device, 4);
}

// Blocks that find no work still fill tables, and meet to add up telemetry.
TEST_F(GpuUpdatePaths, MoreBlocksThanChunks) {
  std::mt19937 random(24);
  for (LaunchShape shape : Shapes(3)) {
    shape.block_count = 7;
    std::vector<UpdateState> host;
    for (std::size_t length : {700, 0, 64}) {
      host.emplace_back(UpdateConfig{}, length).FillWeights(Values::kOrdinary, random);
    }
    std::vector<DeviceState> device(host.begin(), host.end());
    for (std::uint64_t step = 1; step <= 2; ++step) {
      for (std::size_t i = 0; i < host.size(); ++i) {
        FillTrainingGradient(host[i], random);
        device[i].SetGradient(host[i]);
      }
      StepBoth(host, device, step, shape);
    }
    ExpectSameStates(host, device, 2);
    ASSERT_FALSE(HasFailure()) << ToString(shape);
  }
}

// Refused before anything is launched, so without a device, too.
TEST(GpuUpdateLaunch, RefusesShapesWithTooFewBlocks) {
  const UpdateLaunch launch = {.task_count = 1, .chunk_count = 15 * 2048 + 1};
  for (UpdatePath path : {UpdatePath::kNarrowTable, UpdatePath::kWideTable, UpdatePath::kBulk}) {
    const LaunchShape shape = {.path = path, .block_count = 1, .thread_count = 480};
    EXPECT_EQ(LaunchUpdateShaped(launch, shape, nullptr), cudaErrorInvalidValue);
  }
}

// Tasks may add to one telemetry, from many blocks at a time.
TEST_F(GpuUpdatePaths, SharedTelemetryAddsUp) {
  std::mt19937 random(23);
  std::vector<UpdateState> host = MixedTensors(64000, random);
  for (UpdateState& state : host) state.FillGradient(Values::kMixed, random);
  const std::vector<DeviceState> device(host.begin(), host.end());
  const UpdateScalars scalars = host[0].config.Scalars(1);
  const DeviceVector<UpdateScalars> device_scalars({scalars});
  const DeviceVector<UpdateTelemetry> shared({UpdateTelemetry{}});
  UpdateTelemetry expected;
  std::vector<FusedUpdateTask> tasks;
  for (std::size_t i = 0; i < host.size(); ++i) {
    UpdateTask task = host[i].Task(scalars);
    tasks.push_back(device[i].Task(task, device_scalars.data()));
    tasks.back().task.telemetry = shared.data();
    task.telemetry = &expected;
    UpdateWeightsReference(host[0].config.Context(1), {&task, 1});
  }
  LaunchTasks(host[0].config.Context(1), tasks);
  std::vector<UpdateTelemetry> counted;
  shared.Get(&counted);
  EXPECT_TRUE(counted[0] == expected);
  EXPECT_GT(expected.nonfinite_count, 0u);
  EXPECT_GT(expected.unmoved_count, 0u);
}

}  // namespace
}  // namespace zerod
