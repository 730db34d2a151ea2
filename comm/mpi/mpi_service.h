#ifndef ZEROD_COMM_MPI_MPI_SERVICE_H_
#define ZEROD_COMM_MPI_MPI_SERVICE_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "comm/mpi/world_router.h"

namespace zerod {

class MpiEndpoint;
enum class MessageKind : int;

// The one thread of a process that calls MPI. Others leave work for it in a queue; it never waits
// inside MPI, so it serves all worlds, and other nodes, at any time. Thread-safe.
class MpiService final : public MessagePort, public std::enable_shared_from_this<MpiService> {
 public:
  // Called on the service thread; must not block.
  struct Events {
    std::function<void(int from_node, std::vector<std::byte> message)> on_cluster_message;
    std::function<void(int from_node, std::vector<std::byte> message)> on_world_message;
    std::function<void(const absl::Status& cause)> on_failure;
  };
  struct Place {
    int node_index = 0;
    int node_count = 0;
    int max_tag = 0;
  };

  ~MpiService() override { Stop(); }

  // Starts the thread; returns when MPI is initialized on all nodes.
  absl::StatusOr<Place> Start();
  // Called once, after Start(). Messages wait for it.
  void Listen(Events events);

  void SendClusterMessage(int node, std::vector<std::byte> message);
  void SendWorldMessage(int node, std::vector<std::byte> message) override;
  void Wake() override;
  void Move(std::vector<Transfer> transfers, std::function<void(absl::Status)> done) override;

  // Returns when all nodes have called it and MPI is finalized here; kDeadlineExceeded names those
  // that have not. The thread is gone either way, and what is sent afterwards is dropped. The
  // exception is a kDeadlineExceeded that names MPI_Finalize: nobody can call the thread back from
  // there, so it stays, and with it this object.
  absl::Status Leave(absl::Time deadline);
  // Ends the thread without the others. Transfers under way fail.
  void Stop();

 private:
  // Null: the service has stopped.
  using Work = std::function<void(MpiEndpoint* endpoint)>;

  std::string WhatHoldsUp() const;  // with mutex_ held
  void Enqueue(Work work);
  // From now on nothing is done any more, nor what was enqueued before.
  void RefuseWork();
  void Send(int node, MessageKind kind, std::vector<std::byte> message);

  // The service thread.
  void Run();
  bool DoWork(MpiEndpoint& endpoint);
  enum class Phase : std::uint8_t { kServing, kAllLeave, kStopped };
  Phase Serve(MpiEndpoint& endpoint);  // returns the one in which it ended
  Phase CurrentPhase(const MpiEndpoint& endpoint);
  void Pause(std::chrono::nanoseconds pause);
  void End(MpiEndpoint& endpoint, Phase phase);
  void OnMessage(int from_node, MessageKind kind, std::vector<std::byte> message);

  Events events_;  // set before is_listening_, then only read

  std::mutex mutex_;  // guards all below but the thread
  std::condition_variable changed_;
  std::vector<Work> work_;
  absl::StatusOr<Place> place_ = absl::UnknownError("not started");
  bool has_started_ = false;
  bool is_listening_ = false;
  bool is_pausing_ = false;
  bool is_leaving_ = false;
  bool has_said_farewell_ = false;
  bool is_finalizing_ = false;
  bool has_left_ = false;
  bool must_stop_ = false;
  bool has_stopped_ = false;
  std::set<int> farewells_;           // nodes that leave, as far as this one knows
  std::shared_ptr<MpiService> self_;  // set when the thread is left behind
  std::thread thread_;
};

}  // namespace zerod

#endif  // ZEROD_COMM_MPI_MPI_SERVICE_H_
