#include "tests/server/cutting_proxy.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "gtest/gtest.h"

namespace zerod {
namespace {

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return address;
}

FileDescriptor NewSocket() {
  return FileDescriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

}  // namespace

CuttingProxy::CuttingProxy(const std::string& path, const std::string& daemon_path)
    : path_(path), daemon_path_(daemon_path), listener_(NewSocket()) {
  const sockaddr_un address = AddressOf(path_);
  EXPECT_EQ(bind(listener_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)),
            0);
  EXPECT_EQ(listen(listener_.number(), 16), 0);
  accepting_ = std::thread([this] { Accept(); });
}

CuttingProxy::~CuttingProxy() {
  ending_ = true;
  shutdown(listener_.number(), SHUT_RDWR);
  accepting_.join();
  Cut();
  for (std::thread& thread : passing_) thread.join();
  unlink(path_.c_str());
}

void CuttingProxy::Cut() {
  const std::lock_guard lock(mutex_);
  for (const FileDescriptor& end : connections_) shutdown(end.number(), SHUT_RDWR);
}

void CuttingProxy::Accept() {
  while (!ending_) {
    FileDescriptor client(accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client.is_open()) continue;
    FileDescriptor daemon = NewSocket();
    const sockaddr_un address = AddressOf(daemon_path_);
    if (connect(daemon.number(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) !=
        0) {
      continue;
    }
    const std::lock_guard lock(mutex_);
    passing_.emplace_back([this, from = client.number(), to = daemon.number()] { Pass(from, to); });
    passing_.emplace_back([this, from = daemon.number(), to = client.number()] { Pass(from, to); });
    connections_.push_back(std::move(client));
    connections_.push_back(std::move(daemon));
  }
}

void CuttingProxy::Pass(int from, int to) {
  std::array<char, 4096> bytes;
  while (true) {
    const ssize_t count = recv(from, bytes.data(), bytes.size(), 0);
    if (count <= 0 || send(to, bytes.data(), count, MSG_NOSIGNAL) != count) break;
  }
  shutdown(from, SHUT_RDWR);
  shutdown(to, SHUT_RDWR);
}

}  // namespace zerod
