#ifndef ZEROD_IPC_SYSTEM_ERROR_H_
#define ZEROD_IPC_SYSTEM_ERROR_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace zerod {

// "<what>: <what the errno stands for>".
absl::Status SystemError(absl::StatusCode code, int error_number, absl::string_view what);

}  // namespace zerod

#endif  // ZEROD_IPC_SYSTEM_ERROR_H_
