// What an MpiService does on its thread.
#include <sys/prctl.h>

#include <utility>

#include "comm/mpi/mpi_endpoint.h"
#include "comm/mpi/mpi_service.h"
#include "comm/mpi/pacing.h"

namespace zerod {
namespace {

// MPI may use the buffers of what was under way until the process ends.
void KeepForever(std::unique_ptr<MpiEndpoint> endpoint) {
  static auto* const kept = new std::vector<std::unique_ptr<MpiEndpoint>>;
  kept->push_back(std::move(endpoint));
}

}  // namespace

void MpiService::Run() {
  // Pauses of microseconds are meant as such; by default the kernel adds 50.
  prctl(PR_SET_TIMERSLACK, 1000UL, 0UL, 0UL, 0UL);
  auto endpoint = MpiEndpoint::Init(
      {.on_message =
           [this](int from_node, MessageKind kind, std::vector<std::byte> message) {
             OnMessage(from_node, kind, std::move(message));
           },
       .on_failure = [this](const absl::Status& cause) { events_.on_failure(cause); }});
  {
    std::unique_lock lock(mutex_);
    if (endpoint.ok()) {
      place_ = Place{.node_index = (*endpoint)->node_index(),
                     .node_count = (*endpoint)->node_count(),
                     .max_tag = (*endpoint)->max_tag()};
    } else {
      place_ = endpoint.status();
    }
    has_started_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return is_listening_ || must_stop_; });
    has_stopped_ = !endpoint.ok() || !is_listening_;
    if (has_stopped_) return;
  }
  if (Serve(**endpoint) == Phase::kStopped) KeepForever(*std::move(endpoint));
}

MpiService::Phase MpiService::Serve(MpiEndpoint& endpoint) {
  auto last_event = std::chrono::steady_clock::now();
  Phase phase = Phase::kServing;
  while (phase == Phase::kServing) {
    const bool has_worked = DoWork(endpoint);
    const bool has_polled = endpoint.Poll();
    const auto now = std::chrono::steady_clock::now();
    if (has_worked || has_polled) last_event = now;
    Pause(PauseAfter(now - last_event, endpoint.is_moving()));
    phase = CurrentPhase(endpoint);
  }
  End(endpoint, phase);
  return phase;
}

bool MpiService::DoWork(MpiEndpoint& endpoint) {
  std::vector<Work> work;
  bool is_farewell = false;
  {
    std::lock_guard lock(mutex_);
    work.swap(work_);
    is_farewell = is_leaving_ && !std::exchange(has_said_farewell_, is_leaving_);
  }
  for (Work& item : work) item(&endpoint);
  // Not the last that this node says: a coordinator goes on answering nodes that leave its worlds.
  // But each node says its own only when all of its worlds are closed, or it has given them up:
  // whoever has heard all farewells knows that nobody waits for an answer any more.
  for (int node = 0; is_farewell && node < endpoint.node_count(); ++node) {
    if (node != endpoint.node_index()) endpoint.Send(node, MessageKind::kFarewell, {});
  }
  return !work.empty() || is_farewell;
}

MpiService::Phase MpiService::CurrentPhase(const MpiEndpoint& endpoint) {
  std::lock_guard lock(mutex_);
  if (must_stop_) return Phase::kStopped;
  is_finalizing_ = has_said_farewell_ && work_.empty() && endpoint.is_quiet() &&
                   static_cast<int>(farewells_.size()) == endpoint.node_count() - 1;
  return is_finalizing_ ? Phase::kAllLeave : Phase::kServing;
}

void MpiService::Pause(std::chrono::nanoseconds pause) {
  std::unique_lock lock(mutex_);
  const auto is_needed = [&] {
    return !work_.empty() || must_stop_ || (is_leaving_ && !has_said_farewell_);
  };
  if (is_needed()) return;
  if (pause == std::chrono::nanoseconds(0)) {
    lock.unlock();
    std::this_thread::yield();
    return;
  }
  is_pausing_ = true;
  changed_.wait_for(lock, pause, is_needed);
  is_pausing_ = false;
}

void MpiService::End(MpiEndpoint& endpoint, Phase phase) {
  if (phase == Phase::kAllLeave) endpoint.Finalize();
  endpoint.GiveUp();
  {
    std::lock_guard lock(mutex_);
    has_left_ = phase == Phase::kAllLeave;
  }
  RefuseWork();
}

void MpiService::OnMessage(int from_node, MessageKind kind, std::vector<std::byte> message) {
  switch (kind) {
    case MessageKind::kCluster:
      events_.on_cluster_message(from_node, std::move(message));
      return;
    case MessageKind::kWorld:
      events_.on_world_message(from_node, std::move(message));
      return;
    case MessageKind::kFarewell:
      std::lock_guard lock(mutex_);
      farewells_.insert(from_node);
      return;
  }
}

}  // namespace zerod
