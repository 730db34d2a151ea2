#ifndef ZEROD_SERVER_TRAINER_EVENTS_H_
#define ZEROD_SERVER_TRAINER_EVENTS_H_

#include "absl/strings/string_view.h"
#include "server/node.h"

namespace zerod {

// Tells watchers and the log what `trainer` did or what happened to it: a predicate, e.g. "left".
void AppendTrainerEvent(Node& node, v1::EventKind kind, const AttachedTrainer& trainer,
                        absl::string_view what);

}  // namespace zerod

#endif  // ZEROD_SERVER_TRAINER_EVENTS_H_
