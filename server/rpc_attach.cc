#include <fcntl.h>

#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "ipc/file_descriptor.h"
#include "proto/convert.h"
#include "server/rank_choice.h"
#include "server/trainer_events.h"
#include "server/trainers_service.h"

namespace zerod {
namespace {

// What the handshake hands over, in this order: weights, gradients, trainer's page, rank's page.
// Descriptors of its own, since job and attachment may go before the trainer has claimed them; they
// are closed as soon as it has, or never will: through them, a deleted job's memory would live on.
using Handover = std::array<FileDescriptor, 4>;

absl::Status CheckRequest(const v1::AttachRequest& request, const Node& node,
                          const ServedJob& served) {
  if (node.handshake == nullptr) {
    return absl::FailedPreconditionError(
        "no trainer can attach to this daemon: it was started without --listen unix:PATH");
  }
  const std::uint64_t layout_hash = served.job->layout().table.layout_hash();
  if (request.layout_hash() == 0 || request.layout_hash() == layout_hash) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "job '", ShortName(served.name), "' has the layout ", absl::Hex(layout_hash),
      ", the trainer's model ", absl::Hex(request.layout_hash()), ": they are different models"));
}

struct Seat {
  int rank = 0;
  std::shared_ptr<Attachment> attachment;
};

// The first of `candidates` that is free.
absl::StatusOr<Seat> AttachToFirst(Job& job, const std::vector<int>& candidates, bool replace) {
  // Whom to send away must be said, unless there is no choice.
  replace = replace && candidates.size() == 1;
  std::vector<std::string> taken;
  for (int rank : candidates) {
    auto attachment = job.Attach(rank, replace);
    if (attachment.ok()) return Seat{rank, *std::move(attachment)};
    if (!absl::IsAlreadyExists(attachment.status())) return attachment.status();
    taken.emplace_back(attachment.status().message());
  }
  return absl::AlreadyExistsError(absl::StrJoin(taken, "; "));
}

absl::StatusOr<std::shared_ptr<Handover>> MakeHandover(const Job& job, int rank,
                                                       const Attachment& attachment) {
  const std::array<const Arena*, 4> arenas = {&job.WeightsArena(rank), &attachment.gradient_arena,
                                              &attachment.trainer_page_arena,
                                              &attachment.rank_page_arena};
  auto handover = std::make_shared<Handover>();
  for (std::size_t i = 0; i < arenas.size(); ++i) {
    (*handover)[i] = FileDescriptor(fcntl(arenas[i]->descriptor().number(), F_DUPFD_CLOEXEC, 0));
    if ((*handover)[i].is_open()) continue;
    return absl::ResourceExhaustedError(absl::StrCat(
        "rank ", rank, ": the daemon has no file descriptor left for a trainer; raise its limit ",
        "(ulimit -n)"));
  }
  return handover;
}

HandshakeOffer MakeOffer(Node& node, std::uint64_t number,
                         const std::shared_ptr<Handover>& handover) {
  HandshakeOffer offer;
  for (const FileDescriptor& descriptor : *handover) {
    offer.descriptors.push_back(descriptor.number());
  }
  offer.on_claimed = [&node, number, handover](const HandshakePeer& peer) {
    *handover = {};
    node.attachments.SetTrainer(number, absl::StrCat("process ", peer.pid));
    const auto trainer = node.attachments.Find(number);
    if (!trainer) return;
    const auto served = node.jobs->FindStarted(trainer->job);
    if (served == nullptr) return;
    served->job->NameTrainer(trainer->rank, trainer->attachment, trainer->trainer);
    AppendTrainerEvent(node, v1::EVENT_KIND_TRAINER_ATTACHED, *trainer, "attached");
  };
  offer.on_ended = [&node, number](const std::string& why) {
    const auto trainer = node.attachments.Take(number);
    if (!trainer) return;
    const auto served = node.jobs->FindStarted(trainer->job);
    if (served != nullptr) served->job->Detach(trainer->rank, trainer->attachment, why);
    AppendTrainerEvent(node, v1::EVENT_KIND_TRAINER_LOST, *trainer, why);
  };
  offer.on_gone = [handover] { *handover = {}; };
  return offer;
}

constexpr std::uint64_t kAnyAttachment = std::numeric_limits<std::uint64_t>::max();

// All attachments to `rank` that are older than `attachment`.
void EndReplaced(Node& node, const ServedJob& served, int rank, std::uint64_t attachment) {
  for (const AttachedTrainer& replaced :
       node.attachments.TakeReplaced(served.number, rank, attachment)) {
    node.handshake->Withdraw(replaced.ticket);
    AppendTrainerEvent(node, v1::EVENT_KIND_TRAINER_LOST, replaced,
                       "was replaced by another trainer");
  }
}

void Describe(const Node& node, const Job& job, const Seat& seat, v1::AttachResponse& response) {
  const auto& [rank, attachment] = seat;
  response.set_rank(rank);
  response.set_handshake_path(node.handshake_path);
  response.set_control_page_version(kControlPageVersion);
  response.mutable_weights()->set_size_bytes(job.WeightsArena(rank).bytes().size());
  response.mutable_gradients()->set_size_bytes(attachment->gradient_arena.bytes().size());
  response.mutable_trainer_page()->set_size_bytes(attachment->trainer_page_arena.bytes().size());
  response.mutable_rank_page()->set_size_bytes(attachment->rank_page_arena.bytes().size());
  *response.mutable_spec() = ToProto(job.layout().spec);
  *response.mutable_placement() = ToProto(job.layout().world);
}

}  // namespace

absl::StatusOr<v1::AttachResponse> TrainersService::Attach(const v1::AttachRequest& request) {
  ZEROD_ASSIGN_OR_RETURN(const std::shared_ptr<ServedJob> served,
                         node_.jobs->Find(request.job(), request.token()));
  ZEROD_RETURN_IF_ERROR(CheckRequest(request, node_, *served));
  Job& job = *served->job;
  std::optional<int> wanted;
  if (request.has_rank()) wanted = request.rank();
  ZEROD_ASSIGN_OR_RETURN(const std::vector<int> candidates,
                         RankCandidates(job.layout(), node_.ranks, node_.index, wanted));
  AttachedTrainer trainer{.job = served->number, .job_name = served->name};
  const absl::StatusOr<Seat> attached = AttachToFirst(job, candidates, request.replace());
  if (!attached.ok()) {
    // Whoever was to be replaced may have gone for it all the same.
    for (int rank : candidates) {
      if (job.TrainerOf(rank).empty()) EndReplaced(node_, *served, rank, kAnyAttachment);
    }
    return attached.status();
  }
  const auto& [rank, attachment] = *attached;
  trainer.rank = rank;
  trainer.attachment = attachment->id;
  EndReplaced(node_, *served, rank, attachment->id);
  const auto handover = MakeHandover(job, rank, *attachment);
  if (!handover.ok()) {
    job.Detach(rank, attachment->id, "could not be given its memory");
    return handover.status();
  }
  v1::AttachResponse response;
  Describe(node_, job, *attached, response);
  const std::uint64_t number = node_.attachments.Add(trainer);
  response.set_attachment(number);
  const Ticket ticket = node_.handshake->Offer(MakeOffer(node_, number, *handover));
  const bool is_attached = node_.attachments.SetTicket(number, ticket);
  response.set_ticket(TicketToText(ticket));
  // Whoever ended the job in between may not have seen this attachment.
  if (is_attached && node_.jobs->FindStarted(served->number) != nullptr) return response;
  node_.attachments.Take(number);
  node_.handshake->Withdraw(ticket);
  ZEROD_RETURN_IF_ERROR(node_.jobs->Find(request.job(), request.token()).status());
  return absl::CancelledError(absl::StrCat(
      "this attachment to rank ", rank,
      " ended before it was answered: another trainer replaced it, or its ticket ran out"));
}

grpc::Status TrainersService::Attach(grpc::ServerContext* /*context*/,
                                     const v1::AttachRequest* request,
                                     v1::AttachResponse* response) {
  auto attached = Attach(*request);
  if (attached.ok()) *response = *std::move(attached);
  return ToGrpcStatus(attached.status());
}

}  // namespace zerod
