#ifndef ZEROD_COMM_MEETING_WORLD_H_
#define ZEROD_COMM_MEETING_WORLD_H_

#include <memory>
#include <utility>

#include "comm/meeting.h"
#include "comm/world.h"

namespace zerod {

// A world whose local ranks come together in a Meeting, of whatever backend.
class MeetingWorld : public World {
 public:
  explicit MeetingWorld(std::shared_ptr<Meeting> meeting) : meeting_(std::move(meeting)) {}
  // Waits for `on_poison` if that runs, unless it is what destroys the world. So a caller must not
  // hold locks that `on_poison` takes.
  ~MeetingWorld() override { meeting_->CancelNotice(); }

  std::unique_ptr<Communicator> Connect(int rank) override;
  void Abort(const absl::Status& cause) override { meeting_->Abort(cause); }
  absl::Status AwaitPoison() override { return meeting_->AwaitPoison(); }

 private:
  const std::shared_ptr<Meeting> meeting_;
};

}  // namespace zerod

#endif  // ZEROD_COMM_MEETING_WORLD_H_
