#ifndef ZEROD_IPC_CONTROL_PAGE_H_
#define ZEROD_IPC_CONTROL_PAGE_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace zerod {

// The two pages through which a trainer and its rank talk while a step runs: one that the trainer
// writes and one that the rank writes, so that a trainer in another process can map the rank's
// read-only. docs/control_page.md describes the protocol.
//
// Every use of a word has a sequence number of its own. An attempt at a step has an opening number
// S, which the rank fixes; its micro-batch i uses S + 1 + i, and the attempt after it opens with
// S + micro_batches + 2. Numbers are 32 bits and wrap around: compare them with SequenceDistance.
inline constexpr std::uint32_t kControlPageVersion = 1;

// How far `later` is ahead of `earlier`; negative when it is behind.
inline std::int32_t SequenceDistance(std::uint32_t later, std::uint32_t earlier) {
  return static_cast<std::int32_t>(later - earlier);
}

using SharedWord = std::atomic<std::uint32_t>;
using SharedDoubleWord = std::atomic<std::uint64_t>;
static_assert(SharedWord::is_always_lock_free && SharedDoubleWord::is_always_lock_free);

// Where the trainer's page begins. To the rank all of it is foreign: it may hold anything, and
// change at any time.
struct alignas(64) TrainerHeader {
  SharedWord bell;      // rung by the trainer, and by the rank's own process to call its thread
  SharedWord sleeping;  // not 0 while the trainer sleeps on the rank's bell
  SharedWord opened;    // opening number of the attempt the trainer has opened last
  SharedWord micro_batches;     // of that attempt
  SharedDoubleWord loss_scale;  // of that attempt: the bits of a binary64
};

enum class Verdict : std::uint32_t { kNone = 0, kDecided = 1, kAborted = 2 };

inline constexpr std::size_t kMessageBytes = 2048;
using MessageText = std::array<char, kMessageBytes>;  // ends with a 0

// Where the rank's page begins. `message` is that of the last abort, and is not written before the
// trainer has opened the next attempt; `closing_message` is written once.
struct alignas(64) RankHeader {
  SharedWord bell;      // rung by the rank
  SharedWord sleeping;  // not 0 while the rank sleeps on the trainer's bell
  SharedWord sequence;  // opening number of the next attempt, or of the one in flight
  SharedWord pending;   // written once: equals `sequence` while an attempt is in flight that
                        // an earlier trainer has committed
  SharedWord judged;    // opening number of the attempt that `verdict` is about
  SharedWord verdict;   // a Verdict
  SharedWord decided;   // opening number of the last attempt that was decided
  SharedWord ended;     // opening number of the last decided attempt whose step has ended
  SharedDoubleWord decided_step;   // its step; 0: none yet
  SharedDoubleWord attempt;        // the try at it that succeeded
  SharedDoubleWord gradient_norm;  // bits of a binary64
  SharedWord clip_factor;          // bits of a binary32
  SharedWord outcome;              // a StepOutcome
  SharedWord micro_batches;        // of the last decided step; before the first, the job's
  SharedDoubleWord loss_scale;     // likewise: the bits of a binary64
  SharedWord closed;               // not 0: the attachment is over; an absl::StatusCode
  MessageText message;
  MessageText closing_message;
};

// A page with its arrays of words, each on cache lines of its own. Views of memory that somebody
// else owns.
struct TrainerPage {
  TrainerHeader* header = nullptr;
  std::span<SharedWord> rung;    // per bucket: last number for which its gradients were complete
  std::span<SharedWord> marked;  // per parameter: last number for which it was marked. Only to say
                                 // what is missing
};
struct RankPage {
  RankHeader* header = nullptr;
  std::span<SharedWord> taken;          // per bucket: last number whose gradients were taken
  std::span<SharedWord> weights_ready;  // per bucket: attempt whose weights are in the arena
};

std::size_t TrainerPageBytes(std::size_t bucket_count, std::size_t parameter_count);
std::size_t RankPageBytes(std::size_t bucket_count);
// `memory` has at least as many bytes, is aligned to 64 and starts as zeros. A view of memory that
// is mapped read-only must only be read.
TrainerPage ViewTrainerPage(std::span<std::byte> memory, std::size_t bucket_count,
                            std::size_t parameter_count);
RankPage ViewRankPage(std::span<std::byte> memory, std::size_t bucket_count);

// Cut off where it is too long.
void PutMessage(MessageText& target, absl::string_view text);
absl::string_view MessageOf(const MessageText& text);

}  // namespace zerod

#endif  // ZEROD_IPC_CONTROL_PAGE_H_
