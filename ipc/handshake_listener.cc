#include "ipc/handshake_listener.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "base/check.h"
#include "base/status_macros.h"
#include "ipc/attachments.h"
#include "ipc/epoll_set.h"
#include "ipc/listening_socket.h"
#include "ipc/reception.h"

namespace zerod {
namespace {

class ThreadedListener : public HandshakeListener {
 public:
  ThreadedListener(Options options, std::unique_ptr<ListeningSocket> listening, EpollSet events)
      : ticket_lifetime_(options.ticket_lifetime),
        events_(std::move(events)),
        attachments_(events_),
        reception_(std::move(options), std::move(listening), events_, attachments_) {}

  ~ThreadedListener() override {
    if (!thread_.joinable()) return;
    ZEROD_CHECK(std::this_thread::get_id() != thread_.get_id());  // not from a callback
    stopping_.store(true);
    events_.Wake();
    thread_.join();
  }

  absl::Status StartThread() {
    ZEROD_RETURN_IF_ERROR(reception_.Open());
    thread_ = std::thread([this] { Serve(); });
    return absl::OkStatus();
  }

  Ticket Offer(HandshakeOffer offer) override {
    return attachments_.Offer(std::move(offer), ticket_lifetime_);
  }
  void Withdraw(const Ticket& ticket) override { attachments_.Withdraw(ticket); }

 private:
  void Serve() {
    while (!stopping_.load()) {
      const absl::Duration due = std::min(attachments_.NextDue(), reception_.NextDue());
      for (const EventSource& source : events_.Wait(due)) Handle(source);
      attachments_.RunDue();
      reception_.RunDue();
    }
    attachments_.ForgetAll();
  }

  void Handle(const EventSource& source) {
    switch (source.kind) {
      case EventSource::Kind::kWake:
        return;
      case EventSource::Kind::kNewConnection:
        return reception_.AcceptOne();
      case EventSource::Kind::kRequest:
        return reception_.ReadRequest(source.id);
      case EventSource::Kind::kAttachmentSocket:
        return attachments_.SocketEnded(source.id);
      case EventSource::Kind::kProcess:
        return attachments_.ProcessEnded(source.id);
    }
  }

  const absl::Duration ticket_lifetime_;
  std::atomic<bool> stopping_ = false;
  EpollSet events_;
  Attachments attachments_;
  Reception reception_;
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HandshakeListener>> HandshakeListener::Start(Options options) {
  ZEROD_ASSIGN_OR_RETURN(auto listening, ListeningSocket::Open(options.path, options.mode));
  ZEROD_ASSIGN_OR_RETURN(EpollSet events, EpollSet::Create());
  auto listener = std::make_unique<ThreadedListener>(std::move(options), std::move(listening),
                                                     std::move(events));
  ZEROD_RETURN_IF_ERROR(listener->StartThread());
  return listener;
}

}  // namespace zerod
