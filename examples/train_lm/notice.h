#ifndef ZEROD_EXAMPLES_TRAIN_LM_NOTICE_H_
#define ZEROD_EXAMPLES_TRAIN_LM_NOTICE_H_

#include <string>

namespace zerod::train_lm {

// A line of the program's own on stderr, in place of the progress line that a terminal may show.
// Any thread.
void SayNotice(const std::string& text);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_NOTICE_H_
