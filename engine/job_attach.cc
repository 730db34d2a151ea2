// Job: its trainers.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "engine/job.h"

namespace zerod {
namespace {

// How long the gradients of a rank's last trainer may still be in use before the memory for those
// of its successor counts as missing.
constexpr absl::Duration kReleasePatience = absl::Seconds(2);
// For the decision on a step that all local trainers have committed.
constexpr absl::Duration kDecisionPatience = absl::Milliseconds(500);
constexpr absl::Duration kPollPause = absl::Milliseconds(1);

}  // namespace

PagePort& Job::Port(int rank) const {
  ZEROD_CHECK(At(rank).port != nullptr);
  return *At(rank).port;
}

Buffer Job::TakeSpare(int rank) {
  std::lock_guard lock(spares_mutex_);
  const auto found = spares_.find(rank);
  return found == spares_.end() ? Buffer() : std::move(spares_.extract(found).mapped());
}

absl::StatusOr<std::shared_ptr<Attachment>> Job::NewAttachment(int rank) {
  if (options_.share_memory) return MakeSharedAttachment(layout(), rank, *ledger_);
  return MakePrivateAttachment(layout(), rank, *ledger_, TakeSpare(rank));
}

absl::StatusOr<std::shared_ptr<Attachment>> Job::NewAttachmentAfter(
    int rank, const std::weak_ptr<Attachment>& last) {
  const absl::Time end = absl::Now() + kReleasePatience;
  while (true) {
    const bool is_released = last.expired();
    auto attachment = NewAttachment(rank);
    if (!absl::IsResourceExhausted(attachment.status()) || is_released || absl::Now() > end) {
      return attachment;
    }
    absl::SleepFor(kPollPause);
  }
}

absl::StatusOr<std::shared_ptr<Attachment>> Job::Attach(int rank, bool replace) {
  // Before memory is taken for somebody who will be refused.
  if (!replace) ZEROD_RETURN_IF_ERROR(Port(rank).CheckFree());
  auto made = NewAttachment(rank);
  if (absl::IsResourceExhausted(made.status())) {
    if (replace) Port(rank).Vacate();
    made = NewAttachmentAfter(rank, Port(rank).LastAttachment());
  }
  ZEROD_ASSIGN_OR_RETURN(std::shared_ptr<Attachment> attachment, std::move(made));
  ZEROD_ASSIGN_OR_RETURN(const bool rank_was_told, Port(rank).Attach(attachment, replace));
  // The rank's thread is on its way to tell its peers that there is no trainer: call it back.
  if (rank_was_told) {
    Fail(absl::UnavailableError(absl::StrCat("another trainer has attached to rank ", rank)));
  }
  return attachment;
}

void Job::Detach(int rank, std::uint64_t attachment, absl::string_view why) {
  Port(rank).Detach(attachment, why);
}

absl::Status Job::Commit(int rank, std::uint64_t attachment, std::uint32_t sequence,
                         const TrainerCommit& commit) {
  return Port(rank).Commit(attachment, sequence, commit);
}

absl::Status Job::GiveUp(int rank, std::uint64_t attachment, std::uint32_t sequence,
                         absl::string_view reason) {
  return Port(rank).GiveUp(attachment, sequence, reason);
}

bool Job::Drain(const absl::Status& why, absl::Time deadline) {
  for (const Rank& rank : ranks_) {
    if (rank.port) rank.port->RefuseCommits(why);
  }
  const absl::Time decision_end = std::min(deadline, absl::Now() + kDecisionPatience);
  while (true) {
    // In this order: a commit is there until its step is being finished.
    const auto without_commit = [](const Rank& rank) {
      return rank.port && !rank.port->has_commit();
    };
    const bool is_deciding =
        std::ranges::any_of(ranks_, [](const Rank& rank) { return rank.port != nullptr; }) &&
        std::ranges::none_of(ranks_, without_commit);
    const bool is_finishing =
        std::ranges::any_of(ranks_, [](const Rank& rank) { return rank.worker->is_finishing(); });
    const absl::Time now = absl::Now();
    if (!is_finishing && (!is_deciding || now > decision_end)) return true;
    if (now > deadline) return false;
    absl::SleepFor(kPollPause);
  }
}

void Job::Close(const absl::Status& why) {
  for (const Rank& rank : ranks_) {
    if (rank.port) rank.port->Close(why);
  }
}

void Job::NameTrainer(int rank, std::uint64_t attachment, const std::string& trainer) {
  Port(rank).NameTrainer(attachment, trainer);
}

std::string Job::TrainerOf(int rank) const { return Port(rank).trainer(); }

const Arena& Job::WeightsArena(int rank) const { return At(rank).worker->memory().weights_arena(); }

}  // namespace zerod
