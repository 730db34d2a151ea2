#include "engine/thread_start.h"

#include <system_error>

#include "absl/strings/str_cat.h"

namespace zerod {

absl::Status StartThreads(int rank, const std::function<void()>& start) {
  try {
    start();
    return absl::OkStatus();
  } catch (const std::system_error& error) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "rank ", rank, ": its threads can't be started (", error.code().message(),
        "); have fewer threads per rank, ranks or jobs, or raise the limits on threads "
        "and memory of the process (ulimit -u, ulimit -v; TasksMax of systemd)"));
  }
}

}  // namespace zerod
