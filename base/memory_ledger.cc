#include "base/memory_ledger.h"

#include <sys/mman.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/check.h"
#include "base/status_macros.h"

namespace zerod {
namespace {

constexpr std::uint64_t kHugePageBytes = 2 << 20;

std::optional<std::uint64_t> ReadNumber(const char* path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  if (file >> number) return number;
  return std::nullopt;  // no such file, or the word "max"
}

std::uint64_t MemAvailableBytes() {
  std::ifstream meminfo("/proc/meminfo");
  for (std::string key; meminfo >> key;) {
    std::uint64_t kibibytes = 0;
    if (key == "MemAvailable:" && meminfo >> kibibytes) return kibibytes * 1024;
    meminfo.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return std::numeric_limits<std::int64_t>::max();  // no /proc: nothing to check against
}

std::string HumanBytes(std::uint64_t bytes) {
  constexpr double kMebibyte = 1 << 20;
  const double size = static_cast<double>(bytes);
  if (size < kMebibyte) return absl::StrCat(bytes, " bytes");
  if (size < 1024 * kMebibyte) return absl::StrFormat("%.1f MiB", size / kMebibyte);
  return absl::StrFormat("%.3f GiB", size / (1024 * kMebibyte));
}

}  // namespace

std::uint64_t AvailableMemoryBytes() {
  std::uint64_t available_bytes = MemAvailableBytes();
  const auto limit_bytes = ReadNumber("/sys/fs/cgroup/memory.max");
  const auto used_bytes = ReadNumber("/sys/fs/cgroup/memory.current");
  if (limit_bytes && used_bytes) {
    available_bytes = std::min(available_bytes, *limit_bytes - std::min(*limit_bytes, *used_bytes));
  }
  return available_bytes;
}

std::shared_ptr<MemoryBudget> MemoryBudget::Create(std::uint64_t limit_bytes) {
  return std::shared_ptr<MemoryBudget>(
      new MemoryBudget(limit_bytes == 0 ? AvailableMemoryBytes() : limit_bytes));
}

std::uint64_t MemoryBudget::held_bytes() const {
  std::lock_guard lock(mutex_);
  return held_bytes_;
}

Reservation::Reservation(Reservation&& other) noexcept { *this = std::move(other); }

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  std::swap(ledger_, other.ledger_);
  std::swap(rank_, other.rank_);
  std::swap(kind_, other.kind_);
  std::swap(size_bytes_, other.size_bytes_);
  return *this;
}

Reservation::~Reservation() {
  if (ledger_ != nullptr) ledger_->Release(*this);
}

Buffer::Buffer(Buffer&& other) noexcept { *this = std::move(other); }

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  std::swap(reservation_, other.reservation_);
  std::swap(data_, other.data_);
  std::swap(size_bytes_, other.size_bytes_);
  return *this;
}

Buffer::~Buffer() {
  if (data_ != nullptr) ZEROD_CHECK(munmap(data_, size_bytes_) == 0);
}

std::shared_ptr<MemoryLedger> MemoryLedger::Create(int rank_count,
                                                   std::shared_ptr<MemoryBudget> budget) {
  return std::shared_ptr<MemoryLedger>(new MemoryLedger(rank_count, std::move(budget)));
}

MemoryLedger::MemoryLedger(int rank_count, std::shared_ptr<MemoryBudget> budget)
    : budget_(std::move(budget)), held_(static_cast<std::size_t>(rank_count)) {}

absl::StatusOr<Reservation> MemoryLedger::Reserve(int rank, MemoryKind kind,
                                                  std::uint64_t size_bytes) {
  Reservation reservation;
  std::lock_guard lock(budget_->mutex_);
  if (size_bytes > budget_->limit_bytes_ - budget_->held_bytes_) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "rank ", rank, ": ", HumanBytes(size_bytes), " for ", MemoryKindName(kind),
        " do not fit: ", HumanBytes(budget_->held_bytes_), " of the limit of ",
        HumanBytes(budget_->limit_bytes_), " are held; make room, or raise the memory limit"));
  }
  held_.at(static_cast<std::size_t>(rank))[kind] += size_bytes;
  budget_->held_bytes_ += size_bytes;
  reservation.ledger_ = shared_from_this();
  reservation.rank_ = rank;
  reservation.kind_ = kind;
  reservation.size_bytes_ = size_bytes;
  return reservation;
}

absl::StatusOr<Buffer> MemoryLedger::Allocate(int rank, MemoryKind kind, std::uint64_t size_bytes) {
  Buffer buffer;
  if (size_bytes == 0) return buffer;
  ZEROD_ASSIGN_OR_RETURN(buffer.reservation_, Reserve(rank, kind, size_bytes));
  void* data =
      mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED) {
    return absl::ResourceExhaustedError(absl::StrCat("rank ", rank, ": the system refused ",
                                                     HumanBytes(size_bytes), " for ",
                                                     MemoryKindName(kind)));
  }
  // Streams over gigabytes spend a tenth of their time on address translation with small pages.
  // Only advice: it may fail.
  if (size_bytes >= kHugePageBytes) madvise(data, size_bytes, MADV_HUGEPAGE);
  buffer.data_ = static_cast<std::byte*>(data);
  buffer.size_bytes_ = size_bytes;
  return buffer;
}

MemoryBytes MemoryLedger::Held(int rank) const {
  std::lock_guard lock(budget_->mutex_);
  return held_.at(static_cast<std::size_t>(rank));
}

void MemoryLedger::Release(const Reservation& reservation) {
  std::lock_guard lock(budget_->mutex_);
  held_[static_cast<std::size_t>(reservation.rank_)][reservation.kind_] -= reservation.size_bytes_;
  budget_->held_bytes_ -= reservation.size_bytes_;
}

}  // namespace zerod
