// Updates straight from contributions, with copies of the weights, against a reduction and an
// update by the definition.
#include "gtest/gtest.h"
#include "kernels/reduce.h"
#include "tests/gpu/device_step.h"
#include "tests/kernels_cuda/mixed_tensors.h"

namespace zerod {
namespace {

struct FusedCase {
  UpdateConfig config;
  DType dtype = DType::kBf16;  // of the contributions
  std::size_t contribution_count = 1;
  std::size_t copy_count = 0;
  std::size_t offset_bytes = 0;  // of the last contribution from an aligned address...
  bool all_are_offset = false;   // ... or of all
};

// One tensor, its contributions, and copies of its weights, on both sides.
class FusedTensor {
 public:
  FusedTensor(const FusedCase& fused_case, std::size_t valid_count, std::mt19937& random)
      : case_(fused_case), host_(fused_case.config, valid_count) {
    const bool has_unusual_values = valid_count % 7 == 0;
    host_.FillWeights(Values::kOrdinary, random);
    for (std::size_t i = 0; i < case_.contribution_count; ++i) {
      contributions_.emplace_back(valid_count * DTypeBytes(case_.dtype));
      if (case_.dtype == case_.config.gradient_dtype && !has_unusual_values) {
        FillTrainingGradient(host_, random);
        std::copy_n(host_.gradient.begin(), contributions_[i].size(), contributions_[i].begin());
      } else {
        FillRandom(i == 0 ? Values::kMixed : Values::kOrdinary, case_.dtype, valid_count, random,
                   contributions_[i].data());
      }
      host_pointers_.push_back(contributions_[i].data());
      const bool is_offset = case_.all_are_offset || i + 1 == case_.contribution_count;
      device_contributions_.emplace_back(contributions_[i], is_offset ? case_.offset_bytes : 0);
      device_pointers_.push_back(device_contributions_[i].data());
    }
    for (std::size_t i = 0; i < case_.copy_count; ++i) {
      copies_.emplace_back(host_.weights, 64);
      copy_pointers_.push_back(copies_[i].data());
    }
    device_.emplace(host_);
    sources_.emplace(device_pointers_);
    destinations_.emplace(copy_pointers_);
  }

  FusedUpdateTask DeviceTask(const UpdateScalars& scalars, const UpdateScalars* device_scalars) {
    FusedUpdateTask task = device_->Task(host_.Task(scalars), device_scalars);
    task.task.gradient = nullptr;
    task.source = {.contributions = sources_->data(),
                   .count = static_cast<std::uint32_t>(case_.contribution_count),
                   .dtype = case_.dtype,
                   .scale = kScale,
                   .valid_count = host_.valid_count};
    task.copies = {.destinations = destinations_->data(),
                   .count = static_cast<std::uint32_t>(case_.copy_count)};
    return task;
  }

  void StepHost(const UpdateContext& context, const UpdateScalars& scalars) {
    ReduceContributionsReference({.contributions = host_pointers_,
                                  .dtype = case_.dtype,
                                  .count = host_.count,
                                  .valid_count = host_.valid_count,
                                  .reduced = host_.gradient.data(),
                                  .reduced_dtype = case_.config.gradient_dtype,
                                  .scale = kScale});
    const UpdateTask task = host_.Task(scalars);
    UpdateWeightsReference(context, {&task, 1});
  }

  void ExpectSame(std::uint64_t step) {
    ExpectSameState(host_, *device_, step);
    for (const DeviceVector<std::byte>& copy : copies_) {
      std::vector<std::byte> bytes;
      copy.Get(&bytes);
      EXPECT_TRUE(bytes == host_.weights) << host_.config.Name() << ", a copy of the weights";
    }
  }

 private:
  static constexpr float kScale = 0.37f;

  FusedCase case_;
  UpdateState host_;
  std::vector<std::vector<std::byte>> contributions_;
  std::vector<const std::byte*> host_pointers_;
  std::vector<DeviceVector<std::byte>> device_contributions_;
  std::vector<const std::byte*> device_pointers_;
  std::vector<DeviceVector<std::byte>> copies_;
  std::vector<std::byte*> copy_pointers_;
  std::optional<DeviceState> device_;
  std::optional<DeviceVector<const std::byte*>> sources_;
  std::optional<DeviceVector<std::byte*>> destinations_;
};

class GpuFusedUpdate : public testing::Test {
 protected:
  void SetUp() override {
    if (!HaveDevice()) GTEST_SKIP() << "no CUDA device on this machine";
    ASSERT_EQ(ReadDeviceTraits(&traits_), cudaSuccess);
  }

  // Several tensors of one case in one launch a step, in a shape of every path.
  void ExpectSame(const FusedCase& fused_case, std::uint64_t step_count) {
    for (UpdatePath path : {UpdatePath::kDefinition, UpdatePath::kNarrowTable,
                            UpdatePath::kWideTable, UpdatePath::kBulk}) {
      const bool fits = path != UpdatePath::kBulk || FitsBulk(traits_);
      const bool fast = fused_case.config.Rule() == UpdateRule::kAdam &&
                        fused_case.config.codec == StateCodec::kRobust &&
                        fused_case.config.rounding == MasterRounding::kNearest;
      if (!fits || (!fast && path != UpdatePath::kDefinition)) continue;
      std::mt19937 random(31);
      std::vector<FusedTensor> tensors;
      for (std::size_t length : {512, 0, 5000, 31, 512 * 40, 700, 512 * 7 + 32, 0}) {
        tensors.emplace_back(fused_case, length, random);
      }
      LaunchShape shape = ShapeOfPath(path, traits_, {.chunk_count = 62, .task_count = 8});
      shape.block_count = 2;
      for (std::uint64_t step = 1; step <= step_count; ++step) {
        const UpdateScalars scalars = fused_case.config.Scalars(step);
        const UpdateContext context = fused_case.config.Context(step);
        const DeviceVector<UpdateScalars> device_scalars({scalars});
        std::vector<FusedUpdateTask> tasks;
        for (FusedTensor& tensor : tensors) {
          tasks.push_back(tensor.DeviceTask(scalars, device_scalars.data()));
          tensor.StepHost(context, scalars);
        }
        LaunchTasks(context, tasks, shape);
      }
      for (FusedTensor& tensor : tensors) tensor.ExpectSame(step_count);
      ASSERT_FALSE(HasFailure()) << ToString(shape) << ", " << fused_case.contribution_count
                                 << " contributions of " << DTypeName(fused_case.dtype) << ", "
                                 << fused_case.copy_count << " copies";
    }
  }

  DeviceTraits traits_;
};

TEST_F(GpuFusedUpdate, DefaultFormatFromAnyNumberOfContributions) {
  for (std::size_t contributions : {1, 2, 3, 8}) {
    for (std::size_t copies : {0, 1, 3}) {
      ExpectSame({.contribution_count = contributions, .copy_count = copies}, 4);
    }
  }
}

TEST_F(GpuFusedUpdate, ContributionsThatAreAlignedToTheirElementsOnly) {
  for (bool all : {false, true}) {
    ExpectSame({.contribution_count = 3, .copy_count = 1, .offset_bytes = 2, .all_are_offset = all},
               3);
  }
}

TEST_F(GpuFusedUpdate, OtherFormats) {
  for (DType contribution : {DType::kBf16, DType::kFp16, DType::kFp32}) {
    for (DType reduced : {DType::kBf16, DType::kFp32}) {
      for (const UpdateConfig& config :
           {UpdateConfig{.gradient_dtype = reduced},
            UpdateConfig{.optimizer = Optimizer::kLion, .gradient_dtype = reduced},
            UpdateConfig{.codec = StateCodec::kFp32,
            .dtype = DType::kFp32,
            .master = MasterFormat::kNone,
            .gradient_dtype = reduced}}) {
        ExpectSame(
            {.config = config, .dtype = contribution, .contribution_count = 3, .copy_count = 2}, 3);
        ASSERT_FALSE(HasFailure());
      }
    }
  }
}

TEST_F(GpuFusedUpdate, SanitizerSizedFusedUpdate) {
  ExpectSame({.contribution_count = 2, .copy_count = 1}, 2);
}

}  // namespace
}  // namespace zerod
