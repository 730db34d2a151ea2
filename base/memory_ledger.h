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

// How many bytes a node may hold, over all its jobs. Thread-safe.
class MemoryBudget {
 public:
  // 0 means what the system could give at this moment (AvailableMemoryBytes).
  static std::shared_ptr<MemoryBudget> Create(std::uint64_t limit_bytes);

  std::uint64_t limit_bytes() const { return limit_bytes_; }
  std::uint64_t held_bytes() const;

 private:
  friend class MemoryLedger;

  explicit MemoryBudget(std::uint64_t limit_bytes) : limit_bytes_(limit_bytes) {}

  const std::uint64_t limit_bytes_;
  mutable std::mutex mutex_;
  std::uint64_t held_bytes_ = 0;  // guarded by mutex_
};

// Bytes of one rank and kind that are spoken for, whoever allocates them. Move-only; they stay on
// the ledger while it lives.
class Reservation {
 public:
  Reservation() = default;
  Reservation(Reservation&& other) noexcept;
  Reservation& operator=(Reservation&& other) noexcept;
  ~Reservation();

  std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  friend class MemoryLedger;

  std::shared_ptr<MemoryLedger> ledger_;
  int rank_ = 0;
  MemoryKind kind_ = MemoryKind::kWeights;
  std::uint64_t size_bytes_ = 0;
};

// Zero-initialised memory of one rank and kind, private to this process. Move-only.
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

  Reservation reservation_;
  std::byte* data_ = nullptr;
  std::size_t size_bytes_ = 0;
};

// Knows at any time which rank of a job holds how much of what: statistics read it, nobody
// recomputes them. Refuses what would pass the budget before anybody asks the system, which would
// overcommit and kill later. Thread-safe. Held by shared_ptr: it must outlive what it counts.
class MemoryLedger : public std::enable_shared_from_this<MemoryLedger> {
 public:
  static std::shared_ptr<MemoryLedger> Create(int rank_count, std::shared_ptr<MemoryBudget> budget);

  // kResourceExhausted names rank, kind, the bytes asked for, held and allowed.
  absl::StatusOr<Reservation> Reserve(int rank, MemoryKind kind, std::uint64_t size_bytes);
  // The same with the memory itself. Zero bytes give an empty buffer.
  absl::StatusOr<Buffer> Allocate(int rank, MemoryKind kind, std::uint64_t size_bytes);

  MemoryBytes Held(int rank) const;

 private:
  friend class Reservation;

  MemoryLedger(int rank_count, std::shared_ptr<MemoryBudget> budget);
  void Release(const Reservation& reservation);

  const std::shared_ptr<MemoryBudget> budget_;
  std::vector<MemoryBytes> held_;  // per rank; guarded by the budget's mutex
};

// What can still be allocated without swapping: the smaller of MemAvailable and the cgroup's
// headroom.
std::uint64_t AvailableMemoryBytes();

}  // namespace zerod

#endif  // ZEROD_BASE_MEMORY_LEDGER_H_
