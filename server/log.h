#ifndef ZEROD_SERVER_LOG_H_
#define ZEROD_SERVER_LOG_H_

#include <initializer_list>

#include "absl/strings/string_view.h"
#include "server/flags.h"
#include "server/log_line.h"

namespace zerod {

// The daemon's log on standard error: one event a line,
//   2026-01-31T12:00:00.000Z info node=0 event=job_created job=gpt
// or one JSON object with the same keys. Thread-safe, and never blocks: lines are written by a
// thread of their own, the oldest are dropped if it can't keep up. Before StartLog, and after
// StopLog, nothing is logged.
void StartLog(LogFormat format, LogLevel level);
// From now on lines name this node.
void SetLogNode(int node);
// Writes what is outstanding.
void StopLog();

void Log(LogLevel level, absl::string_view event, std::initializer_list<LogField> fields = {});

// "debug", "info", "warning", "error".
absl::string_view LogLevelName(LogLevel level);

}  // namespace zerod

#endif  // ZEROD_SERVER_LOG_H_
