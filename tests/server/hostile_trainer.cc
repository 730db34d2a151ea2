// A trainer process that does one thing wrong, for tests of the daemon:
//   hostile_trainer ADDRESS JOB RANK STEP DEED
// trains like RunTrainer until STEP, where it commits its DEED.
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "ipc/control_page.h"
#include "tests/client/training_run.h"
#include "zerod/service.h"

namespace zerod {
namespace {

using Memory = std::span<std::byte>;

// The mappings of this process whose file is named like `name`.
std::vector<Memory> MappingsOf(const std::string& name) {
  std::vector<Memory> found;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    unsigned long begin = 0, end = 0;
    if (line.find("memfd:zerod-" + name) == std::string::npos) continue;
    if (std::sscanf(line.c_str(), "%lx-%lx", &begin, &end) != 2) continue;
    found.emplace_back(reinterpret_cast<std::byte*>(begin), end - begin);
  }
  return found;
}

void Scribble(const Memory& memory, std::mt19937& random) {
  for (std::size_t i = 0; i + 4 <= memory.size(); i += 4) {
    const std::uint32_t word = random();
    std::memcpy(memory.data() + i, &word, 4);
  }
}

[[noreturn]] void ScribbleForEver() {
  std::mt19937 random(1);
  while (true) {
    for (const char* name : {"gradients", "trainer-page"}) {
      for (const Memory& memory : MappingsOf(name)) Scribble(memory, random);
    }
  }
}

void RingGarbage() {
  for (const Memory& memory : MappingsOf("trainer-page")) {
    // All words behind the header: far ahead of anything that can have been rung.
    const std::size_t first = sizeof(TrainerHeader);
    for (std::size_t i = first; i + 4 <= memory.size(); i += 4) {
      const std::uint32_t number = 0x40000000;
      std::memcpy(memory.data() + i, &number, 4);
    }
  }
}

// Everything that could pull memory away from under the daemon; the seals must refuse it.
void AttackArenas() {
  for (const char* name : {"gradients", "trainer-page", "rank-page", "weights"}) {
    for (const Memory& memory : MappingsOf(name)) {
      char path[64];
      std::snprintf(path, sizeof(path), "/proc/self/map_files/%lx-%lx",
                    reinterpret_cast<unsigned long>(memory.data()),
                    reinterpret_cast<unsigned long>(memory.data() + memory.size()));
      const int descriptor = open(path, O_RDWR);
      if (descriptor >= 0) {
        if (ftruncate(descriptor, 0) == 0) std::_Exit(99);  // the seals do not hold
        fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
                  static_cast<off_t>(memory.size()));
        close(descriptor);
      }
      munmap(memory.data(), memory.size());
    }
  }
  // Sockets too: gRPC's, and the one that holds the attachment.
  for (int descriptor = 3; descriptor < 1024; ++descriptor) close(descriptor);
}

[[noreturn]] void Sleep() {
  while (true) pause();
}

const std::map<std::string, std::function<void(Trainer&)>>& Deeds() {
  static const std::map<std::string, std::function<void(Trainer&)>> deeds = {
      {"never_ring",
       [](Trainer& trainer) {
         static_cast<void>(trainer.Open({}));
         Sleep();
       }},
      {"ring_garbage",
       [](Trainer& trainer) {
         static_cast<void>(trainer.Open({}));
         RingGarbage();
         Sleep();
       }},
      {"scribble",
       [](Trainer& trainer) {
         static_cast<void>(trainer.Open({}));
         ScribbleForEver();
       }},
      {"attack_arenas",
       [](Trainer& trainer) {
         static_cast<void>(trainer.Open({}));
         static_cast<void>(trainer.MarkGradientReady(0));
         AttackArenas();
         Sleep();
       }},
      {"leave", [](Trainer&) {}},
      {"die", [](Trainer&) { raise(SIGKILL); }},
      {"die_open",
       [](Trainer& trainer) {
         static_cast<void>(trainer.Open({}));
         static_cast<void>(trainer.MarkGradientReady(trainer.parameters().size() - 1));
         raise(SIGKILL);
       }},
      {"stop", [](Trainer& trainer) {
         static_cast<void>(trainer.Open({}));
         static_cast<void>(trainer.MarkGradientReady(trainer.parameters().size() - 1));
         raise(SIGSTOP);
         // Somebody has woken it up; it goes on as if nothing had happened.
         ScribbleForEver();
       }}};
  return deeds;
}

// The step that the job is at.
absl::StatusOr<std::uint64_t> NextStep(Trainer& trainer) {
  const auto last = trainer.Result();
  if (last.ok()) return last->step + 1;
  // None yet, or the last trainer's attempt was aborted: then no step is under way.
  const auto statistics = trainer.Statistics();
  if (!statistics.ok()) return statistics.status();
  return statistics->step + 1;
}

// From wherever the job is, redoing what is aborted.
absl::Status TrainUpTo(Trainer& trainer, int rank, std::uint64_t end) {
  while (true) {
    const auto next = NextStep(trainer);
    if (!next.ok()) return next.status();
    if (*next >= end) return absl::OkStatus();
    const absl::Status trained = RunTrainer(trainer, rank, *next, {.steps = 1}, nullptr).status();
    if (!trained.ok() && !absl::IsAborted(trained)) return trained;
  }
}

int Main(const std::vector<std::string>& arguments) {
  int rank = 0;
  std::uint64_t step = 0;
  const auto deed = Deeds().find(arguments[5]);
  if (!absl::SimpleAtoi(arguments[3], &rank) || !absl::SimpleAtoi(arguments[4], &step) ||
      deed == Deeds().end()) {
    return 2;
  }
  const auto service = Service::Connect({.address = arguments[1]});
  if (!service.ok()) return 3;
  // The end of the one before may not have been noticed yet.
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  auto trainer = (*service)->Attach({.job = arguments[2], .rank = rank});
  while (absl::IsAlreadyExists(trainer.status()) && absl::Now() < deadline) {
    absl::SleepFor(absl::Milliseconds(1));
    trainer = (*service)->Attach({.job = arguments[2], .rank = rank});
  }
  if (!trainer.ok()) {
    std::fprintf(stderr, "%s\n", trainer.status().ToString().c_str());
    return 4;
  }
  if (const absl::Status trained = TrainUpTo(**trainer, rank, step); !trained.ok()) {
    std::fprintf(stderr, "%s\n", trained.ToString().c_str());
    return 5;
  }
  deed->second(**trainer);
  return 0;
}

}  // namespace
}  // namespace zerod

int main(int argc, char** argv) { return argc == 6 ? zerod::Main({argv, argv + argc}) : 2; }
