#include "server/unix_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cstdlib>
#include <fstream>

#include "gtest/gtest.h"
#include "ipc/file_descriptor.h"

namespace zerod {
namespace {

class UnixSocket : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(mkdtemp(folder_.data()), nullptr); }
  void TearDown() override {
    unlink(Path().c_str());
    rmdir(folder_.c_str());
  }

  std::string Path() const { return folder_ + "/z"; }
  FileDescriptor Bind() const {
    FileDescriptor bound(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{.sun_family = AF_UNIX};
    Path().copy(address.sun_path, sizeof(address.sun_path) - 1);
    EXPECT_EQ(bind(bound.number(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    return bound;
  }

  std::string folder_ = testing::TempDir() + "/zerodXXXXXX";
};

TEST_F(UnixSocket, OnlySocketsAreRemoved) {
  std::ofstream(Path()) << "precious";
  RemoveSocket(Path());
  EXPECT_EQ(access(Path().c_str(), F_OK), 0);
  unlink(Path().c_str());
  Bind();
  RemoveSocket(Path());
  EXPECT_NE(access(Path().c_str(), F_OK), 0);
  RemoveSocket(Path());  // nothing happens
}

TEST_F(UnixSocket, HasItsModeFromTheStart) {
  const mode_t before = umask(022);
  {
    const SocketModeScope scope(0660);
    Bind();
  }
  EXPECT_EQ(umask(before), 022u);
  struct stat status {};
  ASSERT_EQ(stat(Path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0660u);
}

}  // namespace
}  // namespace zerod
