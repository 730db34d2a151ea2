#ifndef ZEROD_TESTS_IPC_FORKED_CHILD_H_
#define ZEROD_TESTS_IPC_FORKED_CHILD_H_

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace zerod {

// Forks a child that runs `body` and exits with the int that it returns. Only in tests that start
// no threads: the sanitizers don't survive a fork of those.
template <typename Body>
pid_t ForkChild(Body body) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  std::signal(SIGSEGV, SIG_DFL);  // the sanitizers' handlers would make it an exit
  _exit(body());
}

// As a shell has it: the exit code, or 128 plus the number of the signal that killed the child.
inline int WaitForChild(pid_t pid) {
  int status = 0;
  if (waitpid(pid, &status, 0) != pid) return -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

template <typename Body>
int RunInChild(Body body) {
  return WaitForChild(ForkChild(body));
}

}  // namespace zerod

#endif  // ZEROD_TESTS_IPC_FORKED_CHILD_H_
