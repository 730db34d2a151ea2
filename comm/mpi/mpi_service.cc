#include "comm/mpi/mpi_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/timed_wait.h"
#include "comm/mpi/mpi_endpoint.h"

namespace zerod {

absl::StatusOr<MpiService::Place> MpiService::Start() {
  thread_ = std::thread([this] { Run(); });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return has_started_; });
  return place_;
}

void MpiService::Listen(Events events) {
  std::lock_guard lock(mutex_);
  events_ = std::move(events);
  is_listening_ = true;
  changed_.notify_all();
}

void MpiService::SendClusterMessage(int node, std::vector<std::byte> message) {
  Send(node, MessageKind::kCluster, std::move(message));
}

void MpiService::SendWorldMessage(int node, std::vector<std::byte> message) {
  Send(node, MessageKind::kWorld, std::move(message));
}

void MpiService::Send(int node, MessageKind kind, std::vector<std::byte> message) {
  Enqueue([node, kind, message = std::move(message)](MpiEndpoint* endpoint) mutable {
    if (endpoint != nullptr) endpoint->Send(node, kind, std::move(message));
  });
}

// Any work does: after it the thread polls without a pause for a while.
void MpiService::Wake() {
  Enqueue([](MpiEndpoint*) {});
}

void MpiService::Move(std::vector<Transfer> transfers, std::function<void(absl::Status)> done) {
  Enqueue([transfers = std::move(transfers), done = std::move(done)](MpiEndpoint* endpoint) {
    if (endpoint == nullptr) {
      done(absl::CancelledError("this node has left its cluster"));
    } else {
      endpoint->Move(transfers, done);
    }
  });
}

void MpiService::Enqueue(Work work) {
  {
    std::lock_guard lock(mutex_);
    if (!has_stopped_) {
      work_.push_back(std::move(work));
      if (is_pausing_) changed_.notify_all();
      return;
    }
  }
  work(nullptr);
}

absl::Status MpiService::Leave(absl::Time deadline) {
  absl::Status status;
  {
    std::unique_lock lock(mutex_);
    is_leaving_ = true;
    changed_.notify_all();
    if (!WaitUntil(changed_, lock, deadline, [&] { return has_left_ || has_stopped_; })) {
      status = absl::DeadlineExceededError(WhatHoldsUp());
      must_stop_ = true;  // before the thread can begin to finalize, unless it has
      if (is_finalizing_) {
        self_ = shared_from_this();
        thread_.detach();
      }
    } else if (!has_left_) {
      status = absl::CancelledError("this node has left its cluster");
    }
  }
  RefuseWork();
  Stop();
  return status;
}

std::string MpiService::WhatHoldsUp() const {
  if (is_finalizing_) {
    return "all nodes have left the cluster, but MPI_Finalize did not end in time; has the process "
           "of one been stopped?";
  }
  std::vector<int> missing;
  for (int node = 0; node < place_->node_count; ++node) {
    if (node != place_->node_index && !farewells_.contains(node)) missing.push_back(node);
  }
  if (missing.empty()) return "what this node has sent to others did not arrive in time";
  return absl::StrCat("node ", absl::StrJoin(missing, ", "), " did not leave the cluster in time");
}

void MpiService::RefuseWork() {
  std::vector<Work> work;
  {
    std::lock_guard lock(mutex_);
    has_stopped_ = true;
    work.swap(work_);
    changed_.notify_all();
  }
  for (Work& item : work) item(nullptr);
}

void MpiService::Stop() {
  {
    std::lock_guard lock(mutex_);
    must_stop_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

}  // namespace zerod
