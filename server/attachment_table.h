#ifndef ZEROD_SERVER_ATTACHMENT_TABLE_H_
#define ZEROD_SERVER_ATTACHMENT_TABLE_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ipc/handshake.h"

namespace zerod {

// A trainer that is attached to a rank of this node, or about to claim its descriptors.
struct AttachedTrainer {
  std::uint64_t job = 0;  // its number
  std::string job_name;
  int rank = 0;
  std::uint64_t attachment = 0;  // the engine's id
  Ticket ticket{};               // zeros until the descriptors have been offered
  std::string trainer = "a trainer";
};

// Who is attached, by the number that trainers know their attachment by. That number is all it
// takes to speak for a trainer, so nobody can guess it. Thread-safe.
class AttachmentTable {
 public:
  // Returns the number.
  std::uint64_t Add(AttachedTrainer trainer);
  // False: the attachment is over already.
  bool SetTicket(std::uint64_t number, const Ticket& ticket);
  void SetTrainer(std::uint64_t number, const std::string& trainer);

  // kCancelled: the attachment is over, or not one of the job with that number.
  absl::StatusOr<AttachedTrainer> Find(std::uint64_t number, std::uint64_t job) const;
  // Nothing when it is over.
  std::optional<AttachedTrainer> Find(std::uint64_t number) const;
  std::optional<AttachedTrainer> Take(std::uint64_t number);
  // Of `rank` of `job`, those that came before the engine's `attachment`.
  std::vector<AttachedTrainer> TakeReplaced(std::uint64_t job, int rank, std::uint64_t attachment);
  std::vector<AttachedTrainer> TakeJob(std::uint64_t job);

  int count() const;
  int CountOfJob(std::uint64_t job) const;

 private:
  template <typename Predicate>
  std::vector<AttachedTrainer> TakeIf(Predicate predicate);

  mutable std::mutex mutex_;  // guards everything below
  std::map<std::uint64_t, AttachedTrainer> trainers_;
};

}  // namespace zerod

#endif  // ZEROD_SERVER_ATTACHMENT_TABLE_H_
