// Parameters without a gradient: absent in a step, or frozen for good.
#include <algorithm>

#include "gtest/gtest.h"
#include "tests/client/training_run.h"
#include "tests/engine/job_specs.h"

namespace zerod {
namespace {

TEST(Absent, AbsentParametersCountAsZeroOrAreSkipped) {
  const JobSpec spec = OddModel();
  const std::size_t expert = 8;  // AbsentPolicy::kSkip
  const std::size_t head = 9;    // AbsentPolicy::kZeroGradient
  RunOptions run{.steps = 4};
  const RunBits present = Train({.ranks = {{}, {}}}, spec, run);

  // Absent on one trainer only: exactly as if that trainer had handed over zeros.
  run.adjust = [&](std::size_t parameter, std::uint64_t step, int contributor, TensorView) {
    return !(step == 4 && contributor == 1 && (parameter == expert || parameter == head));
  };
  const RunBits absent_on_one = Train({.ranks = {{}, {}}}, spec, run);
  run.adjust = [&](std::size_t parameter, std::uint64_t step, int contributor,
                   TensorView gradient) {
    if (step == 4 && contributor == 1 && (parameter == expert || parameter == head)) {
      std::ranges::fill(gradient.bytes, std::byte{0});
    }
    return true;
  };
  EXPECT_TRUE(Train({.ranks = {{}, {}}}, spec, run) == absent_on_one);
  EXPECT_FALSE(absent_on_one == present);

  // Absent on all: the expert keeps the weights of step 3, the head decays on.
  run.adjust = [&](std::size_t parameter, std::uint64_t step, int, TensorView) {
    return !(step == 4 && (parameter == expert || parameter == head));
  };
  const RunBits absent_everywhere = Train({.ranks = {{}, {}}}, spec, run);
  const RunBits three_steps = Train({.ranks = {{}, {}}}, spec, {.steps = 3});
  EXPECT_EQ(absent_everywhere.masters[expert], three_steps.masters[expert]);
  EXPECT_NE(absent_everywhere.masters[head], three_steps.masters[head]);
}

TEST(Absent, FrozenParametersNeverMoveAndCostNothing) {
  const JobSpec spec = OddModel();
  const InitialValues initial(spec);
  const RunBits bits = Train({.ranks = {{}, {}}}, spec, {.steps = 3});
  const auto job = *Embedded::Create({.ranks = {{}, {}}}, spec, initial.views);
  const auto trainer = *job->Attach(0);
  const std::size_t frozen = *trainer->FindParameter("frozen.weight");
  const ConstTensorView weights = trainer->Weights(frozen);
  EXPECT_EQ(std::vector<std::byte>(weights.bytes.begin(), weights.bytes.end()),
            bits.weights[0][frozen]);
  EXPECT_TRUE(trainer->Gradient(frozen).bytes.empty());
}

}  // namespace
}  // namespace zerod
