#ifndef ZEROD_TESTS_ENGINE_PAGE_PAIR_H_
#define ZEROD_TESTS_ENGINE_PAGE_PAIR_H_

#include <functional>
#include <memory>
#include <optional>
#include <utility>
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

// What a rank does in a step, without peers and kernels.
inline absl::Status RunRankStep(PagePort& port, std::uint64_t step) {
  auto opened = port.WaitOpen();
  if (!opened.ok()) return opened.status();
  const std::uint32_t micro_batches = *(*opened)->request.micro_batches;
  for (std::uint32_t micro_batch = 0; micro_batch < micro_batches; ++micro_batch) {
    for (std::size_t bucket : {2, 1, 0}) {
      if (absl::Status rung = port.WaitGradients(bucket, micro_batch, Soon()); !rung.ok()) {
        return rung;
      }
      port.ReleaseGradients(bucket, micro_batch);
    }
  }
  if (auto commit = port.WaitCommit(Soon()); !commit.ok()) return commit.status();
  port.PublishDecision({.step = step, .attempt = 1, .gradient_norm = 2.5});
  for (std::size_t bucket : {0, 1, 2}) port.PublishWeights(bucket);
  port.PublishEnd();
  return absl::OkStatus();
}

// What a trainer does in one.
inline absl::Status RunTrainerStep(TrainerEnd& trainer, std::uint32_t micro_batches) {
  if (absl::Status opened = trainer.Open({.micro_batches = micro_batches}); !opened.ok()) {
    return opened;
  }
  for (std::uint32_t micro_batch = 0; micro_batch < micro_batches; ++micro_batch) {
    for (std::size_t parameter : {1, 0}) {
      if (absl::Status marked = trainer.MarkGradient(parameter, true); !marked.ok()) return marked;
    }
    if (absl::Status freed = trainer.WaitForGradientBuffers(); !freed.ok()) return freed;
  }
  return trainer.Step({});
}

}  // namespace zerod

#endif  // ZEROD_TESTS_ENGINE_PAGE_PAIR_H_
