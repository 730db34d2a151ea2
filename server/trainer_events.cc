#include "server/trainer_events.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/log.h"

namespace zerod {
namespace {

absl::string_view LogName(v1::EventKind kind) {
  if (kind == v1::EVENT_KIND_TRAINER_ATTACHED) return "trainer_attached";
  return kind == v1::EVENT_KIND_TRAINER_DETACHED ? "trainer_detached" : "trainer_lost";
}

}  // namespace

void AppendTrainerEvent(Node& node, v1::EventKind kind, const AttachedTrainer& trainer,
                        absl::string_view what) {
  const bool is_loss = kind == v1::EVENT_KIND_TRAINER_LOST;
  Log(is_loss ? LogLevel::kWarning : LogLevel::kInfo, LogName(kind),
      {{"job", trainer.job_name},
       {"rank", trainer.rank},
       {"trainer", trainer.trainer},
       {"what", what}});
  v1::Event event;
  event.set_kind(kind);
  event.set_job(trainer.job_name);
  event.set_rank(trainer.rank);
  event.set_message(absl::StrCat(trainer.trainer, " ", what));
  node.events->Append(std::move(event));
}

}  // namespace zerod
