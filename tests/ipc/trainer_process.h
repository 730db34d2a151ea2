#ifndef ZEROD_TESTS_IPC_TRAINER_PROCESS_H_
#define ZEROD_TESTS_IPC_TRAINER_PROCESS_H_

#include <sys/types.h>

#include <string>

#include "ipc/file_descriptor.h"

namespace zerod {

// A process that runs trainer_program.cc; killed, at the latest, when this dies. Started by exec,
// which the sanitizers allow a process with threads, other than a bare fork.
class TrainerProcess {
 public:
  TrainerProcess();
  TrainerProcess(const TrainerProcess&) = delete;
  TrainerProcess& operator=(const TrainerProcess&) = delete;
  ~TrainerProcess();

  pid_t pid() const { return pid_; }
  // Sends the command; its answer, or "no answer" when none comes within 30 s.
  std::string Ask(const std::string& command);
  void Signal(int signal) const;
  // Kills it and waits until it is gone.
  void Kill();

 private:
  pid_t pid_ = -1;
  FileDescriptor commands_;
  FileDescriptor answers_;
};

}  // namespace zerod

#endif  // ZEROD_TESTS_IPC_TRAINER_PROCESS_H_
