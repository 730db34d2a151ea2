#include "tests/ipc/listener_test_base.h"

#include <sys/stat.h>

#include <filesystem>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/check.h"

namespace zerod {

void EventLog::Add(std::string event) {
  std::lock_guard lock(mutex_);
  events_.push_back(std::move(event));
  changed_.notify_all();
}

std::vector<std::string> EventLog::Events() const {
  std::lock_guard lock(mutex_);
  return events_;
}

std::vector<std::string> EventLog::WaitFor(std::size_t count, absl::Duration patience) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, absl::ToChronoNanoseconds(patience),
                    [&] { return events_.size() >= count; });
  return events_;
}

bool Eventually(const std::function<bool()>& condition) {
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (!condition()) {
    if (absl::Now() > deadline) return false;
    absl::SleepFor(absl::Milliseconds(5));
  }
  return true;
}

int OpenDescriptors() {
  using Entries = std::filesystem::directory_iterator;
  return static_cast<int>(std::distance(Entries("/proc/self/fd"), Entries()));
}

ListenerTest::ListenerTest() {
  std::string pattern = testing::TempDir() + "zerod_ipc_XXXXXX";
  ZEROD_CHECK(mkdtemp(pattern.data()) != nullptr);
  folder_ = pattern;
  path_ = folder_ + "/handshake.sock";
  ZEROD_CHECK(chmod(folder_.c_str(), 0755) == 0);
}

ListenerTest::~ListenerTest() {
  listener_.reset();
  std::filesystem::remove_all(folder_);
}

void ListenerTest::Start(HandshakeListener::Options options) {
  options.path = path_;
  options.on_refused = [this](const HandshakePeer& peer, const absl::Status& why) {
    refusals_.Add(absl::StrCat("uid ", peer.uid, ": ", why.ToString()));
  };
  auto started = HandshakeListener::Start(std::move(options));
  ASSERT_TRUE(started.ok()) << started.status();
  listener_ = *std::move(started);
}

HandshakeOffer ListenerTest::Logged(std::vector<int> descriptors) {
  return {.descriptors = std::move(descriptors),
          .on_claimed =
              [this](const HandshakePeer& peer) {
                log_.Add(absl::StrCat("claimed by ", peer.pid, " of uid ", peer.uid));
              },
          .on_ended = [this](const std::string& why) { log_.Add(why); },
          .on_gone = [this] { log_.Add("gone"); }};
}

Ticket ListenerTest::OfferLogged(std::vector<int> descriptors) {
  return listener_->Offer(Logged(std::move(descriptors)));
}

absl::StatusOr<Claim> ListenerTest::ClaimHere(const Ticket& ticket) const {
  return ClaimDescriptors(path_, ticket, absl::Now() + absl::Seconds(20));
}

std::string ListenerTest::ClaimCommand(const Ticket& ticket) const {
  return absl::StrCat("claim ", path_, " ", TicketToText(ticket));
}

}  // namespace zerod
