#ifndef ZEROD_EXAMPLES_TRAIN_LM_NOTICE_H_
#define ZEROD_EXAMPLES_TRAIN_LM_NOTICE_H_

#include <string>

namespace zerod::train_lm {

// A line of the program's own on stderr, in place of the progress line that a terminal may show.
// Any thread.
void SayNotice(const std::string& text);

// Says that `signal` has stopped the program, and in what: "while waiting for ..." or nothing.
// Returns what to exit with.
int SayStopped(int signal, const std::string& in_what);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_NOTICE_H_
