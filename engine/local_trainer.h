#ifndef ZEROD_ENGINE_LOCAL_TRAINER_H_
#define ZEROD_ENGINE_LOCAL_TRAINER_H_

#include "engine/job.h"
#include "engine/trainer_end.h"

namespace zerod {

// The end of a trainer in this process, which `attachment` of `job` at `rank` is for. Both outlive
// it.
inline TrainerEnd AttachLocally(Job& job, int rank, Attachment& attachment) {
  return TrainerEnd(
      {.layout = &job.layout(),
       .trainer_page = attachment.trainer_page,
       .rank_page = attachment.rank_page,
       .gradients = attachment.gradients,
       .commit =
           [&job, rank, id = attachment.id](std::uint32_t sequence, const TrainerCommit& commit) {
             return job.Commit(rank, id, sequence, commit);
           },
       .give_up =
           [&job, rank, id = attachment.id](std::uint32_t sequence, absl::string_view reason) {
             return job.GiveUp(rank, id, sequence, reason);
           }});
}

}  // namespace zerod

#endif  // ZEROD_ENGINE_LOCAL_TRAINER_H_
