#include "server/secrets.h"

#include <sys/random.h>

#include "base/check.h"

namespace zerod {

bool SecretsAreEqual(absl::string_view left, absl::string_view right) {
  if (left.size() != right.size()) return false;
  unsigned char difference = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    difference |= static_cast<unsigned char>(left[i]) ^ static_cast<unsigned char>(right[i]);
  }
  return difference == 0;
}

std::uint64_t UnguessableNumber() {
  std::uint64_t number = 0;
  while (number == 0) {
    // Eight bytes are never cut short, nor interrupted, once the kernel's pool is ready.
    ZEROD_CHECK(getrandom(&number, sizeof(number), 0) == sizeof(number));
  }
  return number;
}

}  // namespace zerod
