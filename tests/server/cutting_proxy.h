#ifndef ZEROD_TESTS_SERVER_CUTTING_PROXY_H_
#define ZEROD_TESTS_SERVER_CUTTING_PROXY_H_

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "ipc/file_descriptor.h"

namespace zerod {

// Passes bytes between clients of one Unix socket and a daemon behind another, until it is told to
// cut every connection off, whatever is on its way.
class CuttingProxy {
 public:
  CuttingProxy(const std::string& path, const std::string& daemon_path);
  ~CuttingProxy();

  // Both ends of every connection are closed; later ones are passed on again.
  void Cut();

 private:
  void Accept();
  void Pass(int from, int to);

  const std::string path_;
  const std::string daemon_path_;
  FileDescriptor listener_;
  std::mutex mutex_;                         // guards everything below
  std::vector<FileDescriptor> connections_;  // closed at the end, so that no number is reused
  std::vector<std::thread> passing_;
  std::atomic<bool> ending_ = false;
  std::thread accepting_;
};

}  // namespace zerod

#endif  // ZEROD_TESTS_SERVER_CUTTING_PROXY_H_
