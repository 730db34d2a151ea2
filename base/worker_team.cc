#include "base/worker_team.h"

#include "base/check.h"

namespace zerod {

WorkerTeam::WorkerTeam(int size) {
  ZEROD_CHECK(size >= 1);
  try {
    for (int worker = 1; worker < size; ++worker) {
      threads_.emplace_back([this, worker] { Work(worker); });
    }
  } catch (...) {
    End();
    throw;
  }
}

WorkerTeam::~WorkerTeam() { End(); }

void WorkerTeam::End() {
  {
    std::lock_guard lock(mutex_);
    ends_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void WorkerTeam::Run(std::size_t piece_count, const std::function<void(int, std::size_t)>& work) {
  if (threads_.empty() || piece_count <= 1) {
    for (std::size_t piece = 0; piece < piece_count; ++piece) work(0, piece);
    return;
  }
  {
    std::lock_guard lock(mutex_);
    ZEROD_CHECK(work_ == nullptr);
    work_ = &work;
    piece_count_ = piece_count;
    next_piece_ = 0;
    finished_pieces_ = 0;
  }
  changed_.notify_all();
  TakePieces(0);
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return finished_pieces_ == piece_count_; });
  work_ = nullptr;
}

void WorkerTeam::Work(int worker) {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock,
                    [this] { return ends_ || (work_ != nullptr && next_piece_ < piece_count_); });
      if (ends_) return;
    }
    TakePieces(worker);
  }
}

void WorkerTeam::TakePieces(int worker) {
  for (;;) {
    std::size_t piece;
    const std::function<void(int, std::size_t)>* work;
    {
      std::lock_guard lock(mutex_);
      if (work_ == nullptr || next_piece_ == piece_count_) return;
      piece = next_piece_++;
      work = work_;
    }
    (*work)(worker, piece);
    std::lock_guard lock(mutex_);
    if (++finished_pieces_ == piece_count_) changed_.notify_all();
  }
}

}  // namespace zerod
