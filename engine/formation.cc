#include "engine/formation.h"

#include <utility>

namespace zerod {

Formation::Formation(int world_size, CommunicatorDecorator decorate)
    : world_size_(world_size), decorate_(std::move(decorate)) {}

absl::StatusOr<FormedWorld> Formation::Join(int rank) {
  std::unique_lock lock(mutex_);
  if (++joined_count_ == world_size_) {
    joined_count_ = 0;
    ++formation_count_;
    world_ = std::make_shared<InprocWorld>(world_size_);
    cause_ = std::exchange(failure_, absl::OkStatus());
    changed_.notify_all();
  } else {
    const int formation = formation_count_;
    changed_.wait(lock, [&] { return formation_count_ != formation || stopped_; });
  }
  if (stopped_) return absl::CancelledError("the job is shutting down");
  FormedWorld formed{.comm = world_->Connect(rank), .cause = cause_};
  if (decorate_) formed.comm = decorate_(std::move(formed.comm), rank, formation_count_ - 1);
  return formed;
}

void Formation::Fail(const absl::Status& cause) {
  std::lock_guard lock(mutex_);
  if (failure_.ok()) failure_ = cause;
  if (world_) world_->Abort(failure_);
}

void Formation::Stop() {
  std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

}  // namespace zerod
