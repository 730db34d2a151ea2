#include "tests/server/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/time/clock.h"
#include "base/check.h"

namespace zerod {
namespace {

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& command, const std::string& output,
                           const std::vector<std::string>& environment) {
  std::vector<std::string> whole_environment = environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    whole_environment.emplace_back(*variable);
  }
  // All that allocates comes before the fork: other threads may hold the allocator's locks.
  const std::vector<char*> arguments = Pointers(command);
  const std::vector<char*> variables = Pointers(whole_environment);
  const int file = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  ZEROD_CHECK(file >= 0);
  pid_ = fork();
  ZEROD_CHECK(pid_ >= 0);
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(file, STDOUT_FILENO);
    dup2(file, STDERR_FILENO);
    execve(arguments[0], arguments.data(), variables.data());
    _exit(127);
  }
  close(file);
}

ChildProcess::~ChildProcess() {
  if (Poll()) return;
  kill(pid_, SIGKILL);
  Wait(absl::InfiniteFuture());
}

std::optional<int> ChildProcess::Poll() {
  int status = 0;
  if (!ended_ && waitpid(pid_, &status, WNOHANG) == pid_) {
    ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  return ended_;
}

std::optional<int> ChildProcess::Wait(absl::Time deadline) {
  while (!Poll() && absl::Now() < deadline) absl::SleepFor(absl::Milliseconds(2));
  return ended_;
}

}  // namespace zerod
