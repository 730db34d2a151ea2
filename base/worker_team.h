#ifndef ZEROD_BASE_WORKER_TEAM_H_
#define ZEROD_BASE_WORKER_TEAM_H_

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace zerod {

// Threads that share out pieces of work, the caller's among them. Between calls they sleep. One
// caller at a time.
class WorkerTeam {
 public:
  // `size` >= 1 threads in all: 1 starts none. Throws std::system_error when the system has no
  // more.
  explicit WorkerTeam(int size);
  ~WorkerTeam();
  WorkerTeam(const WorkerTeam&) = delete;
  WorkerTeam& operator=(const WorkerTeam&) = delete;

  int size() const { return static_cast<int>(threads_.size()) + 1; }

  // Calls work(worker, piece) once for every piece in [0, piece_count), each on some worker in
  // [0, size()), and returns when all have returned. A worker takes one piece after the other;
  // which ones is left to chance. `work` must not throw.
  void Run(std::size_t piece_count, const std::function<void(int, std::size_t)>& work);

 private:
  void End();
  void Work(int worker);
  void TakePieces(int worker);

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_, but for the pieces themselves.
  const std::function<void(int, std::size_t)>* work_ = nullptr;
  std::size_t piece_count_ = 0;
  std::size_t next_piece_ = 0;
  std::size_t finished_pieces_ = 0;
  bool ends_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace zerod

#endif  // ZEROD_BASE_WORKER_TEAM_H_
