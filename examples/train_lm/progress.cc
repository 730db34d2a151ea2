#include "examples/train_lm/progress.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

#include "absl/strings/str_format.h"

namespace zerod::train_lm {

Progress::Progress(std::string label, int steps)
    : label_(std::move(label)), steps_(steps), terminal_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (line_open_) std::fputc('\n', stderr);
}

void Progress::Show(const StepMetrics& metrics) {
  if (metrics.validation_loss) validation_loss_ = metrics.validation_loss;
  const bool tenth = metrics.step * 10 / steps_ != (metrics.step - 1) * 10 / steps_;
  if (!terminal_ && !tenth) return;
  const int left = static_cast<int>(metrics.seconds_left + 0.5);
  std::string line = absl::StrFormat("%s  step %d/%d  loss %.3f", label_, metrics.step, steps_,
                                     metrics.train_loss);
  if (validation_loss_) absl::StrAppendFormat(&line, "  validation %.4f", *validation_loss_);
  absl::StrAppendFormat(&line, "  %.0f tokens/s  %d:%02d left", metrics.tokens_per_second,
                        left / 60, left % 60);
  if (terminal_) {
    std::fprintf(stderr, "\r%s\033[K", line.c_str());
    line_open_ = true;
  } else {
    std::fprintf(stderr, "%s\n", line.c_str());
  }
  std::fflush(stderr);
}

}  // namespace zerod::train_lm
