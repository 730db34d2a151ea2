// A trainer for the tests to command and to kill: reads a command per line, answers with a line.
//
//   uid N                       becomes that user
//   claim PATH TICKET           "ok COUNT", or the status
//   map INDEX BYTES             "ok": maps that descriptor of the claim for reading and writing
//   peek OFFSET | poke OFFSET VALUE
//   alive                       what CheckAlive says of the claim
//   close                       ends the claim, not the process
//   descriptors                 how many this process has open
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "ipc/arena.h"
#include "ipc/handshake.h"

namespace {

zerod::Claim claim;
zerod::MappedArena mapped;

std::string Text(const absl::Status& status) { return status.ok() ? "ok" : status.ToString(); }

std::string ClaimIt(std::istream& arguments) {
  std::string path;
  std::string ticket_text;
  arguments >> path >> ticket_text;
  const auto ticket = zerod::TicketFromText(ticket_text);
  if (!ticket.ok()) return Text(ticket.status());
  auto claimed = zerod::ClaimDescriptors(path, *ticket, absl::Now() + absl::Seconds(20));
  if (!claimed.ok()) return Text(claimed.status());
  claim = *std::move(claimed);
  return absl::StrCat("ok ", claim.descriptors.size());
}

std::string Map(std::istream& arguments) {
  std::size_t index = 0;
  std::uint64_t size_bytes = 0;
  arguments >> index >> size_bytes;
  auto arena = zerod::MappedArena::Map("test", claim.descriptors.at(index), size_bytes,
                                       zerod::PeerAccess::kReadWrite);
  if (!arena.ok()) return Text(arena.status());
  mapped = *std::move(arena);
  return "ok";
}

std::string Poke(std::istream& arguments) {
  std::size_t offset = 0;
  int value = 0;
  arguments >> offset >> value;
  mapped.bytes()[offset] = static_cast<std::byte>(value);
  return "ok";
}

std::string Peek(std::istream& arguments) {
  std::size_t offset = 0;
  arguments >> offset;
  return absl::StrCat(std::to_integer<int>(mapped.bytes()[offset]));
}

std::string OpenDescriptors() {
  using Entries = std::filesystem::directory_iterator;
  return absl::StrCat(std::distance(Entries("/proc/self/fd"), Entries()));
}

std::string BecomeUser(std::istream& arguments) {
  uid_t uid = 0;
  arguments >> uid;
  return setuid(uid) == 0 ? "ok" : "setuid failed";
}

std::string Answer(const std::string& line) {
  std::istringstream arguments(line);
  std::string command;
  arguments >> command;
  if (command == "uid") return BecomeUser(arguments);
  if (command == "claim") return ClaimIt(arguments);
  if (command == "map") return Map(arguments);
  if (command == "peek") return Peek(arguments);
  if (command == "poke") return Poke(arguments);
  if (command == "alive") return Text(zerod::CheckAlive(claim.socket));
  if (command == "descriptors") return OpenDescriptors();
  if (command == "close") {
    claim = {};
    return "ok";
  }
  return absl::StrCat("no such command: ", command);
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) std::cout << Answer(line) << std::endl;
  return 0;
}
