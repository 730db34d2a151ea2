#ifndef ZEROD_BASE_MEMORY_LEDGER_H_
#define ZEROD_BASE_MEMORY_LEDGER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "zerod/base/memory_kind.h"

namespace zerod {

class MemoryLedger;

// Zero-initialised memory of one rank and kind. Move-only; its bytes stay on the ledger while it
// lives.
class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept;
  Buffer& operator=(Buffer&& other) noexcept;
  ~Buffer();

  std::span<std::byte> bytes() const { return {data_, size_bytes_}; }
  std::byte* data() const { return data_; }
  std::size_t size_bytes() const { return size_bytes_; }

 private:
  friend class MemoryLedger;

  std::shared_ptr<MemoryLedger> ledger_;
  int rank_ = 0;
  MemoryKind kind_ = MemoryKind::kWeights;
  std::byte* data_ = nullptr;
  std::size_t size_bytes_ = 0;
};

// Allocates every large buffer of a node and knows at any time who holds how much: statistics read
// it, nobody recomputes them. Refuses what would pass the limit before asking the system, which
// would overcommit and kill later. Thread-safe. Held by shared_ptr: it must outlive its buffers.
class MemoryLedger : public std::enable_shared_from_this<MemoryLedger> {
 public:
  // `limit_bytes` 0 means what the system could give at this moment (AvailableMemoryBytes).
  static std::shared_ptr<MemoryLedger> Create(int rank_count, std::uint64_t limit_bytes);

  // kResourceExhausted names rank, kind, the bytes asked for, held and allowed. Zero bytes give an
  // empty buffer.
  absl::StatusOr<Buffer> Allocate(int rank, MemoryKind kind, std::uint64_t size_bytes);

  MemoryBytes Held(int rank) const;
  std::uint64_t limit_bytes() const { return limit_bytes_; }

 private:
  friend class Buffer;

  MemoryLedger(int rank_count, std::uint64_t limit_bytes);
  void Release(const Buffer& buffer);

  const std::uint64_t limit_bytes_;
  mutable std::mutex mutex_;
  std::vector<MemoryBytes> held_;  // per rank; guarded by mutex_
  std::uint64_t total_bytes_ = 0;  // guarded by mutex_
};

// What can still be allocated without swapping: the smaller of MemAvailable and the cgroup's
// headroom.
std::uint64_t AvailableMemoryBytes();

}  // namespace zerod

#endif  // ZEROD_BASE_MEMORY_LEDGER_H_
