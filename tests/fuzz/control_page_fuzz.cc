// A trainer's control page that holds anything, at any moment of a rank's life: the rank must come
// back from every call, and never read or write outside the page.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "absl/time/clock.h"
#include "tests/engine/page_pair.h"

namespace zerod {
namespace {

// Reads the fuzzer's bytes as numbers; zeros when they are used up.
class Script {
 public:
  explicit Script(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  bool is_over() const { return bytes_.empty(); }
  std::uint32_t Next(std::size_t byte_count) {
    std::uint32_t value = 0;
    for (; byte_count > 0 && !bytes_.empty(); --byte_count) {
      value = value << 8 | bytes_.front();
      bytes_ = bytes_.subspan(1);
    }
    return value;
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

class Life {
 public:
  explicit Life(std::uint32_t first_sequence) : pair_(first_sequence) { Attach(true); }

  void Do(Script& script) {
    switch (script.Next(1) % 16) {
      case 0:
      case 1:
      case 2:
        return Scribble(script);
      case 3:
        return Open(script);
      case 4:
        return Attach(script.Next(1) % 2 == 0);
      case 5:
        return pair_.port.Detach(attachment_->id - script.Next(1) % 2, "ended");
      case 6: {
        TrainerCommit commit;
        if (script.Next(1) % 2 == 0) commit.request.step = script.Next(1);
        return static_cast<void>(pair_.port.Commit(attachment_->id, Sequence(script), commit));
      }
      case 7:
        return static_cast<void>(pair_.port.GiveUp(attachment_->id, Sequence(script), "why not"));
      case 8:
        return WaitOpen();
      case 9:
        return WaitGradients(script);
      case 10:
        return WaitCommit();
      case 11:
        in_flight_ = false;
        return pair_.port.PublishAbort(absl::AbortedError("a peer was lost"));
      case 12:
        return static_cast<void>(pair_.port.IsOpen());
      case 13:
        return pair_.port.Interrupt(absl::UnavailableError("called back"));
      case 14:
        in_flight_ = false;
        return pair_.port.Resume();
      default:
        return pair_.port.Close(absl::NotFoundError("deleted"));
    }
  }

 private:
  void Attach(bool replace) {
    const auto attachment = pair_.MakeOne();
    if (pair_.port.Attach(attachment, replace).ok()) attachment_ = attachment;
  }

  void Scribble(Script& script) {
    std::span<Attachment::CacheLine> lines = attachment_->private_pages;
    const std::size_t line_count =
        TrainerPageBytes(3, 2) / sizeof(Attachment::CacheLine);  // not the rank's own page
    const auto bytes = std::as_writable_bytes(lines.first(line_count));
    const std::size_t at = script.Next(2) % bytes.size();
    for (std::size_t i = at; i < bytes.size() && i < at + 8; ++i) {
      bytes[i] = static_cast<std::byte>(script.Next(1));
    }
  }

  void Open(Script& script) {
    TrainerHeader& header = *attachment_->trainer_page.header;
    header.micro_batches = script.Next(4);
    header.loss_scale = std::uint64_t{script.Next(4)} << 32;
    header.opened = attachment_->rank_page.header->sequence + script.Next(1) % 2;
  }

  std::uint32_t Sequence(Script& script) {
    return attachment_->rank_page.header->sequence + script.Next(1) % 3;
  }

  void WaitOpen() {
    pair_.port.Interrupt(absl::UnavailableError("called back"));
    in_flight_ = false;
    pair_.port.Resume();
    // Without an opening nor an end it would wait for ever.
    if (!pair_.port.IsOpen()) return;
    const auto opened = pair_.port.WaitOpen();
    in_flight_ = opened.ok() && opened->has_value();
    if (!in_flight_) return;
    if ((*opened)->gradients.size() != pair_.layout->gradients.total_bytes()) std::abort();
    if (*(*opened)->request.micro_batches == 0) std::abort();
  }

  void WaitGradients(Script& script) {
    if (!in_flight_) return;
    const std::size_t bucket = script.Next(1) % 3;
    const std::uint32_t micro_batch = script.Next(1) % 4;
    if (pair_.port.WaitGradients(bucket, micro_batch, absl::InfinitePast()).ok()) {
      pair_.port.ReleaseGradients(bucket, micro_batch);
    }
  }

  void WaitCommit() {
    if (!in_flight_ || !pair_.port.WaitCommit(absl::InfinitePast()).ok()) return;
    pair_.port.PublishDecision({.step = ++step_, .attempt = 1});
    for (std::size_t bucket : {0, 1, 2}) pair_.port.PublishWeights(bucket);
    pair_.port.PublishEnd();
    in_flight_ = false;
  }

  PagePair pair_;
  std::shared_ptr<Attachment> attachment_;
  std::uint64_t step_ = 0;
  bool in_flight_ = false;
};

}  // namespace
}  // namespace zerod

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t byte_count) {
  zerod::Script script({bytes, byte_count});
  zerod::Life life(script.Next(4));
  while (!script.is_over()) life.Do(script);
  return 0;
}
