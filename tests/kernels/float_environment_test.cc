#include "kernels/float_environment.h"

#include <gtest/gtest.h>

#include <cstring>

#include "kernels/reduce.h"
#include "tests/kernels/update_state.h"

namespace zerod {
namespace {

#if defined(__x86_64__)
// As torch.set_flush_denormal and -ffast-math do, and rounding upwards besides.
class HostileEnvironment {
 public:
  HostileEnvironment() { _mm_setcsr(saved_ | 0xc040); }
  ~HostileEnvironment() { _mm_setcsr(saved_); }

 private:
  const std::uint32_t saved_ = _mm_getcsr();
};

TEST(FloatEnvironment, IsTheDefaultForAsLongAsAskedFor) {
  const HostileEnvironment hostile;
  const std::uint32_t before = _mm_getcsr();
  {
    const DefaultFloatEnvironment environment;
    EXPECT_EQ(_mm_getcsr() & 0xe040, 0u);
  }
  EXPECT_EQ(_mm_getcsr() & 0xe040, before & 0xe040);
}

TEST(FloatEnvironment, UpdatesDoNotDependOnTheCallers) {
  std::mt19937 random(1);
  for (const UpdateConfig& config : ChainConfigs()) {
    UpdateState expected(config, 32 * 20);
    expected.FillWeights(Values::kSubnormal, random);
    expected.FillGradient(Values::kSubnormal, random);
    UpdateState state = expected;
    const UpdateScalars scalars = config.Scalars(1);
    const UpdateTask task = expected.Task(scalars);
    UpdateWeights(config.Context(1), std::span(&task, 1));
    {
      const HostileEnvironment hostile;
      EXPECT_EQ(config.Scalars(1), scalars);
      const UpdateTask hostile_task = state.Task(scalars);
      UpdateWeights(config.Context(1), std::span(&hostile_task, 1));
    }
    std::string difference;
    EXPECT_TRUE(state.Equals(expected, &difference)) << config.Name() << ": " << difference;
  }
}

TEST(FloatEnvironment, ReductionsDoNotDependOnTheCallers) {
  const std::vector<float> contribution(32, 1e-38f);
  const std::byte* const bytes = reinterpret_cast<const std::byte*>(contribution.data());
  std::vector<float> reduced(32);
  const HostileEnvironment hostile;
  ReduceContributions({.contributions = std::span(&bytes, 1),
                       .dtype = DType::kFp32,
                       .count = 32,
                       .valid_count = 32,
                       .reduced = reinterpret_cast<std::byte*>(reduced.data()),
                       .reduced_dtype = DType::kFp32,
                       .scale = 0.1f});
  std::uint32_t bits;
  std::memcpy(&bits, reduced.data(), sizeof(bits));
  EXPECT_EQ(bits, 713624u);  // 1e-39, to nearest
}
#endif

}  // namespace
}  // namespace zerod
