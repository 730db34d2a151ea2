#ifndef ZEROD_COMM_MPI_MPI_WORLD_H_
#define ZEROD_COMM_MPI_MPI_WORLD_H_

#include <memory>
#include <utility>

#include "comm/mpi/node_meeting.h"
#include "comm/world.h"

namespace zerod {

// A node's part of a world that may have ranks on other nodes as well.
class MpiWorld final : public World {
 public:
  explicit MpiWorld(std::shared_ptr<NodeMeeting> meeting) : meeting_(std::move(meeting)) {}
  // Waits for `on_poison` if that runs, unless it is what destroys the world. So a caller must not
  // hold locks that `on_poison` takes.
  ~MpiWorld() override;

  std::unique_ptr<Communicator> Connect(int rank) override;
  void Abort(const absl::Status& cause) override;
  absl::Status AwaitPoison() override;

 private:
  const std::shared_ptr<NodeMeeting> meeting_;
};

}  // namespace zerod

#endif  // ZEROD_COMM_MPI_MPI_WORLD_H_
