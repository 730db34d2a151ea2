#include "tests/client/training_run.h"

#include <bit>
#include <cmath>
#include <thread>

#include "base/status_macros.h"
#include "gtest/gtest.h"
#include "kernels/half.h"

namespace zerod {
namespace {

// splitmix64 (Steele, Lea and Flood, OOPSLA 2014): good enough mixing for test data.
std::uint64_t Mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

float Uniform(std::uint64_t x) { return static_cast<float>(Mix(x) >> 40) * 0x1p-23f - 1.0f; }

std::vector<std::byte> Copy(ConstTensorView view) { return {view.bytes.begin(), view.bytes.end()}; }

absl::Status MarkAll(Trainer& trainer, int contributor, std::uint64_t step,
                     std::uint32_t micro_batch, const RunOptions& run) {
  for (std::size_t i = trainer.parameters().size(); i-- > 0;) {
    const TensorView gradient = trainer.Gradient(i);
    if (gradient.bytes.empty() && trainer.parameters()[i].name.starts_with("frozen")) continue;
    FillGradient(i, step, micro_batch, contributor, gradient);
    const bool present = !run.adjust || run.adjust(i, step, contributor, gradient);
    ZEROD_RETURN_IF_ERROR(present ? trainer.MarkGradientReady(i) : trainer.MarkGradientAbsent(i));
  }
  return absl::OkStatus();
}

}  // namespace

InitialValues::InitialValues(const JobSpec& spec, std::uint64_t seed) {
  for (std::size_t i = 0; i < spec.parameters.size(); ++i) {
    std::size_t count = 1;
    for (std::int64_t extent : spec.parameters[i].shape) count *= static_cast<std::size_t>(extent);
    std::vector<float>& parameter = values.emplace_back(count);
    for (std::size_t j = 0; j < count; ++j) parameter[j] = 0.1f * Uniform(seed << 40 ^ i << 32 ^ j);
  }
  for (const std::vector<float>& parameter : values)
    views.push_back(ConstTensorView::Of(parameter));
}

void FillGradient(std::size_t parameter, std::uint64_t step, std::uint32_t micro_batch,
                  int contributor, TensorView gradient) {
  const std::uint64_t key = Mix(parameter << 48 ^ step << 16 ^ micro_batch << 8 ^ contributor);
  for (std::size_t j = 0; j < gradient.element_count(); ++j) {
    // Magnitudes over many binades, so that sums really round.
    const float value = Uniform(key + j) * std::ldexp(1.0f, static_cast<int>(j % 23) - 18);
    switch (gradient.dtype) {
      case DType::kFp32:
        gradient.fp32()[j] = value;
        break;
      case DType::kBf16:
        gradient.bf16()[j] = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16);
        break;
      case DType::kFp16:
        gradient.fp16()[j] = HalfOfFloat(value);
        break;
    }
  }
}

absl::StatusOr<StepResult> RunTrainer(Trainer& trainer, int contributor, std::uint64_t first_step,
                                      const RunOptions& run, std::vector<double>* norms) {
  StepResult result;
  for (std::uint64_t step = first_step; step < first_step + run.steps; ++step) {
    ZEROD_RETURN_IF_ERROR(trainer.Open({.micro_batches = run.micro_batches}));
    for (std::uint32_t micro_batch = 0; micro_batch < run.micro_batches; ++micro_batch) {
      ZEROD_RETURN_IF_ERROR(MarkAll(trainer, contributor, step, micro_batch, run));
      if (micro_batch + 1 < run.micro_batches)
        ZEROD_RETURN_IF_ERROR(trainer.WaitForGradientBuffers());
    }
    ZEROD_RETURN_IF_ERROR(trainer.Step({.step = step, .max_grad_norm = run.max_grad_norm}));
    ZEROD_ASSIGN_OR_RETURN(result, trainer.Result());
    if (norms != nullptr) norms->push_back(result.gradient_norm);
    for (std::size_t i = 0; i < trainer.parameters().size(); ++i) {
      ZEROD_RETURN_IF_ERROR(trainer.WaitForWeights(i));
    }
  }
  ZEROD_RETURN_IF_ERROR(trainer.WaitForAllWeights());
  return result;
}

RunBits Train(const EmbeddedOptions& options, const JobSpec& spec, const RunOptions& run) {
  const InitialValues initial(spec);
  auto job = Embedded::Create(options, spec, initial.views);
  EXPECT_TRUE(job.ok()) << job.status();
  if (!job.ok()) return {};
  std::vector<std::unique_ptr<Trainer>> trainers;
  for (std::size_t rank = 0; rank < options.ranks.size(); ++rank) {
    if (options.ranks[rank].trainer) trainers.push_back(*(*job)->Attach(static_cast<int>(rank)));
  }
  RunBits bits;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < trainers.size(); ++i) {
    threads.emplace_back([&, i] {
      const auto result =
          RunTrainer(*trainers[i], static_cast<int>(i), 1, run, i == 0 ? &bits.norms : nullptr);
      EXPECT_TRUE(result.ok()) << result.status();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& trainer : trainers) {
    std::vector<std::vector<std::byte>>& seen = bits.weights.emplace_back();
    for (std::size_t i = 0; i < spec.parameters.size(); ++i)
      seen.push_back(Copy(trainer->Weights(i)));
  }
  for (std::size_t i = 0; i < spec.parameters.size(); ++i) {
    auto masters = (*job)->MasterWeights(i);
    EXPECT_TRUE(masters.ok()) << masters.status();
    bits.masters.push_back(masters.ok() ? *std::move(masters) : std::vector<float>());
  }
  return bits;
}

}  // namespace zerod
