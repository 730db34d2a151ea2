#ifndef ZEROD_BASE_CHECK_H_
#define ZEROD_BASE_CHECK_H_

namespace zerod {

// Prints the broken invariant and aborts the process.
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition);

}  // namespace zerod

// For programmer errors only, in release builds too; what a user can cause is an absl::Status.
#define ZEROD_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::zerod::CheckFailed(__FILE__, __LINE__, #condition))

#endif  // ZEROD_BASE_CHECK_H_
