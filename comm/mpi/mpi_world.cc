#include "comm/mpi/mpi_world.h"

#include "base/check.h"

namespace zerod {

MpiWorld::~MpiWorld() { meeting_->CancelNotice(); }

std::unique_ptr<Communicator> MpiWorld::Connect(int rank) {
  ZEROD_CHECK(meeting_->Lives(rank));
  return MakeCommunicator(meeting_, rank);
}

void MpiWorld::Abort(const absl::Status& cause) { meeting_->Abort(cause); }

absl::Status MpiWorld::AwaitPoison() { return meeting_->AwaitPoison(); }

}  // namespace zerod
