#ifndef ZEROD_ENGINE_PAGE_PORT_H_
#define ZEROD_ENGINE_PAGE_PORT_H_

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/attachment.h"
#include "engine/job_layout.h"
#include "engine/trainer_port.h"
#include "ipc/doorbell.h"

namespace zerod {

// The rank's half of the step protocol over control pages, with whichever trainer is attached
// (TrainerEnd is the other half). What the pages say is foreign: it is copied, checked, and only
// then believed. The TrainerPort half belongs to the rank's thread; any thread may call the rest.
class PagePort final : public TrainerPort {
 public:
  // `layout` outlives the port. `first_sequence` is for tests of what happens when numbers wrap.
  PagePort(const JobLayout& layout, int rank, std::uint32_t first_sequence = 1);

  // kAlreadyExists names who is there.
  absl::Status CheckFree() const;
  // Sends away whoever is attached, for another trainer to come.
  void Vacate();
  // The present one or the last one; expires once nothing uses its memory any more.
  std::weak_ptr<Attachment> LastAttachment() const;
  // A trainer comes, and its attachment gets its id. Returns whether the rank has been told that
  // the one before it has left. kAlreadyExists names who is there, unless `replace` sends that one
  // away.
  absl::StatusOr<bool> Attach(std::shared_ptr<Attachment> attachment, bool replace = false);
  // As Job's functions of the same names.
  void Detach(std::uint64_t attachment, absl::string_view why);
  absl::Status Commit(std::uint64_t attachment, std::uint32_t sequence,
                      const TrainerCommit& commit);
  absl::Status GiveUp(std::uint64_t attachment, std::uint32_t sequence, absl::string_view reason);
  // Commits from now on; one that has been accepted stays so.
  void RefuseCommits(const absl::Status& why);
  void Close(const absl::Status& why);
  void NameTrainer(std::uint64_t attachment, const std::string& trainer);
  bool has_commit() const;  // whose step is not decided

  absl::StatusOr<std::optional<OpenedAttempt>> WaitOpen() override;
  std::string trainer() const override;
  std::string Departure() override;
  absl::Status WaitInterrupted() override;
  absl::Status WaitGradients(std::size_t bucket, std::uint32_t micro_batch,
                             absl::Time deadline) override;
  void ReleaseGradients(std::size_t bucket, std::uint32_t micro_batch) override;
  absl::StatusOr<TrainerCommit> WaitCommit(absl::Time deadline) override;
  void PublishDecision(const StepResult& result) override;
  void PublishWeights(std::size_t bucket) override;
  void PublishEnd() override;
  bool IsOpen() override;
  void PublishAbort(const absl::Status& cause) override;
  void Interrupt(const absl::Status& cause) override;
  void Resume() override;

 private:
  using Lock = std::unique_lock<std::mutex>;

  // Blocks the rank until `look`, called with the lock held, returns a status; at the deadline with
  // what `late` says of the trainer.
  template <typename Look, typename Late>
  absl::Status WaitUntilSeen(absl::Time deadline, Look look, Late late);
  // The same within an attempt: ends early with an interruption, a lost trainer or a given-up
  // attempt.
  template <typename Look, typename Late>
  absl::Status WaitInAttempt(absl::Time deadline, Look look, Late late);
  // Whether the attached trainer has opened an attempt; notes what it asked for the first time it
  // is seen. Whoever asked for what cannot be is sent away.
  absl::StatusOr<bool> LookWhetherOpen();
  std::optional<absl::Status> LookWhetherRung(std::size_t bucket, std::uint32_t micro_batch);
  absl::Status CheckAllRung() const;
  std::string Missing(std::size_t bucket, std::uint32_t micro_batch) const;
  void Tell(const absl::Status& why);  // the attached trainer, that its attachment is over
  // Ends the attachment of a trainer that has done what none can have meant; returns what it was.
  absl::Status SendAway(const std::string& deed);
  void DetachLocked(absl::string_view why);
  void VacateLocked();
  absl::Status CheckFreeLocked() const;
  void FillPage(const RankPage& page) const;
  void PutResult(RankHeader& header) const;
  void Judge(Verdict verdict);  // the open attempt; the next one gets a new number
  void RingTrainer();
  void CallRank();
  Doorbell RankBell();
  std::string TrainerName() const;  // "rank 1's trainer (process 4711)"
  std::uint64_t open_step() const { return result_.step + 1; }

  const JobLayout& layout_;
  const int rank_;
  // What the rank sleeps on while nobody is attached.
  SharedWord own_bell_ = 0;
  SharedWord own_sleeping_ = 0;

  mutable std::mutex mutex_;                // guards everything below
  std::shared_ptr<Attachment> attachment_;  // whose trainer is there; null: nobody's
  std::weak_ptr<Attachment> last_;          // the one above, or the one before
  std::shared_ptr<Attachment> opened_;      // whose gradients belong to the open attempt
  std::shared_ptr<Attachment> flight_;      // whose gradients the attempt in flight uses
  std::uint32_t flight_sequence_ = 0;       // of the attempt in flight
  std::uint64_t last_id_ = 0;               // of attachments: who came later has the larger one
  bool left_ = false;                       // the last trainer is gone, and no other has come
  bool told_left_ = false;                  // WaitOpen has said so
  std::string departure_;                   // how the last trainer left
  absl::Status lost_;                       // why the attempt in flight has lost its trainer
  std::uint32_t sequence_;    // opening number of the open attempt, or of the next one
  bool open_ = false;         // a trainer has opened it, as far as has been looked
  OpenRequest request_;       // of the open attempt
  OpenRequest last_request_;  // of the last step decided, for what is "as in the step before"
  std::optional<TrainerCommit> commit_;       // of the open attempt
  absl::Status refusal_;                      // of further commits; OK: none
  absl::Status given_up_;                     // why the open attempt was given up by its trainer
  absl::Status interruption_;                 // what the rank's waits return
  StepResult result_;                         // of the last step decided; step 0: none
  std::uint32_t decided_;                     // its opening number
  std::uint32_t ended_;                       // that of the last one that has ended
  std::vector<std::uint32_t> weights_ready_;  // per bucket: whose weights are in the arena
};

}  // namespace zerod

#endif  // ZEROD_ENGINE_PAGE_PORT_H_
