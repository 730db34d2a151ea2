#ifndef ZEROD_COMM_MEETING_H_
#define ZEROD_COMM_MEETING_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "comm/collective_call.h"
#include "comm/communicator.h"

namespace zerod {

// Where the ranks of one node meet for one collective after the other: what a backend implements
// behind its communicators. Thread-safe.
class Meeting {
 public:
  virtual ~Meeting() = default;

  virtual int world_size() const = 0;
  // `rank`'s part in the next collective. When it returns nobody touches the call's memory any
  // more, and after success what the rank receives is there.
  virtual absl::Status Meet(int rank, const CollectiveCall& call, absl::Time deadline) = 0;
  // As the methods of Communicator.
  virtual void Abort(const absl::Status& cause) = 0;
  virtual absl::Status status() const = 0;
};

// The end of `rank`, which lives on the meeting's node.
std::unique_ptr<Communicator> MakeCommunicator(std::shared_ptr<Meeting> meeting, int rank);

}  // namespace zerod

#endif  // ZEROD_COMM_MEETING_H_
