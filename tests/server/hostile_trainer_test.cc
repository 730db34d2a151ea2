// Trainers that die, fall silent, or write nonsense: the daemon answers within its deadline and
// names them, a replacement trains on, and another job of the same daemon does not notice.
#include <signal.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/job_specs.h"
#include "tests/server/sidecar_run.h"

namespace zerod {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr absl::Duration kStepDeadline = absl::Seconds(2);
constexpr std::uint64_t kBadStep = 3;
constexpr std::uint64_t kLastStep = 6;

JobSpec NamedModel(const std::string& name) {
  JobSpec spec = OddModel();
  spec.name = name;
  return spec;
}

std::vector<std::vector<std::byte>> WeightsOf(const Trainer& trainer) {
  std::vector<std::vector<std::byte>> weights;
  for (std::size_t i = 0; i < trainer.parameters().size(); ++i) {
    const ConstTensorView view = trainer.Weights(i);
    weights.emplace_back(view.bytes.begin(), view.bytes.end());
  }
  return weights;
}

struct Deed {
  std::string name;
  std::string named;  // what the survivor is told of it
  bool lives_on = false;

  friend void PrintTo(const Deed& deed, std::ostream* out) { *out << deed.name; }
};

class HostileTrainer : public testing::TestWithParam<Deed> {
 protected:
  std::unique_ptr<ChildProcess> StartHostile() {
    return std::make_unique<ChildProcess>(
        std::vector<std::string>{ZEROD_HOSTILE_TRAINER, daemons_.address(0), spec_.name, "1",
                                 absl::StrCat(kBadStep), GetParam().name},
        daemons_.folder() + "/hostile");
  }

  // Trains the steps that are left as the trainer of `rank`, redoing what is aborted; what it was
  // told goes to `told`.
  void TrainOn(Trainer& trainer, int rank, std::uint64_t first_step, std::string* told) {
    for (std::uint64_t step = first_step; step <= kLastStep;) {
      const auto result = RunTrainer(trainer, rank, step, {.steps = 1}, nullptr);
      if (result.ok()) {
        ++step;
      } else {
        ASSERT_EQ(result.status().code(), absl::StatusCode::kAborted) << result.status();
        if (told != nullptr) absl::StrAppend(told, result.status().message(), "\n");
        absl::SleepFor(absl::Milliseconds(50));
      }
    }
  }

  Daemons daemons_{
      {.ranks_per_node = {2}, .flags = {"--step-deadline", absl::FormatDuration(kStepDeadline)}}};
  const JobSpec spec_ = NamedModel("victim");
  const InitialValues initial_{spec_};
};

TEST_P(HostileTrainer, IsNamedReplacedAndHarmsNobodyElse) {
  const JobSpec other = NamedModel("bystander");
  RunBits bystander;
  std::thread peaceful(
      [&] { bystander = TrainOnService(daemons_, {2}, other, {}, {.steps = 40}); });

  const auto service = daemons_.Connect();
  ASSERT_TRUE(service->CreateJob(spec_, {}, "", initial_.views).ok());
  auto survivor = service->Attach({.job = spec_.name, .rank = 0});
  ASSERT_TRUE(survivor.ok()) << survivor.status();
  const auto hostile = StartHostile();
  std::string told;
  std::thread first([&] { TrainOn(**survivor, 0, 1, &told); });

  // Once its deed is seen, somebody takes its place.
  ASSERT_TRUE(daemons_.WaitForLog("event=attempt_aborted job=victim"));
  if (GetParam().lives_on) {
    EXPECT_FALSE(hostile->Poll().has_value());
  }
  auto replacement = service->Attach({.job = spec_.name, .rank = 1, .replace = true});
  ASSERT_TRUE(replacement.ok()) << replacement.status();
  if (GetParam().name == "stop") kill(hostile->pid(), SIGCONT);  // and the old one wakes up
  TrainOn(**replacement, 1, kBadStep, nullptr);
  first.join();
  peaceful.join();

  EXPECT_THAT(told, AllOf(HasSubstr("rank 1"), HasSubstr(GetParam().named)));
  if (GetParam().name != "scribble") {  // which may write over its opening before it is seen
    EXPECT_THAT(told, HasSubstr(absl::StrCat("process ", hostile->pid())));
  }
  const RunBits expected = Train(EmbeddedWorld(2, {}), spec_, {.steps = kLastStep});
  EXPECT_EQ(WeightsOf(**survivor), expected.weights[0]);
  EXPECT_EQ(WeightsOf(**replacement), expected.weights[1]);
  const RunBits undisturbed = Train(EmbeddedWorld(2, {}), other, {.steps = 40});
  EXPECT_EQ(bystander.weights, undisturbed.weights);
  EXPECT_EQ(bystander.norms, undisturbed.norms);
}

INSTANTIATE_TEST_SUITE_P(
    Deeds, HostileTrainer,
    testing::Values(
        Deed{.name = "never_ring", .named = "has not handed over", .lives_on = true},
        Deed{.name = "ring_garbage", .named = "damaged", .lives_on = true},
        Deed{.name = "scribble", .named = "step 3", .lives_on = true},
        Deed{.name = "attack_arenas", .named = "closed its attachment", .lives_on = true},
        Deed{.name = "die", .named = "ended"}, Deed{.name = "die_open", .named = "ended"},
        Deed{.name = "stop", .named = "has not handed over", .lives_on = true}),
    [](const testing::TestParamInfo<Deed>& info) { return info.param.name; });

}  // namespace
}  // namespace zerod
