#include "examples/train_lm/notice.h"

#include <unistd.h>

#include <cstdio>

namespace zerod::train_lm {

void SayNotice(const std::string& text) {
  const char* const clear = isatty(STDERR_FILENO) == 1 ? "\r\033[K" : "";
  // One call: two threads' lines don't mix.
  std::fprintf(stderr, "%strain_lm: %s\n", clear, text.c_str());
}

}  // namespace zerod::train_lm
