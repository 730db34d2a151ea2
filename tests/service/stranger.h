#ifndef ZEROD_TESTS_SERVICE_STRANGER_H_
#define ZEROD_TESTS_SERVICE_STRANGER_H_

#include <string>
#include <thread>

#include "ipc/file_descriptor.h"

namespace zerod {

// Listens on a Unix socket and answers every connection with the same text, and then with silence.
class Stranger {
 public:
  explicit Stranger(std::string text);
  ~Stranger();

  const std::string& path() const { return path_; }
  std::string address() const { return "unix:" + path_; }

 private:
  void Serve();

  const std::string text_;
  std::string directory_;
  std::string path_;
  FileDescriptor listener_;
  std::thread thread_;
};

}  // namespace zerod

#endif  // ZEROD_TESTS_SERVICE_STRANGER_H_
