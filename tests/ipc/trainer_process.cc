#include "tests/ipc/trainer_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "base/check.h"

namespace zerod {

TrainerProcess::TrainerProcess() {
  std::array<int, 2> commands = {};
  std::array<int, 2> answers = {};
  ZEROD_CHECK(pipe2(commands.data(), O_CLOEXEC) == 0 && pipe2(answers.data(), O_CLOEXEC) == 0);
  const FileDescriptor their_commands(commands[0]);
  const FileDescriptor their_answers(answers[1]);
  commands_ = FileDescriptor(commands[1]);
  answers_ = FileDescriptor(answers[0]);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, commands[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, answers[1], STDOUT_FILENO);
  std::string program = ZEROD_TRAINER_PROGRAM;
  std::array<char*, 2> arguments = {program.data(), nullptr};
  ZEROD_CHECK(posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments.data(), environ) ==
              0);
  posix_spawn_file_actions_destroy(&actions);
}

TrainerProcess::~TrainerProcess() { Kill(); }

std::string TrainerProcess::Ask(const std::string& command) {
  const std::string line = command + "\n";
  if (write(commands_.number(), line.data(), line.size()) < 0) return "no answer";
  std::string answer;
  for (char character = 0;; answer += character) {
    pollfd readable = {.fd = answers_.number(), .events = POLLIN, .revents = 0};
    if (poll(&readable, 1, 30'000) != 1) return "no answer";
    if (read(answers_.number(), &character, 1) != 1) return "no answer";
    if (character == '\n') return answer;
  }
}

void TrainerProcess::Signal(int signal) const { ZEROD_CHECK(kill(pid_, signal) == 0); }

void TrainerProcess::Kill() {
  if (pid_ < 0) return;
  Signal(SIGKILL);
  ZEROD_CHECK(waitpid(pid_, nullptr, 0) == pid_);
  pid_ = -1;
}

}  // namespace zerod
