#include "comm/inproc/inproc_world.h"

#include <utility>

#include "base/check.h"
#include "comm/inproc/rendezvous.h"

namespace zerod {

InprocWorld::InprocWorld(int world_size, OnPoison on_poison)
    : rendezvous_(std::make_shared<Rendezvous>(world_size, std::move(on_poison))) {}

InprocWorld::~InprocWorld() { rendezvous_->CancelNotice(); }

std::unique_ptr<Communicator> InprocWorld::Connect(int rank) {
  ZEROD_CHECK(rank >= 0 && rank < rendezvous_->world_size());
  return MakeCommunicator(rendezvous_, rank);
}

void InprocWorld::Abort(const absl::Status& cause) { rendezvous_->Abort(cause); }

absl::Status InprocWorld::AwaitPoison() { return rendezvous_->AwaitPoison(); }

}  // namespace zerod
