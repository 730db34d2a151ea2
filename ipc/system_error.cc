#include "ipc/system_error.h"

#include <system_error>

#include "absl/strings/str_cat.h"

namespace zerod {

absl::Status SystemError(absl::StatusCode code, int error_number, absl::string_view what) {
  // std::strerror is not thread-safe.
  return {code, absl::StrCat(what, ": ", std::generic_category().message(error_number))};
}

}  // namespace zerod
