#include "server/peers.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/timed_wait.h"
#include "proto/convert.h"
#include "proto/limits.h"
#include "proto/utf8.h"
#include "server/log.h"

namespace zerod {
namespace {

constexpr std::size_t kCallBytes = 16;  // of a call's number, at most

absl::Status Stopping() { return absl::UnavailableError("the daemon is stopping"); }

Peers::Answer ToAnswer(v1::PeerResponse response) {
  if (response.code() == 0) return response;
  return StatusFromCode(response.code(), response.message());
}

std::string KindOf(const v1::PeerRequest& request) {
  const auto* field = v1::PeerRequest::descriptor()->FindFieldByNumber(request.request_case());
  return field == nullptr ? "request" : field->name();
}

}  // namespace

v1::PeerResponse PeerResponseOf(const absl::Status& status) {
  v1::PeerResponse response;
  response.set_code(status.raw_code());
  response.set_message(MendUtf8(status.message(), kMaxMessageBytes));
  return response;
}

Peers::Peers(Cluster& cluster, Handler handler) : cluster_(cluster), handler_(std::move(handler)) {
  cluster_.SetHandler(
      [this](int from_node, const Cluster::Message& message) { Deliver(from_node, message); });
}

Peers::~Peers() { Stop(); }

std::shared_ptr<Peers::Pending> Peers::Begin(int node, v1::PeerRequest request) {
  auto pending = std::make_shared<Pending>();
  pending->peers_ = this;
  pending->node_ = node;
  pending->request_ = KindOf(request);
  if (node == cluster_.node_index()) {
    pending->answer_ = ToAnswer(handler_(node, request));
    return pending;
  }
  v1::PeerMessage message;
  *message.mutable_request() = std::move(request);
  if (message.ByteSizeLong() + kCallBytes > kMaxClusterMessageBytes) {
    pending->answer_ = absl::ResourceExhaustedError(
        absl::StrCat("'", pending->request_, "' has ", message.ByteSizeLong(),
                     " bytes, which is too much between nodes: at most ", kMaxClusterMessageBytes,
                     "; use shorter names, and smaller messages of initial values"));
    return pending;
  }
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) {
      pending->answer_ = Stopping();
      return pending;
    }
    pending->call_ = ++last_call_;
    pending_[pending->call_] = pending;
    message.set_call(pending->call_);
  }
  Send(node, message);
  return pending;
}

Peers::Answer Peers::Pending::Await(absl::Duration deadline) {
  std::unique_lock lock(peers_->mutex_);
  WaitUntil(peers_->changed_, lock, absl::Now() + deadline, [&] { return answer_.has_value(); });
  peers_->pending_.erase(call_);
  if (answer_) return *std::move(answer_);
  return absl::DeadlineExceededError(absl::StrCat("node ", node_, " did not answer '", request_,
                                                  "' within ", absl::FormatDuration(deadline),
                                                  " (--peer-deadline)"));
}

Peers::Answer Peers::Call(int node, v1::PeerRequest request, absl::Duration deadline) {
  return Begin(node, std::move(request))->Await(deadline);
}

std::vector<Peers::Answer> Peers::CallAll(const v1::PeerRequest& request, absl::Duration deadline) {
  const int own = cluster_.node_index();
  std::vector<std::shared_ptr<Pending>> pending(cluster_.node_count());
  for (int node = 0; node < cluster_.node_count(); ++node) {
    if (node != own) pending[node] = Begin(node, request);
  }
  pending[own] = Begin(own, request);  // handled at once: the others are at work meanwhile
  const absl::Time end = absl::Now() + deadline;
  std::vector<Answer> answers;
  for (const auto& call : pending) {
    answers.push_back(call->Await(std::max(end - absl::Now(), absl::ZeroDuration())));
  }
  return answers;
}

void Peers::Stop() {
  std::map<int, std::unique_ptr<Lane>> lanes;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    for (auto& [call, pending] : pending_) pending->answer_ = Stopping();
    pending_.clear();
    lanes.swap(lanes_);
  }
  changed_.notify_all();
  for (auto& [node, lane] : lanes) lane->thread.join();
}

void Peers::Deliver(int from_node, const Cluster::Message& bytes) {
  v1::PeerMessage message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    Log(LogLevel::kError, "unreadable_peer_message",
        {{"from_node", from_node}, {"size_bytes", bytes.size()}});
    return;
  }
  std::unique_lock lock(mutex_);
  if (message.has_response()) {
    const auto pending = pending_.find(message.call());
    if (pending == pending_.end()) return;  // whoever called has given up
    pending->second->answer_ = ToAnswer(std::move(*message.mutable_response()));
    pending_.erase(pending);
  } else if (stopped_) {
    lock.unlock();
    v1::PeerMessage answer;
    answer.set_call(message.call());
    *answer.mutable_response() = PeerResponseOf(Stopping());
    Send(from_node, answer);
    return;
  } else {
    std::unique_ptr<Lane>& lane = lanes_[from_node];
    if (!lane) {
      lane = std::make_unique<Lane>();
      lane->thread = std::thread([this, from_node, lane = lane.get()] { Serve(from_node, *lane); });
    }
    lane->requests.push_back(std::move(message));
  }
  lock.unlock();
  changed_.notify_all();
}

void Peers::Serve(int from_node, Lane& lane) {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopped_ || !lane.requests.empty(); });
    if (stopped_) return;
    const v1::PeerMessage message = std::move(lane.requests.front());
    lane.requests.pop_front();
    lock.unlock();
    v1::PeerMessage answer;
    answer.set_call(message.call());
    *answer.mutable_response() = handler_(from_node, message.request());
    Send(from_node, answer);
    lock.lock();
  }
}

void Peers::Send(int node, const v1::PeerMessage& message) {
  Cluster::Message bytes(message.ByteSizeLong());
  message.SerializeToArray(bytes.data(), static_cast<int>(bytes.size()));
  cluster_.Send(node, std::move(bytes));
}

}  // namespace zerod
