#ifndef ZEROD_TESTS_BASE_FILE_SIZE_LIMIT_H_
#define ZEROD_TESTS_BASE_FILE_SIZE_LIMIT_H_

#include <sys/resource.h>

#include <csignal>

namespace zerod {

// As long as it lives, no file of this process can grow beyond it: stands in for a full disk, at a
// byte of choice.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit = {bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, SIG_DFL);
  }

 private:
  rlimit before_ = {};
};

}  // namespace zerod

#endif  // ZEROD_TESTS_BASE_FILE_SIZE_LIMIT_H_
