#ifndef ZEROD_COMM_INPROC_INPROC_WORLD_H_
#define ZEROD_COMM_INPROC_INPROC_WORLD_H_

#include <memory>

#include "comm/communicator.h"

namespace zerod {

class Rendezvous;

// A world whose ranks are threads of this process: a collective is a rendezvous at which every rank
// shows its buffers, and each receiver copies straight out of the sender's memory.
class InprocWorld {
 public:
  explicit InprocWorld(int world_size);
  ~InprocWorld();

  // This rank's end; one per rank. May outlive the world object.
  std::unique_ptr<Communicator> Connect(int rank);
  // As Communicator::Abort.
  void Abort(const absl::Status& cause);

 private:
  std::shared_ptr<Rendezvous> rendezvous_;
};

}  // namespace zerod

#endif  // ZEROD_COMM_INPROC_INPROC_WORLD_H_
