#ifndef ZEROD_COMM_DELIVERY_H_
#define ZEROD_COMM_DELIVERY_H_

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "comm/cluster.h"

namespace zerod {

// Hands a node's messages to its handler, on a thread of its own, so that a handler that takes its
// time never holds up the transport. Thread-safe.
class Delivery {
 public:
  Delivery();
  ~Delivery() { Stop(); }

  // As Cluster::SetHandler.
  void SetHandler(Cluster::Handler handler);
  // Never blocks. Dropped after Stop().
  void Put(int from_node, Cluster::Message message);
  // Returns when the handler has seen what was put before, if there is one. Not for the handler to
  // call.
  void Stop();

 private:
  struct Letter {
    int from_node = 0;
    Cluster::Message message;
  };
  void DeliverAll();

  std::mutex mutex_;  // guards all below but the thread
  std::condition_variable changed_;
  Cluster::Handler handler_;
  std::deque<Letter> letters_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace zerod

#endif  // ZEROD_COMM_DELIVERY_H_
