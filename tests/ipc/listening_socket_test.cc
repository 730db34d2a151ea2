#include "ipc/listening_socket.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ipc/local_address.h"
#include "tests/ipc/listener_test_base.h"

namespace zerod {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class ListeningSocketTest : public ListenerTest {
 protected:
  absl::Status OpenStatus() const { return ListeningSocket::Open(path_, 0600).status(); }
  void ExpectUnavailable(absl::string_view because) const {
    const absl::Status status = OpenStatus();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
    EXPECT_THAT(status.message(), AllOf(HasSubstr(path_), HasSubstr(std::string(because))));
  }
  bool Exists() const { return access(path_.c_str(), F_OK) == 0; }
};

TEST_F(ListeningSocketTest, HasItsModeAndRemovesItsFile) {
  for (const mode_t mode : {0600u, 0660u, 0666u}) {
    const auto listening = ListeningSocket::Open(path_, mode);
    ASSERT_TRUE(listening.ok()) << listening.status();
    struct stat file = {};
    ASSERT_EQ(stat(path_.c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 0777, mode);
  }
  EXPECT_FALSE(Exists());
}

TEST_F(ListeningSocketTest, LeavesOneThatListensAlone) {
  const auto first = ListeningSocket::Open(path_, 0600);
  ASSERT_TRUE(first.ok());
  ExpectUnavailable("another process listens there");
  EXPECT_TRUE(Exists());
  EXPECT_EQ(ConnectTo(*NewLocalSocket(), *LocalAddress(path_)), 0);
}

TEST_F(ListeningSocketTest, LeavesOtherKindsOfSocketsAlone) {
  const FileDescriptor stream(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_un address = *LocalAddress(path_);
  ASSERT_EQ(bind(stream.number(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(listen(stream.number(), 1), 0);
  ExpectUnavailable("another process listens there");
  EXPECT_TRUE(Exists());
}

TEST_F(ListeningSocketTest, RemovesStaleSocketsOfAllKindsAndNothingElse) {
  EXPECT_TRUE(RemoveStaleSocket(path_).ok());
  const sockaddr_un address = *LocalAddress(path_);
  for (const int type : {SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM}) {
    {
      const FileDescriptor dead(socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
      ASSERT_EQ(bind(dead.number(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)),
                0);
    }
    ASSERT_TRUE(Exists());
    EXPECT_TRUE(RemoveStaleSocket(path_).ok());
    EXPECT_FALSE(Exists());
  }
  std::ofstream(path_) << "precious";
  EXPECT_EQ(RemoveStaleSocket(path_).code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(Exists());
}

TEST_F(ListeningSocketTest, LeavesFilesAlone) {
  std::ofstream(path_) << "precious";
  ExpectUnavailable("no socket");
  std::string text;
  std::ifstream(path_) >> text;
  EXPECT_EQ(text, "precious");
}

TEST_F(ListeningSocketTest, ReplacesOneThatADeadProcessLeft) {
  const sockaddr_un address = *LocalAddress(path_);
  {
    const FileDescriptor dead = *NewLocalSocket();
    ASSERT_EQ(bind(dead.number(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  }
  ASSERT_TRUE(Exists());
  const auto listening = ListeningSocket::Open(path_, 0600);
  ASSERT_TRUE(listening.ok()) << listening.status();
  EXPECT_EQ(ConnectTo(*NewLocalSocket(), address), 0);
}

TEST_F(ListeningSocketTest, DoesNotRemoveWhatTookItsPlace) {
  auto first = ListeningSocket::Open(path_, 0600);
  ASSERT_TRUE(first.ok());
  const std::string aside = folder_ + "/aside";
  ASSERT_EQ(rename(path_.c_str(), aside.c_str()), 0);
  const auto second = ListeningSocket::Open(path_, 0600);
  ASSERT_TRUE(second.ok()) << second.status();
  first->reset();
  EXPECT_TRUE(Exists());
}

TEST_F(ListeningSocketTest, NamesAFolderThatIsMissingOrLocked) {
  const std::string path = folder_ + "/missing/socket";
  EXPECT_THAT(ListeningSocket::Open(path, 0600).status().message(),
              AllOf(HasSubstr(path), HasSubstr("No such file or directory")));
  const FileDescriptor directory(open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(flock(directory.number(), LOCK_EX), 0);
  ExpectUnavailable("holds the lock of the folder");
}

TEST_F(ListeningSocketTest, PathsHaveALimit) {
  EXPECT_EQ(ListeningSocket::Open("/tmp/" + std::string(200, 'p'), 0600).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace zerod
