#include "server/attachment_table.h"

#include <algorithm>
#include <utility>

#include "server/secrets.h"

namespace zerod {

std::uint64_t AttachmentTable::Add(AttachedTrainer trainer) {
  const std::lock_guard lock(mutex_);
  std::uint64_t number = UnguessableNumber();
  while (trainers_.contains(number)) number = UnguessableNumber();
  trainers_[number] = std::move(trainer);
  return number;
}

bool AttachmentTable::SetTicket(std::uint64_t number, const Ticket& ticket) {
  const std::lock_guard lock(mutex_);
  const auto found = trainers_.find(number);
  if (found == trainers_.end()) return false;
  found->second.ticket = ticket;
  return true;
}

void AttachmentTable::SetTrainer(std::uint64_t number, const std::string& trainer) {
  const std::lock_guard lock(mutex_);
  const auto found = trainers_.find(number);
  if (found != trainers_.end()) found->second.trainer = trainer;
}

absl::StatusOr<AttachedTrainer> AttachmentTable::Find(std::uint64_t number,
                                                      std::uint64_t job) const {
  const std::lock_guard lock(mutex_);
  const auto found = trainers_.find(number);
  if (found != trainers_.end() && found->second.job == job) return found->second;
  return absl::CancelledError("this attachment is over; attach again");
}

std::optional<AttachedTrainer> AttachmentTable::Find(std::uint64_t number) const {
  const std::lock_guard lock(mutex_);
  const auto found = trainers_.find(number);
  if (found == trainers_.end()) return std::nullopt;
  return found->second;
}

std::optional<AttachedTrainer> AttachmentTable::Take(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  const auto found = trainers_.find(number);
  if (found == trainers_.end()) return std::nullopt;
  std::optional<AttachedTrainer> taken = std::move(found->second);
  trainers_.erase(found);
  return taken;
}

template <typename Predicate>
std::vector<AttachedTrainer> AttachmentTable::TakeIf(Predicate predicate) {
  const std::lock_guard lock(mutex_);
  std::vector<AttachedTrainer> taken;
  std::erase_if(trainers_, [&](const auto& entry) {
    if (!predicate(entry.second)) return false;
    taken.push_back(entry.second);
    return true;
  });
  return taken;
}

std::vector<AttachedTrainer> AttachmentTable::TakeReplaced(std::uint64_t job, int rank,
                                                           std::uint64_t attachment) {
  return TakeIf([&](const AttachedTrainer& trainer) {
    return trainer.job == job && trainer.rank == rank && trainer.attachment < attachment;
  });
}

std::vector<AttachedTrainer> AttachmentTable::TakeJob(std::uint64_t job) {
  return TakeIf([&](const AttachedTrainer& trainer) { return trainer.job == job; });
}

int AttachmentTable::count() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(trainers_.size());
}

int AttachmentTable::CountOfJob(std::uint64_t job) const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(
      std::ranges::count_if(trainers_, [&](const auto& entry) { return entry.second.job == job; }));
}

}  // namespace zerod
