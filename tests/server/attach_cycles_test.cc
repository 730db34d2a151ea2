// What a daemon keeps of trainers that come and go in a process that lives on: nothing.
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/client/bad_input.h"
#include "tests/client/training_run.h"
#include "tests/server/daemon_fixture.h"
#include "tests/server/raw_client.h"

namespace zerod {
namespace {

class AttachCycles : public testing::Test {
 protected:
  AttachCycles() {
    JobSpec spec = TwoMatrices();
    spec.name = "model";
    const InitialValues initial(spec);
    EXPECT_TRUE(service_->CreateJob(spec, {}, "", initial.views).ok());
  }

  std::unique_ptr<Trainer> Attach() {
    auto trainer = service_->Attach({.job = "model"});
    EXPECT_TRUE(trainer.ok()) << trainer.status();
    return trainer.ok() ? *std::move(trainer) : nullptr;
  }

  // How many descriptors the daemon has whose files' names begin like that.
  int DescriptorsOf(const std::string& name) const {
    int count = 0;
    std::error_code error;
    const std::string folder = absl::StrCat("/proc/", daemons_.pid(0), "/fd");
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const auto target = std::filesystem::read_symlink(entry, error).string();
      if (!error && absl::StartsWith(target, name)) ++count;  // it may have been closed meanwhile
    }
    return count;
  }
  // The same once there are no more than `most`, or after 20 s.
  int DescriptorsOf(const std::string& name, int most) const {
    const absl::Time deadline = absl::Now() + absl::Seconds(20);
    while (DescriptorsOf(name) > most && absl::Now() < deadline) {
      absl::SleepFor(absl::Milliseconds(5));
    }
    return DescriptorsOf(name);
  }

  const Daemons daemons_;
  const std::unique_ptr<Service> service_ = daemons_.Connect();
};

TEST_F(AttachCycles, LeaveNoDescriptorsBehind) {
  ASSERT_NE(Attach(), nullptr);  // the daemon has all of its own by now
  absl::SleepFor(absl::Milliseconds(500));
  const int before = DescriptorsOf("");
  for (int cycle = 0; cycle < 200; ++cycle) ASSERT_NE(Attach(), nullptr) << cycle;
  EXPECT_LE(DescriptorsOf("", before), before);
}

TEST_F(AttachCycles, ADeletedJobsMemoryIsNotKept) {
  const std::unique_ptr<Trainer> trainer = Attach();
  EXPECT_GT(DescriptorsOf("/memfd:"), 0);
  ASSERT_TRUE(service_->DeleteJob("model", "").ok());
  EXPECT_EQ(DescriptorsOf("/memfd:", 0), 0);
}

// A daemon with one job and one trainer.
struct Scene {
  explicit Scene(const std::vector<std::string>& flags) : daemons({.flags = flags}) {
    JobSpec spec = TwoMatrices();
    spec.name = "model";
    const InitialValues initial(spec);
    EXPECT_TRUE(service->CreateJob(spec, {}, "", initial.views).ok());
    auto attached = service->Attach({.job = "model"});
    EXPECT_TRUE(attached.ok()) << attached.status();
    if (attached.ok()) trainer = *std::move(attached);
  }

  std::uint64_t HeldBytes() const {
    RawClient client(daemons.address(0));
    return StatusOfFirstNode(client).held_bytes();
  }

  const Daemons daemons;
  const std::unique_ptr<Service> service = daemons.Connect();
  std::unique_ptr<Trainer> trainer;
};

TEST(Replacement, FitsWhereOneTrainerDoes) {
  const std::uint64_t held_bytes = Scene({}).HeldBytes();
  const Scene scene({"--memory-limit", absl::StrCat(held_bytes)});
  ASSERT_NE(scene.trainer, nullptr);
  ASSERT_TRUE(scene.trainer->Open({}).ok());
  const auto replacement = scene.service->Attach({.job = "model", .rank = 0, .replace = true});
  ASSERT_TRUE(replacement.ok()) << replacement.status();
  EXPECT_TRUE(absl::IsCancelled(scene.trainer->Step({})));
  EXPECT_TRUE(RunTrainer(**replacement, 0, 1, {.steps = 2}, nullptr).ok());
  EXPECT_EQ(scene.HeldBytes(), held_bytes);
  EXPECT_TRUE(scene.daemons.WaitForLog("was replaced by another trainer"));
}

}  // namespace
}  // namespace zerod
