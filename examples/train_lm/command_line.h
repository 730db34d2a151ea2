#ifndef ZEROD_EXAMPLES_TRAIN_LM_COMMAND_LINE_H_
#define ZEROD_EXAMPLES_TRAIN_LM_COMMAND_LINE_H_

#include "CLI/CLI.hpp"
#include "examples/train_lm/run_config.h"

namespace zerod::train_lm {

// Adds every option of `config` to `app`, with the present value as its default.
void AddOptions(CLI::App& app, RunConfig& config);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_COMMAND_LINE_H_
