#ifndef ZEROD_COMM_INPROC_INPROC_WORLD_H_
#define ZEROD_COMM_INPROC_INPROC_WORLD_H_

#include "comm/meeting_world.h"

namespace zerod {

// A world whose ranks are threads of this process: a collective is a rendezvous at which every rank
// shows its buffers, and each receiver copies straight out of the sender's memory.
class InprocWorld final : public MeetingWorld {
 public:
  // `on_poison` as in WorldOptions; it runs on a thread that the world has for it.
  explicit InprocWorld(int world_size, PoisonNotice::Callback on_poison = nullptr);
};

}  // namespace zerod

#endif  // ZEROD_COMM_INPROC_INPROC_WORLD_H_
