#ifndef ZEROD_TESTS_IPC_LISTENER_TEST_BASE_H_
#define ZEROD_TESTS_IPC_LISTENER_TEST_BASE_H_

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/handshake_listener.h"

namespace zerod {

// What callbacks said, in order, from any thread.
class EventLog {
 public:
  void Add(std::string event);
  std::vector<std::string> Events() const;
  // The events, once there are `count` of them, or after `patience`.
  std::vector<std::string> WaitFor(std::size_t count,
                                   absl::Duration patience = absl::Seconds(20)) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> events_;
};

// Polls until `condition`; false after 20 s.
bool Eventually(const std::function<bool()>& condition);

// How many descriptors this process has open.
int OpenDescriptors();

// A folder of its own for the socket, which everybody may enter.
class ListenerTest : public testing::Test {
 protected:
  ListenerTest();
  ~ListenerTest() override;

  // With these options but for path and on_refused: that one writes to `refusals_`.
  void Start(HandshakeListener::Options options = {});
  // An offer of `descriptors` whose callbacks write to `log_`, with what they are told.
  HandshakeOffer Logged(std::vector<int> descriptors = {});
  Ticket OfferLogged(std::vector<int> descriptors = {});
  // From this process.
  absl::StatusOr<Claim> ClaimHere(const Ticket& ticket) const;
  // For TrainerProcess::Ask.
  std::string ClaimCommand(const Ticket& ticket) const;

  std::string folder_;
  std::string path_;
  EventLog log_;
  EventLog refusals_;
  std::unique_ptr<HandshakeListener> listener_;  // dies first
};

}  // namespace zerod

#endif  // ZEROD_TESTS_IPC_LISTENER_TEST_BASE_H_
