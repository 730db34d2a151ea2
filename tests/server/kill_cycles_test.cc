// Trainers that are killed at any moment leave nothing behind in the daemon.
#include <dirent.h>
#include <signal.h>

#include <fstream>
#include <iterator>
#include <random>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/job_specs.h"
#include "tests/server/sidecar_run.h"

namespace zerod {
namespace {

// Sanitizers make a trainer's start many times as long as it lives otherwise.
constexpr bool kSanitized = ZEROD_SANITIZED;
constexpr int kCycles = kSanitized ? 50 : 1000;
constexpr std::uint32_t kLongestLifeUs = kSanitized ? 1'500'000 : 60'000;

int EntriesOf(const std::string& folder) {
  int count = 0;
  DIR* entries = opendir(folder.c_str());
  if (entries == nullptr) return -1;
  while (readdir(entries) != nullptr) ++count;
  closedir(entries);
  return count;
}

// What a process holds.
struct Footprint {
  int descriptors = 0;
  int threads = 0;
  int mappings = 0;  // of memory that trainers can map
  std::uint64_t resident_kib = 0;
};

Footprint FootprintOf(pid_t pid) {
  const std::string folder = absl::StrCat("/proc/", pid);
  Footprint footprint{.descriptors = EntriesOf(folder + "/fd"),
                      .threads = EntriesOf(folder + "/task")};
  std::ifstream maps(folder + "/maps");
  for (std::string line; std::getline(maps, line);) {
    footprint.mappings += line.find("memfd:zerod-") != std::string::npos;
  }
  std::ifstream status(folder + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) std::istringstream(line.substr(6)) >> footprint.resident_kib;
  }
  return footprint;
}

class KillCycles : public testing::Test {
 protected:
  // A trainer that trains until it is killed, after a random moment; attaching is among what may be
  // interrupted.
  void Cycle() {
    ChildProcess trainer(
        {ZEROD_HOSTILE_TRAINER, daemons_.address(0), "victim", "0", "1000000", "never_ring"},
        daemons_.folder() + "/trainer");
    absl::SleepFor(absl::Microseconds(random_() % kLongestLifeUs));
    kill(trainer.pid(), SIGKILL);
    ASSERT_EQ(trainer.Wait(absl::Now() + absl::Seconds(30)), -SIGKILL)
        << Said() << "\n"
        << daemons_.Log().substr(daemons_.Log().size() - 1500);
  }

  std::string Said() const {
    std::ifstream file(daemons_.folder() + "/trainer");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  void Cycles(int count) {
    for (int i = 0; i < count; ++i) ASSERT_NO_FATAL_FAILURE(Cycle());
  }

  // Once the daemon has noticed the last end.
  Footprint Settled() {
    for (int i = 0; i < 100; ++i) {
      absl::SleepFor(absl::Milliseconds(50));
      const auto statistics = service_->Statistics("victim", "");
      if (statistics.ok() && statistics->ranks[0].memory[MemoryKind::kControl] == 0) break;
    }
    absl::SleepFor(absl::Milliseconds(500));
    return FootprintOf(daemons_.pid(0));
  }

  // Whoever is killed before it has claimed its descriptors holds the rank for so long.
  Daemons daemons_{{.flags = {"--ticket-lifetime", "100ms"}}};
  const std::unique_ptr<Service> service_ = daemons_.Connect();
  std::mt19937 random_{1};
};

TEST_F(KillCycles, MemoryDescriptorsThreadsAndMappingsReturn) {
  JobSpec spec = OddModel();
  spec.name = "victim";
  const InitialValues initial(spec);
  ASSERT_TRUE(service_->CreateJob(spec, {}, "", initial.views).ok());
  Cycles(kCycles / 10);  // pools fill, allocators learn
  const Footprint before = Settled();
  Cycles(kCycles);
  const Footprint after = Settled();
  RecordProperty("cycles", kCycles);
  EXPECT_EQ(after.descriptors, before.descriptors);
  EXPECT_EQ(after.mappings, before.mappings);
  EXPECT_LE(after.threads, before.threads + 2);  // gRPC's pool breathes
  // Sanitizers hold freed memory back.
  if (!kSanitized) {
    EXPECT_LE(after.resident_kib, before.resident_kib + 8 * 1024);
  }

  // And the job is as good as ever.
  const auto trainer = service_->Attach({.job = "victim"});
  ASSERT_TRUE(trainer.ok()) << trainer.status();
  const auto last = (*trainer)->Result();
  ASSERT_TRUE(last.ok()) << "no cycle has trained: " << last.status();
  const auto result = RunTrainer(**trainer, 0, last->step + 1, {.steps = 1}, nullptr);
  EXPECT_TRUE(result.ok()) << result.status();
  RecordProperty("steps", static_cast<int>(last->step));
}

}  // namespace
}  // namespace zerod
