#ifndef ZEROD_TESTS_ENGINE_PAGE_PAIR_H_
#define ZEROD_TESTS_ENGINE_PAGE_PAIR_H_

#include <memory>
#include <vector>

#include "absl/time/clock.h"
#include "engine/page_port.h"
#include "engine/trainer_end.h"

namespace zerod {

// A deadline that a passing test does not reach, and one that it does.
inline absl::Time Soon() { return absl::Now() + absl::Seconds(30); }
inline absl::Time Shortly() { return absl::Now() + absl::Milliseconds(200); }

// A rank's port and the trainers that come to it, without a rank.
class PagePair {
 public:
  explicit PagePair(std::uint32_t first_sequence = 1) : port(*layout, 1, first_sequence) {}

  // Three buckets: "a" lies in the first two, "b" in the last two.
  static std::shared_ptr<const JobLayout> Layout() {
    JobSpec spec;
    spec.parameters = {{.name = "a", .shape = {300}}, {.name = "b", .shape = {300}}};
    spec.bucket_bytes = 512;
    return *JobLayout::Create(spec, {.shard_weights = {1, 1}, .contributors = {0, 1}});
  }

  std::shared_ptr<Attachment> MakeOne() {
    auto attachment = *MakePrivateAttachment(*layout, 1, *ledger, Buffer());
    return attachment;
  }

  // What became of a commit reaches the trainer as `transmit` makes it.
  TrainerEnd EndOf(
      Attachment& attachment, std::function<absl::Status(const absl::Status&)> transmit =
                                  [](const absl::Status& answer) { return answer; }) {
    return TrainerEnd(
        {.layout = layout.get(),
         .trainer_page = attachment.trainer_page,
         .rank_page = attachment.rank_page,
         .gradients = attachment.gradients,
         .commit =
             [this, id = attachment.id, transmit](std::uint32_t sequence,
                                                  const TrainerCommit& commit) {
               return transmit(port.Commit(id, sequence, commit));
             },
         .give_up = [this, id = attachment.id](
                        std::uint32_t sequence,
                        absl::string_view reason) { return port.GiveUp(id, sequence, reason); }});
  }

  const std::shared_ptr<const JobLayout> layout = Layout();
  const std::shared_ptr<MemoryLedger> ledger =
      MemoryLedger::Create(2, MemoryBudget::Create(1 << 20));
  PagePort port;
};

}  // namespace zerod

#endif  // ZEROD_TESTS_ENGINE_PAGE_PAIR_H_
