#include "examples/train_lm/notice.h"

#include <unistd.h>

#include <cstdio>

#include "absl/strings/str_cat.h"

namespace zerod::train_lm {

void SayNotice(const std::string& text) {
  const char* const clear = isatty(STDERR_FILENO) == 1 ? "\r\033[K" : "";
  // One call: two threads' lines don't mix.
  std::fprintf(stderr, "%strain_lm: %s\n", clear, text.c_str());
}

int SayStopped(int signal, const std::string& in_what) {
  SayNotice(absl::StrCat("stopped by signal ", signal, in_what.empty() ? "" : " ", in_what));
  return 128 + signal;
}

}  // namespace zerod::train_lm
