#ifndef ZEROD_TESTS_SERVER_DAEMON_FIXTURE_H_
#define ZEROD_TESTS_SERVER_DAEMON_FIXTURE_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/server/child_process.h"
#include "zerod/service.h"

namespace zerod {

struct DaemonOptions {
  std::vector<int> ranks_per_node = {1};  // a daemon per entry; several are started by mpirun
  std::vector<std::string> flags;         // of all daemons, besides --listen and --devices
};

// The path of zerod.
std::string DaemonProgram();

// The daemons of one cluster, as real processes: on Unix sockets in a folder of their own. Fails
// the current test if they don't become ready, or don't end with 0 when they are told to.
class Daemons {
 public:
  explicit Daemons(const DaemonOptions& options = {});
  ~Daemons();  // as Stop, unless they have ended

  // "unix:PATH" of a node's daemon.
  std::string address(int node) const;
  const std::string& folder() const { return folder_; }
  pid_t pid(int node) const { return pids_[node]; }
  // What they have logged.
  std::string Log() const;
  // Waits until `text` has been logged; false after 30 s.
  bool WaitForLog(const std::string& text) const;

  std::unique_ptr<Service> Connect(int node = 0) const;
  // Sends SIGTERM to the first daemon, which takes the others along; the exit code of them all, as
  // ChildProcess::Poll says it.
  int Stop();
  // For daemons that a test has ended in another way.
  int AwaitEnd();

 private:
  std::string LogPath() const { return folder_ + "/log"; }

  std::string folder_;
  std::unique_ptr<ChildProcess> process_;  // the daemon, or mpirun
  std::vector<pid_t> pids_;                // of the daemons, by node
};

}  // namespace zerod

#endif  // ZEROD_TESTS_SERVER_DAEMON_FIXTURE_H_
