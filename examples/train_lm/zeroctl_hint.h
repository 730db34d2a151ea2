#ifndef ZEROD_EXAMPLES_TRAIN_LM_ZEROCTL_HINT_H_
#define ZEROD_EXAMPLES_TRAIN_LM_ZEROCTL_HINT_H_

#include <string>

#include "examples/train_lm/service_config.h"

namespace zerod::train_lm {

// The command that deletes the job, to be pasted into a shell: with the zeroctl that lies beside
// this program, if one does. A token that zeroctl would not find in ZEROD_TOKEN is the one thing to
// fill in: it is a secret.
std::string DeleteCommand(const ServiceConfig& service);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_ZEROCTL_HINT_H_
