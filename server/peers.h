#ifndef ZEROD_SERVER_PEERS_H_
#define ZEROD_SERVER_PEERS_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comm/cluster.h"
#include "zerod/v1/peer.pb.h"

namespace zerod {

// Requests and responses between the daemons of a cluster. Requests of one node are answered in
// order, by a thread of their own: an answer may take its time. Thread-safe.
class Peers {
 public:
  using Answer = absl::StatusOr<v1::PeerResponse>;  // never OK with a code other than 0
  using Handler = std::function<v1::PeerResponse(int from_node, const v1::PeerRequest& request)>;

  // Takes the messages of `cluster`, which must have left before this object dies. `handler` runs
  // on several threads at a time.
  Peers(Cluster& cluster, Handler handler);
  ~Peers();

  // A call that is under way.
  class Pending {
   public:
    // kDeadlineExceeded names node, request and flag; else what the other node answered.
    Answer Await(absl::Duration deadline);

   private:
    friend class Peers;
    Peers* peers_ = nullptr;
    std::uint64_t call_ = 0;
    int node_ = 0;
    std::string request_;           // its kind, for messages
    std::optional<Answer> answer_;  // guarded by the peers' mutex
  };
  // Sends `request`. Towards this node itself it is handled before Begin returns.
  std::shared_ptr<Pending> Begin(int node, v1::PeerRequest request);
  Answer Call(int node, v1::PeerRequest request, absl::Duration deadline);
  // All nodes at the same time, this one too; in node order.
  std::vector<Answer> CallAll(const v1::PeerRequest& request, absl::Duration deadline);

  // Every call under way, and later ones, end with kUnavailable; what other nodes ask is refused.
  // Returns once no handler runs any more.
  void Stop();

 private:
  // Requests of one node, and the thread that answers them.
  struct Lane {
    std::deque<v1::PeerMessage> requests;
    std::thread thread;
  };

  void Deliver(int from_node, const Cluster::Message& bytes);
  void Serve(int from_node, Lane& lane);
  void Send(int node, const v1::PeerMessage& message);

  Cluster& cluster_;
  const Handler handler_;

  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::map<std::uint64_t, std::shared_ptr<Pending>> pending_;  // by call
  std::map<int, std::unique_ptr<Lane>> lanes_;                 // by node
  std::uint64_t last_call_ = 0;
  bool stopped_ = false;
};

// As a handler answers: the status, and nothing else.
v1::PeerResponse PeerResponseOf(const absl::Status& status);

}  // namespace zerod

#endif  // ZEROD_SERVER_PEERS_H_
