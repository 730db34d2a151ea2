#include "server/daemon.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "server/local_jobs.h"
#include "server/log.h"
#include "server/peer_handler.h"

namespace zerod {
namespace {

// For calls to come to their end once nothing holds them up. gRPC would also wait for each client
// to acknowledge the end of its connection, which an idle one does every 5 s only; mpirun kills
// whoever takes longer than a second.
constexpr absl::Duration kLastCalls = absl::Milliseconds(250);

}  // namespace

Daemon::Daemon(const Flags& flags, std::unique_ptr<Cluster> cluster, StopLatch* stop)
    : cluster_(std::move(cluster)) {
  node_.stop = stop;
  node_.flags = flags;
  node_.index = cluster_->node_index();
  node_.start_time = absl::Now();
  node_.budget = MemoryBudget::Create(flags.memory_limit_bytes);
  node_.cluster = cluster_.get();
  node_.jobs = std::make_unique<JobRegistry>(flags.max_jobs);
  node_.events = std::make_unique<EventLog>(node_.index);
  peers_ =
      std::make_unique<Peers>(*cluster_, [this](int from_node, const v1::PeerRequest& request) {
        return HandlePeerRequest(node_, from_node, request);
      });
  node_.peers = peers_.get();
}

absl::StatusOr<std::unique_ptr<Daemon>> Daemon::Start(const Flags& flags,
                                                      std::unique_ptr<Cluster> cluster,
                                                      StopLatch* stop) {
  std::unique_ptr<Daemon> daemon(new Daemon(flags, std::move(cluster), stop));
  absl::Status status = daemon->LearnRanks();
  daemon->node_.ranks_are_known.count_down();
  if (status.ok()) status = daemon->Listen();
  if (status.ok()) return daemon;
  // The others must not wait for a node that never came up.
  if (!daemon->Stop("the start failed").ok()) {
    daemon.release();  // the cluster may still bring messages for it; the process ends anyway
  }
  return status;
}

Daemon::~Daemon() = default;

absl::Status Daemon::LearnRanks() {
  v1::PeerRequest request;
  request.mutable_describe_node();
  std::vector<int> ranks_per_node;
  for (const Peers::Answer& answer : peers_->CallAll(request, node_.flags.peer_deadline)) {
    ZEROD_RETURN_IF_ERROR(answer.status());
    ranks_per_node.push_back(answer->node().rank_count());
  }
  node_.ranks = RankTable(ranks_per_node);
  return absl::OkStatus();
}

absl::Status Daemon::ListenForTrainers(const ListenAddress& address) {
  node_.handshake_path = HandshakePath(address);
  auto listener = HandshakeListener::Start(
      {.path = node_.handshake_path,
       .mode = node_.flags.socket_mode,
       .allowed_uids = node_.flags.allow_uid,
       .request_deadline = node_.flags.handshake_deadline,
       .ticket_lifetime = node_.flags.ticket_lifetime,
       .on_refused = [](const HandshakePeer& peer, const absl::Status& why) {
         Log(LogLevel::kWarning, "handshake_refused",
             {{"pid", peer.pid}, {"uid", peer.uid}, {"cause", why.ToString()}});
       }});
  if (!listener.ok()) {
    const absl::Status& status = listener.status();
    const bool has_neighbours = cluster_->node_count() > 1;
    return {status.code(),
            absl::StrCat(status.message(),
                         has_neighbours ? "; daemons on one host need {node} in --listen" : "")};
  }
  handshake_ = *std::move(listener);
  node_.handshake = handshake_.get();
  return absl::OkStatus();
}

absl::Status Daemon::Listen() {
  ZEROD_ASSIGN_OR_RETURN(addresses_, ListenAddresses(node_.flags, node_.index));
  for (const ListenAddress& address : addresses_) {
    // First of all, and let go of last: who listens there is alone in using its neighbour, too,
    // where gRPC replaces whatever socket lies without looking.
    if (address.kind == ListenAddress::Kind::kUnix) {
      ZEROD_RETURN_IF_ERROR(ListenForTrainers(address));
    }
  }
  const std::array<grpc::Service*, 3> services = {&cluster_service_, &jobs_service_,
                                                  &trainers_service_};
  ZEROD_ASSIGN_OR_RETURN(server_, GrpcServer::Start(node_.flags, addresses_, services));
  for (const ListenAddress& address : addresses_) {
    Log(LogLevel::kInfo, "listening", {{"address", address.ToText()}});
  }
  Log(LogLevel::kInfo, "ready",
      {{"pid", getpid()},
       {"nodes", node_.ranks.node_count()},
       {"first_rank", node_.ranks.first_rank(node_.index)},
       {"ranks", node_.flags.ranks},
       {"threads_per_rank", node_.flags.threads_per_rank},
       {"memory_limit_bytes", node_.budget->limit_bytes()}});
  return absl::OkStatus();
}

void Daemon::EndJobs(const absl::Status& why, absl::Time deadline) {
  std::vector<JobRegistry::Listed> jobs = node_.jobs->Close();
  for (const auto& [served, is_started] : jobs) {
    if (!is_started || served->job->Drain(why, deadline)) continue;
    Log(LogLevel::kWarning, "step_unfinished", {{"job", ShortName(served->name)}});
  }
  // All trainers know before the first job's memory goes, which may take its time.
  for (const auto& [served, is_started] : jobs) {
    if (is_started) served->job->Close(why);
  }
  for (JobRegistry::Listed& job : jobs) EndJob(node_, std::move(job), why);
}

absl::Status Daemon::Stop(const std::string& reason) {
  const absl::Time begin = absl::Now();
  const absl::Time deadline = begin + node_.flags.shutdown_deadline;
  const absl::Status why = absl::UnavailableError("the daemon is stopping");
  Log(LogLevel::kInfo, "stopping", {{"reason", reason}});
  v1::Event event;
  event.set_kind(v1::EVENT_KIND_DAEMON_STOPPING);
  event.set_message(reason);
  node_.events->Append(std::move(event));
  if (server_) server_->SayNotServing();
  v1::PeerRequest request;
  request.mutable_stop();
  for (int node = 0; node < cluster_->node_count(); ++node) {
    // Nobody waits for the answers: leaving the cluster does.
    if (node != node_.index) peers_->Begin(node, request);
  }
  // What calls wait for comes to its end first, then the calls.
  node_.events->Close();
  node_.idle_watch.Stop(why);
  EndJobs(why, begin + node_.flags.shutdown_deadline / 2);  // the rest is for the other nodes
  peers_->Stop();
  if (server_) server_->Shutdown(std::min(deadline, absl::Now() + kLastCalls));
  server_ = nullptr;
  node_.handshake = nullptr;
  handshake_ = nullptr;
  const absl::Status left = cluster_->Leave(deadline);
  if (left.ok()) return left;
  return absl::Status(left.code(),
                      absl::StrCat(left.message(), " (--shutdown-deadline is ",
                                   absl::FormatDuration(node_.flags.shutdown_deadline), ")"));
}

}  // namespace zerod
