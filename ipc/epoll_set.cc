#include "ipc/epoll_set.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <span>

#include "base/check.h"
#include "base/status_macros.h"
#include "ipc/steady_deadline.h"
#include "ipc/system_error.h"

namespace zerod {
namespace {

constexpr int kKindBits = 3;

std::uint64_t Pack(EventSource source) {
  return source.id << kKindBits | static_cast<std::uint64_t>(source.kind);
}

EventSource Unpack(std::uint64_t packed) {
  constexpr std::uint64_t kKindMask = (1 << kKindBits) - 1;
  return {.kind = static_cast<EventSource::Kind>(packed & kKindMask), .id = packed >> kKindBits};
}

}  // namespace

absl::StatusOr<EpollSet> EpollSet::Create() {
  EpollSet set;
  set.epoll_ = FileDescriptor(epoll_create1(EPOLL_CLOEXEC));
  if (set.epoll_.is_open()) set.wake_ = FileDescriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!set.wake_.is_open()) {
    return SystemError(absl::StatusCode::kResourceExhausted, errno,
                       "the system refused an epoll set or an eventfd");
  }
  ZEROD_RETURN_IF_ERROR(set.Add(set.wake_, EPOLLIN, {.kind = EventSource::Kind::kWake}));
  return set;
}

absl::Status EpollSet::Add(const FileDescriptor& descriptor, std::uint32_t events,
                           EventSource source) {
  epoll_event event = {};
  event.events = events;
  event.data.u64 = Pack(source);
  if (epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, descriptor.number(), &event) != 0) {
    return SystemError(absl::StatusCode::kResourceExhausted, errno, "epoll_ctl");
  }
  return absl::OkStatus();
}

void EpollSet::Remove(const FileDescriptor& descriptor) {
  epoll_ctl(epoll_.number(), EPOLL_CTL_DEL, descriptor.number(), nullptr);
}

void EpollSet::Wake() {
  const std::uint64_t one = 1;
  // Fails only when the count is at its maximum, in which case Wait returns anyway.
  [[maybe_unused]] const ssize_t written = write(wake_.number(), &one, sizeof(one));
}

std::vector<EventSource> EpollSet::Wait(absl::Duration deadline) {
  std::array<epoll_event, 64> events = {};
  const int count = epoll_wait(epoll_.number(), events.data(), static_cast<int>(events.size()),
                               PollTimeoutMs(deadline));
  ZEROD_CHECK(count >= 0 || errno == EINTR);
  std::vector<EventSource> ready;
  for (const epoll_event& event : std::span(events).first(count < 0 ? 0 : count)) {
    const EventSource source = Unpack(event.data.u64);
    if (source.kind != EventSource::Kind::kWake) {
      ready.push_back(source);
      continue;
    }
    std::uint64_t ignored = 0;
    [[maybe_unused]] const ssize_t got = read(wake_.number(), &ignored, sizeof(ignored));
  }
  return ready;
}

}  // namespace zerod
