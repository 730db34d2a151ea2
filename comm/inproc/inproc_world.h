#ifndef ZEROD_COMM_INPROC_INPROC_WORLD_H_
#define ZEROD_COMM_INPROC_INPROC_WORLD_H_

#include <functional>
#include <memory>

#include "comm/world.h"

namespace zerod {

class Rendezvous;

// A world whose ranks are threads of this process: a collective is a rendezvous at which every rank
// shows its buffers, and each receiver copies straight out of the sender's memory.
class InprocWorld final : public World {
 public:
  using OnPoison = std::function<void(const absl::Status& cause)>;

  // `on_poison` as in WorldOptions; it runs on a thread that the world has for it.
  explicit InprocWorld(int world_size, OnPoison on_poison = nullptr);
  // Waits for `on_poison` if that runs, unless it is what destroys the world. So a caller must not
  // hold locks that `on_poison` takes.
  ~InprocWorld() override;

  std::unique_ptr<Communicator> Connect(int rank) override;
  void Abort(const absl::Status& cause) override;
  absl::Status AwaitPoison() override;

 private:
  const std::shared_ptr<Rendezvous> rendezvous_;
};

}  // namespace zerod

#endif  // ZEROD_COMM_INPROC_INPROC_WORLD_H_
