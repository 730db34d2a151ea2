#include "engine/formation.h"

#include <utility>

#include "absl/strings/match.h"

namespace zerod {

Formation::Formation(Options options) : options_(std::move(options)) {}
Formation::~Formation() = default;

absl::StatusOr<FormedWorld> Formation::Join(int rank) {
  std::unique_lock lock(mutex_);
  if (++joined_count_ == options_.local_rank_count) {
    cause_ = EndOfLastWorld(lock);
    joined_count_ = 0;
    const std::uint64_t formation = formation_count_++;
    if (!stopped_) {
      world_ = options_.form_world(
          formation, [this, formation](const absl::Status& cause) { OnFailure(formation, cause); });
    }
    changed_.notify_all();
  } else {
    const std::uint64_t formation = formation_count_;
    changed_.wait(lock, [&] { return formation_count_ != formation || stopped_; });
  }
  if (stopped_) return absl::CancelledError("the job is shutting down");
  FormedWorld formed{.comm = world_->Connect(rank), .cause = cause_};
  if (options_.decorate) {
    formed.comm =
        options_.decorate(std::move(formed.comm), rank, static_cast<int>(formation_count_ - 1));
  }
  return formed;
}

absl::Status Formation::EndOfLastWorld(std::unique_lock<std::mutex>& lock) {
  std::shared_ptr<World> last = std::exchange(world_, nullptr);
  if (last == nullptr) return absl::OkStatus();
  // Unlocked: the answer may come from another node, and OnFailure with it.
  lock.unlock();
  absl::Status cause = last->AwaitPoison();
  last.reset();
  lock.lock();
  // The same, with what a rank here knows beside it: which step it was in.
  const absl::Status told = std::exchange(failure_, absl::OkStatus());
  const bool is_same =
      told.code() == cause.code() && absl::StrContains(told.message(), cause.message());
  return is_same ? told : cause;
}

void Formation::OnFailure(std::uint64_t formation, const absl::Status& cause) {
  std::lock_guard lock(mutex_);
  // Late news of a world that has been replaced must not disturb its successor.
  if (formation + 1 == formation_count_) options_.on_failure(cause);
}

void Formation::Fail(const absl::Status& cause) {
  std::shared_ptr<World> world;
  {
    std::lock_guard lock(mutex_);
    if (failure_.ok()) failure_ = cause;
    world = world_;
  }
  if (world) world->Abort(cause);
}

void Formation::Stop() {
  std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

}  // namespace zerod
