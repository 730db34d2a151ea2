#include <sys/random.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "ipc/handshake.h"

namespace zerod {

Ticket RandomTicket() {
  Ticket ticket;
  // Up to 256 bytes come whole; only a signal before the kernel has any randomness interrupts.
  ssize_t count = 0;
  do {
    count = getrandom(ticket.data(), ticket.size(), 0);
  } while (count < 0 && errno == EINTR);
  ZEROD_CHECK(count == static_cast<ssize_t>(ticket.size()));
  return ticket;
}

std::string TicketToText(const Ticket& ticket) {
  return absl::BytesToHexString({reinterpret_cast<const char*>(ticket.data()), ticket.size()});
}

absl::StatusOr<Ticket> TicketFromText(absl::string_view text) {
  const bool is_hex = std::all_of(text.begin(), text.end(),
                                  [](unsigned char digit) { return std::isxdigit(digit) != 0; });
  if (text.size() != 2 * kTicketBytes || !is_hex) {
    // Without the text: most of a ticket that somebody mistyped is a secret still.
    return absl::InvalidArgumentError(absl::StrCat("a ticket is ", 2 * kTicketBytes,
                                                   " hexadecimal digits, not these ", text.size(),
                                                   " characters"));
  }
  const std::string bytes = absl::HexStringToBytes(text);
  Ticket ticket;
  std::memcpy(ticket.data(), bytes.data(), ticket.size());
  return ticket;
}

}  // namespace zerod
