#include "server/log.h"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <mutex>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace zerod {
namespace {

constexpr std::size_t kQueuedLines = 8192;

struct LogState {
  std::mutex mutex;  // guards everything below
  std::shared_ptr<spdlog::logger> logger;
  LogFormat format = LogFormat::kText;
  LogLevel level = LogLevel::kInfo;
  int node = 0;
};

// Never destroyed: threads may log until the process ends.
LogState& State() {
  static auto* const state = new LogState;
  return *state;
}

std::string Line(const LogState& state, LogLevel level, absl::string_view event,
                 std::span<const LogField> fields) {
  const std::string time =
      absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone());
  if (state.format == LogFormat::kJson) {
    return JsonLogLine({{"time", time}, {"level", LogLevelName(level)}, {"node", state.node}},
                       event, fields);
  }
  return absl::StrCat(time, " ", LogLevelName(level), " node=", state.node, " ",
                      TextLogLine(event, fields));
}

}  // namespace

void StartLog(LogFormat format, LogLevel level) {
  LogState& state = State();
  const std::lock_guard lock(state.mutex);
  spdlog::init_thread_pool(kQueuedLines, 1);
  state.logger = spdlog::create_async_nb<spdlog::sinks::stderr_sink_mt>("zerod");
  state.logger->set_pattern("%v");
  state.format = format;
  state.level = level;
}

void SetLogNode(int node) {
  const std::lock_guard lock(State().mutex);
  State().node = node;
}

void StopLog() {
  {
    const std::lock_guard lock(State().mutex);
    State().logger = nullptr;
  }
  spdlog::shutdown();
}

void Log(LogLevel level, absl::string_view event, std::initializer_list<LogField> fields) {
  LogState& state = State();
  const std::lock_guard lock(state.mutex);
  if (!state.logger || level < state.level) return;
  const std::string line = Line(state, level, event, std::span(fields.begin(), fields.size()));
  state.logger->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

absl::string_view LogLevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "?";
}

}  // namespace zerod
