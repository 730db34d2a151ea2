#ifndef ZEROD_ENGINE_ATTACHMENT_H_
#define ZEROD_ENGINE_ATTACHMENT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/memory_ledger.h"
#include "engine/job_layout.h"
#include "ipc/arena.h"
#include "ipc/control_page.h"

namespace zerod {

// What a trainer and its rank share for as long as the trainer is attached: fresh gradients and
// fresh control pages every time, so that nothing which an earlier trainer still does can reach a
// later one.
struct Attachment {
  Attachment() = default;
  Attachment(const Attachment&) = delete;
  Attachment& operator=(const Attachment&) = delete;
  // Gives the gradients' pages back to the system, whoever still maps them.
  ~Attachment() { gradient_arena.Discard(); }

  std::uint64_t id = 0;  // among those of its rank; who came later has the larger one
  std::string trainer;   // who it is, for messages: "process 4711"

  std::span<std::byte> gradients;
  TrainerPage trainer_page;
  RankPage rank_page;

  // What holds them when the trainer is another process, which gets the descriptors.
  Arena gradient_arena;
  Arena trainer_page_arena;
  Arena rank_page_arena;
  // What holds them otherwise.
  Buffer private_gradients;
  struct alignas(64) CacheLine {
    std::array<std::byte, 64> bytes;
  };
  std::vector<CacheLine> private_pages;
  std::vector<Reservation> reservations;
};

// For a trainer in another process. kResourceExhausted as MemoryLedger::Allocate, or when the
// system has no more descriptors.
absl::StatusOr<std::shared_ptr<Attachment>> MakeSharedAttachment(const JobLayout& layout, int rank,
                                                                 MemoryLedger& ledger);
// For a trainer in this one. `spare`, where it is not empty, becomes its gradients, and must be
// zeroed. kResourceExhausted as MemoryLedger::Allocate.
absl::StatusOr<std::shared_ptr<Attachment>> MakePrivateAttachment(const JobLayout& layout, int rank,
                                                                  MemoryLedger& ledger,
                                                                  Buffer spare);

}  // namespace zerod

#endif  // ZEROD_ENGINE_ATTACHMENT_H_
