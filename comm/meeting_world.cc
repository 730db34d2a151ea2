#include "comm/meeting_world.h"

#include "base/check.h"

namespace zerod {

std::unique_ptr<Communicator> MeetingWorld::Connect(int rank) {
  ZEROD_CHECK(meeting_->Lives(rank));
  return MakeCommunicator(meeting_, rank);
}

}  // namespace zerod
