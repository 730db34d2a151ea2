#ifndef ZEROD_SERVER_SECRETS_H_
#define ZEROD_SERVER_SECRETS_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace zerod {

// Whether two secrets are equal, in a time that depends on their lengths only, so that nobody can
// guess one byte by byte.
bool SecretsAreEqual(absl::string_view left, absl::string_view right);

// A number that nobody can guess; never 0.
std::uint64_t UnguessableNumber();

}  // namespace zerod

#endif  // ZEROD_SERVER_SECRETS_H_
