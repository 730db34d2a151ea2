#ifndef ZEROD_IPC_EPOLL_SET_H_
#define ZEROD_IPC_EPOLL_SET_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ipc/file_descriptor.h"

namespace zerod {

// What a descriptor that is watched stands for. By number, not by descriptor: an event may come
// after its descriptor was closed and the number given to another one.
struct EventSource {
  enum class Kind : std::uint8_t { kWake, kNewConnection, kRequest, kAttachmentSocket, kProcess };
  Kind kind = Kind::kWake;
  std::uint64_t id = 0;
};

// epoll(7), level-triggered, with a means to wake up who waits. Thread-safe but for Wait.
class EpollSet {
 public:
  static absl::StatusOr<EpollSet> Create();

  // kResourceExhausted: the system watches no more. Ends and errors always count as events.
  absl::Status Add(const FileDescriptor& descriptor, std::uint32_t events, EventSource source);
  // Before closing it: a copy of the descriptor in a forked child would keep it in the set.
  void Remove(const FileDescriptor& descriptor);

  // Makes the running or the next Wait return.
  void Wake();
  // Whatever is ready, by then or by `deadline` (see steady_deadline.h); Wake's events not among
  // them.
  std::vector<EventSource> Wait(absl::Duration deadline);

 private:
  FileDescriptor epoll_;
  FileDescriptor wake_;
};

}  // namespace zerod

#endif  // ZEROD_IPC_EPOLL_SET_H_
