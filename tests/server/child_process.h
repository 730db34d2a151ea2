#ifndef ZEROD_TESTS_SERVER_CHILD_PROCESS_H_
#define ZEROD_TESTS_SERVER_CHILD_PROCESS_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace zerod {

// A program that a test has started. Killed when this object dies, or the test does.
class ChildProcess {
 public:
  // Standard output and error go to the file `output`. `environment` ("NAME=value") is added to
  // this process's own.
  ChildProcess(const std::vector<std::string>& command, const std::string& output,
               const std::vector<std::string>& environment = {});
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  // Exit code, or minus the signal that ended it; nothing while it runs.
  std::optional<int> Poll();
  // The same, waiting for it; nothing at the deadline.
  std::optional<int> Wait(absl::Time deadline);

 private:
  pid_t pid_ = 0;
  std::optional<int> ended_;
};

}  // namespace zerod

#endif  // ZEROD_TESTS_SERVER_CHILD_PROCESS_H_
