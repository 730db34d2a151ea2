#include "base/option_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace zerod {
namespace {

// 0, or an errno. Stops soon after kMaxOptionFileBytes: a device may have no end.
int ReadAll(int descriptor, std::string& text) {
  std::array<char, 4096> part{};
  while (text.size() <= kMaxOptionFileBytes) {
    const ssize_t count = read(descriptor, part.data(), part.size());
    if (count == 0) return 0;
    if (count > 0) {
      text.append(part.data(), static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return EFBIG;
}

}  // namespace

absl::StatusOr<std::string> ReadOptionFile(absl::string_view option, const std::string& path) {
  const auto unusable = [&](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat(option, " '", path, "' ", why));
  };
  const auto unreadable = [&](int error) {
    return unusable(absl::StrCat("can't be read: ", std::generic_category().message(error)));
  };
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return unreadable(errno);
  std::string text;
  const int error = ReadAll(descriptor, text);
  close(descriptor);
  if (error != 0) return unreadable(error);
  if (text.empty()) return unusable("is empty");
  return text;
}

}  // namespace zerod
