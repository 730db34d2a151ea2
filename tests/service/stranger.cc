#include "tests/service/stranger.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstdlib>
#include <filesystem>
#include <utility>
#include <vector>

#include "base/check.h"

namespace zerod {

Stranger::Stranger(std::string text) : text_(std::move(text)) {
  std::string pattern = std::filesystem::temp_directory_path() / "stranger.XXXXXX";
  ZEROD_CHECK(mkdtemp(pattern.data()) != nullptr);
  directory_ = pattern;
  path_ = directory_ + "/socket";
  listener_ = FileDescriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path_.copy(address.sun_path, sizeof(address.sun_path) - 1);
  ZEROD_CHECK(
      bind(listener_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  ZEROD_CHECK(listen(listener_.number(), 8) == 0);
  thread_ = std::thread([this] { Serve(); });
}

Stranger::~Stranger() {
  shutdown(listener_.number(), SHUT_RDWR);  // ends accept()
  thread_.join();
  std::filesystem::remove_all(directory_);
}

void Stranger::Serve() {
  std::vector<FileDescriptor> connections;
  while (true) {
    FileDescriptor connection(accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection.is_open()) return;
    send(connection.number(), text_.data(), text_.size(), MSG_NOSIGNAL);
    connections.push_back(std::move(connection));
  }
}

}  // namespace zerod
