#ifndef ZEROD_BASE_STATUS_MACROS_H_
#define ZEROD_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns from the enclosing function when `expression` (an absl::Status) is not OK.
#define ZEROD_RETURN_IF_ERROR(expression)                               \
  do {                                                                  \
    if (absl::Status zerod_status = (expression); !zerod_status.ok()) { \
      return zerod_status;                                              \
    }                                                                   \
  } while (false)

// Evaluates `expression` (an absl::StatusOr<T>); returns its error, or moves its value into
// `target`.
#define ZEROD_ASSIGN_OR_RETURN(target, expression) \
  ZEROD_ASSIGN_OR_RETURN_IMPL_(ZEROD_CONCAT_(zerod_statusor_, __LINE__), target, expression)

#define ZEROD_ASSIGN_OR_RETURN_IMPL_(statusor, target, expression) \
  auto statusor = (expression);                                    \
  if (!statusor.ok()) return std::move(statusor).status();         \
  target = *std::move(statusor)
#define ZEROD_CONCAT_(left, right) ZEROD_CONCAT_IMPL_(left, right)
#define ZEROD_CONCAT_IMPL_(left, right) left##right

#endif  // ZEROD_BASE_STATUS_MACROS_H_
