#include "comm/mpi/world_router.h"

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/timed_wait.h"

namespace zerod {
namespace {

bool IsForCoordinator(const WorldMessage& message) {
  return std::holds_alternative<OpenWorld>(message) ||
         std::holds_alternative<JoinCollective>(message) ||
         std::holds_alternative<ReportArrivals>(message) ||
         std::holds_alternative<AbortWorld>(message) || std::holds_alternative<LeaveWorld>(message);
}

}  // namespace

// How a meeting reaches its coordinator. Keeps the router, which a communicator may so outlive.
class WorldRouter::Link final : public WorldLink {
 public:
  Link(std::shared_ptr<WorldRouter> router, const WorldKey& world, int coordinator)
      : router_(std::move(router)), world_(world), coordinator_(coordinator) {}

  void ToCoordinator(const WorldMessage& message) override {
    router_->ToCoordinator(world_, coordinator_, message);
  }
  void Move(std::vector<Transfer> transfers, std::function<void(absl::Status)> done) override {
    router_->port_->Move(std::move(transfers), std::move(done));
  }

 private:
  const std::shared_ptr<WorldRouter> router_;
  const WorldKey world_;
  const int coordinator_;
};

std::shared_ptr<NodeMeeting> WorldRouter::Form(const std::shared_ptr<WorldRouter>& router,
                                               const WorldKey& world, NodeMeetingOptions options) {
  const int coordinator = options.node_of_rank.at(0);
  auto meeting = std::make_shared<NodeMeeting>(std::move(options),
                                               std::make_unique<Link>(router, world, coordinator));
  absl::Status failure;
  {
    std::lock_guard lock(router->meetings_mutex_);
    const bool is_new = router->meetings_.emplace(world, meeting).second;
    ZEROD_CHECK(is_new);
    failure = router->failure_;
  }
  meeting->Open();
  if (!failure.ok()) meeting->Poison(failure);
  return meeting;
}

void WorldRouter::ToCoordinator(const WorldKey& world, int coordinator,
                                const WorldMessage& message) {
  if (coordinator == options_.node) {
    Coordinate(world, options_.node, message);
  } else {
    port_->SendWorldMessage(coordinator, EncodeWorldMessage(world, message));
  }
}

absl::Status WorldRouter::Receive(int from_node, const std::vector<std::byte>& message) {
  absl::StatusOr<AddressedMessage> addressed = DecodeWorldMessage(message);
  if (!addressed.ok()) {
    return absl::InternalError(
        absl::StrCat("node ", from_node, " sent ", addressed.status().message()));
  }
  if (IsForCoordinator(addressed->message)) {
    Coordinate(addressed->world, from_node, addressed->message);
  } else {
    ToMeeting(addressed->world, addressed->message);
  }
  return absl::OkStatus();
}

void WorldRouter::Coordinate(const WorldKey& world, int from_node, const WorldMessage& message) {
  std::shared_ptr<NodeMeeting> meeting;  // let go of last: its end is a message, too
  std::lock_guard lock(coordinators_mutex_);
  auto found = coordinators_.find(world);
  if (found == coordinators_.end()) {
    const auto* open = std::get_if<OpenWorld>(&message);
    if (open == nullptr || open->node_of_rank.empty()) return;
    found = coordinators_.try_emplace(world, open->node_of_rank, TakeTag()).first;
  }
  for (const Envelope& envelope : found->second.Take(from_node, message)) {
    if (envelope.node != options_.node) {
      port_->SendWorldMessage(envelope.node, EncodeWorldMessage(world, envelope.message));
    } else if (auto own = ToMeeting(world, envelope.message); own != nullptr) {
      meeting = std::move(own);
    }
  }
  // Other nodes' parts may lie there unseen, or come any moment.
  if (from_node == options_.node && std::holds_alternative<JoinCollective>(message)) port_->Wake();
  if (found->second.finished()) {
    tags_in_use_.erase(found->second.tag());
    coordinators_.erase(found);
  }
}

// Worlds that are open at the same time must not share a tag between the same two nodes. Every
// coordinator has the tags of its own residue class, and uses one again when all nodes have left
// its world, hence nothing moves in it any more.
int WorldRouter::TakeTag() {
  const int tags_per_node = options_.max_tag / options_.node_count;
  ZEROD_CHECK(static_cast<int>(tags_in_use_.size()) < tags_per_node);
  int tag = 0;
  do {
    tag = next_tag_number_ * options_.node_count + options_.node;
    next_tag_number_ = (next_tag_number_ + 1) % tags_per_node;
  } while (!tags_in_use_.insert(tag).second);
  return tag;
}

std::shared_ptr<NodeMeeting> WorldRouter::ToMeeting(const WorldKey& world,
                                                    const WorldMessage& message) {
  if (std::holds_alternative<WorldClosed>(message)) {
    Close(world);
    return nullptr;
  }
  std::shared_ptr<NodeMeeting> meeting;
  {
    std::lock_guard lock(meetings_mutex_);
    auto found = meetings_.find(world);
    if (found != meetings_.end()) meeting = found->second.lock();
  }
  if (meeting == nullptr) return nullptr;
  if (const auto* go = std::get_if<GoAhead>(&message)) meeting->Proceed(*go);
  if (const auto* poison = std::get_if<PoisonWorld>(&message)) meeting->Poison(poison->cause);
  return meeting;
}

void WorldRouter::Close(const WorldKey& world) {
  std::lock_guard lock(meetings_mutex_);
  meetings_.erase(world);
  closed_.notify_all();
}

void WorldRouter::FailAll(const absl::Status& cause) {
  std::vector<std::shared_ptr<NodeMeeting>> meetings;
  {
    std::lock_guard lock(meetings_mutex_);
    if (failure_.ok()) failure_ = cause;
    for (const auto& [world, weak] : meetings_) meetings.push_back(weak.lock());
  }
  for (const std::shared_ptr<NodeMeeting>& meeting : meetings) {
    if (meeting != nullptr) meeting->Poison(cause);
  }
}

absl::Status WorldRouter::AwaitAllClosed(absl::Time deadline) {
  std::unique_lock lock(meetings_mutex_);
  if (WaitUntil(closed_, lock, deadline, [&] { return meetings_.empty(); })) {
    return absl::OkStatus();
  }
  const auto& [world, meeting] = *meetings_.begin();
  return absl::DeadlineExceededError(
      absl::StrCat("node ", options_.node, " still uses world ", world.formation, " of job ",
                   world.job, meeting.expired() ? ", whose coordinator does not answer" : ""));
}

}  // namespace zerod
