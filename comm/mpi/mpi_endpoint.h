#ifndef ZEROD_COMM_MPI_MPI_ENDPOINT_H_
#define ZEROD_COMM_MPI_MPI_ENDPOINT_H_

#include <mpi.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "comm/mpi/request_set.h"
#include "comm/mpi/transfer_plan.h"

namespace zerod {

// The kinds of messages that are not transfers; their MPI tags.
enum class MessageKind : int {
  kCluster = 0,  // for the handler
  kWorld = 1,    // wire.h
  kFarewell = 2  // the sender leaves, and wants nothing any more; it still answers others
};

// This process's end of MPI. Every method is called by the one thread that created it, and none
// blocks but Init and Finalize.
class MpiEndpoint {
 public:
  struct Events {
    std::function<void(int from_node, MessageKind kind, std::vector<std::byte> message)> on_message;
    // kUnavailable, naming the node where that is known.
    std::function<void(const absl::Status& cause)> on_failure;
  };

  // Initialises MPI, once per process. All processes do.
  static absl::StatusOr<std::unique_ptr<MpiEndpoint>> Init(Events events);

  int node_index() const { return node_index_; }
  int node_count() const { return node_count_; }
  int max_tag() const { return max_tag_; }

  // Messages between two nodes arrive in order, whatever their kinds.
  void Send(int node, MessageKind kind, std::vector<std::byte> message);
  // As MessagePort::Move.
  void Move(const std::vector<Transfer>& transfers, std::function<void(absl::Status)> done);
  // Lets MPI make progress; false if nothing happened.
  bool Poll();

  bool is_moving() const { return !transfers_.empty(); }
  bool is_quiet() const { return messages_.empty() && transfers_.empty(); }
  // Ends all transfers with an error, though MPI may still be using their memory.
  void GiveUp();
  // After a farewell from every node, and when quiet.
  void Finalize();

 private:
  struct Incoming {
    MessageKind kind = MessageKind::kCluster;
    std::vector<std::byte> bytes;
    bool is_complete = false;
  };

  explicit MpiEndpoint(Events events) : events_(std::move(events)) {}
  absl::Status Join();
  bool ReceiveOne();
  void Deliver(int node);
  absl::Status Failure(int node, int mpi_error, const std::string& what) const;

  const Events events_;
  int node_index_ = 0;
  int node_count_ = 0;
  int max_tag_ = 0;
  MPI_Comm message_comm_ = MPI_COMM_NULL;   // messages
  MPI_Comm transfer_comm_ = MPI_COMM_NULL;  // transfers, so that their tags are free
  RequestSet messages_;
  RequestSet transfers_;
  // By node. A large message completes after a small one that follows it; they wait here.
  std::vector<std::deque<std::shared_ptr<Incoming>>> incoming_;
};

}  // namespace zerod

#endif  // ZEROD_COMM_MPI_MPI_ENDPOINT_H_
