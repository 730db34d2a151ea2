#include "ipc/attachments.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "ipc/steady_deadline.h"

namespace zerod {
namespace {

// A process that dies closes its sockets shortly before its pidfd says so. Waiting for that tells
// a trainer that died from one that left.
constexpr absl::Duration kClosingGrace = absl::Milliseconds(100);

// In a time that does not tell where they differ.
bool Same(const Ticket& a, const Ticket& b) {
  std::byte difference{0};
  for (std::size_t i = 0; i < a.size(); ++i) difference |= a[i] ^ b[i];
  return difference == std::byte{0};
}

}  // namespace

Ticket Attachments::Offer(HandshakeOffer offer, absl::Duration ticket_lifetime) {
  ZEROD_CHECK(offer.descriptors.size() <= kMaxDescriptors);
  auto attachment = std::make_shared<Attachment>();
  const Ticket ticket = RandomTicket();
  attachment->ticket = ticket;
  attachment->offer = std::move(offer);
  attachment->lifetime = ticket_lifetime;
  attachment->deadline = SteadyNow() + ticket_lifetime;
  {
    std::lock_guard lock(mutex_);
    attachment->id = next_id_++;
    attachments_.emplace(attachment->id, std::move(attachment));
  }
  events_.Wake();  // its deadline may be the first
  return ticket;
}

void Attachments::Withdraw(const Ticket& ticket) {
  {
    std::lock_guard lock(mutex_);
    const auto attachment = Find(ticket);
    if (attachment != nullptr) End(*attachment);
  }
  events_.Wake();  // for on_gone
}

void Attachments::SocketEnded(std::uint64_t id) {
  std::lock_guard lock(mutex_);
  const auto found = attachments_.find(id);
  if (found == attachments_.end() || found->second->stage != Stage::kClaimed) return;
  found->second->stage = Stage::kClosing;
  found->second->deadline = SteadyNow() + kClosingGrace;
  Close(found->second->socket);
}

void Attachments::ProcessEnded(std::uint64_t id) {
  std::lock_guard lock(mutex_);
  const auto found = attachments_.find(id);
  if (found != attachments_.end()) Close(found->second->process);
}

void Attachments::RunDue() {
  for (Call call = NextCall(); call.attachment != nullptr; call = NextCall()) {
    const HandshakeOffer& offer = call.attachment->offer;
    if (call.why.empty()) {
      if (offer.on_gone) offer.on_gone();
    } else if (offer.on_ended) {
      offer.on_ended(call.why);
    }
  }
}

// One at a time: a callback may withdraw what would be due next.
Attachments::Call Attachments::NextCall() {
  std::lock_guard lock(mutex_);
  for (auto& [id, attachment] : attachments_) {
    Call call = {.attachment = attachment, .why = WhyEnded(*attachment)};
    if (!call.why.empty()) {
      End(*attachment);
      return call;
    }
    if (attachment->stage == Stage::kEnded) {
      attachments_.erase(id);
      return call;
    }
  }
  return {};
}

std::string Attachments::WhyEnded(const Attachment& attachment) {
  const bool is_late = SteadyNow() >= attachment.deadline;
  switch (attachment.stage) {
    case Stage::kOffered:
      if (!is_late) return "";
      return absl::StrCat("did not claim its descriptors within ",
                          absl::FormatDuration(attachment.lifetime));
    case Stage::kClaimed:
    case Stage::kClosing:
      if (!attachment.process.is_open()) return "ended";
      return attachment.stage == Stage::kClosing && is_late ? "closed its attachment" : "";
    case Stage::kEnded:
      return "";
  }
  return "";
}

absl::Duration Attachments::NextDue() const {
  std::lock_guard lock(mutex_);
  absl::Duration due = absl::InfiniteDuration();
  for (const auto& [id, attachment] : attachments_) {
    const bool is_timed =
        attachment->stage == Stage::kOffered || attachment->stage == Stage::kClosing;
    if (is_timed) due = std::min(due, attachment->deadline);
  }
  return due;
}

void Attachments::ForgetAll() {
  for (bool empty = false; !empty;) {  // a callback may offer anew
    {
      std::lock_guard lock(mutex_);
      for (auto& [id, attachment] : attachments_) End(*attachment);
      empty = attachments_.empty();
    }
    RunDue();
  }
}

std::shared_ptr<Attachments::Attachment> Attachments::Find(const Ticket& ticket) const {
  std::shared_ptr<Attachment> found;
  for (const auto& [id, attachment] : attachments_) {
    if (Same(attachment->ticket, ticket)) found = attachment;
  }
  return found;
}

void Attachments::End(Attachment& attachment) {
  attachment.stage = Stage::kEnded;
  Close(attachment.socket);
  Close(attachment.process);
}

void Attachments::Close(FileDescriptor& descriptor) {
  if (!descriptor.is_open()) return;
  events_.Remove(descriptor);
  descriptor.Close();
}

}  // namespace zerod
