#include "ipc/arena.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "ipc/system_error.h"

namespace zerod {
namespace {

constexpr std::uint64_t kHugePageBytes = 2 << 20;
constexpr std::size_t kLongestName = 249;  // that memfd_create takes

// The seals of an arena that others may use as `access` says. Nobody needs to read the size twice:
// it can't change under a mapping.
int SealsFor(PeerAccess access) {
  constexpr int kSizeSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  return access == PeerAccess::kRead ? kSizeSeals | F_SEAL_FUTURE_WRITE : kSizeSeals;
}

// nullptr, with errno, when the system refuses.
std::byte* MapShared(int descriptor, std::uint64_t size_bytes, int protection) {
  void* data = mmap(nullptr, size_bytes, protection, MAP_SHARED, descriptor, 0);
  if (data == MAP_FAILED) return nullptr;
  // Only advice: it may fail.
  if (size_bytes >= kHugePageBytes) madvise(data, size_bytes, MADV_HUGEPAGE);
  return static_cast<std::byte*>(data);
}

void Unmap(std::byte* data, std::uint64_t size_bytes) {
  if (data != nullptr) ZEROD_CHECK(munmap(data, size_bytes) == 0);
}

absl::Status CheckSealed(const std::string& name, int descriptor, std::uint64_t size_bytes,
                         PeerAccess access) {
  struct stat file = {};
  const int seals = fcntl(descriptor, F_GET_SEALS);
  if (seals < 0 || fstat(descriptor, &file) != 0 || !S_ISREG(file.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat("arena '", name, "': what the daemon sent is no sealable memory file"));
  }
  if (file.st_size < 0 || static_cast<std::uint64_t>(file.st_size) != size_bytes) {
    return absl::FailedPreconditionError(absl::StrCat("arena '", name, "' has ", file.st_size,
                                                      " bytes; ", size_bytes, " were agreed on"));
  }
  const int missing = SealsFor(access) & ~seals;
  if (missing != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("arena '", name, "' lacks the seals 0x", absl::Hex(missing),
                     " (F_SEAL_*), so that others could change it while it is in use"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Arena> Arena::Create(const std::string& name, std::uint64_t size_bytes,
                                    PeerAccess access) {
  const std::string what = absl::StrCat("arena '", name, "' of ", size_bytes, " bytes");
  if (size_bytes > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max())) {
    return absl::ResourceExhaustedError(absl::StrCat(what, ": no file can be as large"));
  }
  const auto refused = [&what](absl::string_view call) {
    const int error_number = errno;
    return SystemError(absl::StatusCode::kResourceExhausted, error_number,
                       absl::StrCat(what, ": the system refused ", call));
  };
  Arena arena;
  arena.descriptor_ = FileDescriptor(
      memfd_create(name.substr(0, kLongestName).c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING));
  const int descriptor = arena.descriptor_.number();
  if (descriptor < 0) return refused("memfd_create");
  if (ftruncate(descriptor, static_cast<off_t>(size_bytes)) != 0) return refused("ftruncate");
  if (size_bytes > 0) {
    arena.data_ = MapShared(descriptor, size_bytes, PROT_READ | PROT_WRITE);
    if (arena.data_ == nullptr) return refused("mmap");
    arena.size_bytes_ = size_bytes;
  }
  // After mapping: F_SEAL_FUTURE_WRITE leaves the writable mappings alone that are there already.
  if (fcntl(descriptor, F_ADD_SEALS, SealsFor(access)) != 0) return refused("F_ADD_SEALS");
  return arena;
}

Arena::Arena(Arena&& other) noexcept { *this = std::move(other); }

Arena& Arena::operator=(Arena&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(data_, other.data_);
  std::swap(size_bytes_, other.size_bytes_);
  return *this;
}

Arena::~Arena() { Unmap(data_, size_bytes_); }

void Arena::Discard() {
  if (data_ == nullptr) return;
  constexpr int kPunch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
  const int failed = fallocate(descriptor_.number(), kPunch, 0, static_cast<off_t>(size_bytes_));
  ZEROD_CHECK(failed == 0 || errno == EPERM);  // EPERM: sealed against writing
}

absl::StatusOr<MappedArena> MappedArena::Map(const std::string& name,
                                             const FileDescriptor& descriptor,
                                             std::uint64_t size_bytes, PeerAccess access) {
  ZEROD_RETURN_IF_ERROR(CheckSealed(name, descriptor.number(), size_bytes, access));
  MappedArena arena;
  if (size_bytes == 0) return arena;
  const int protection = access == PeerAccess::kRead ? PROT_READ : PROT_READ | PROT_WRITE;
  arena.data_ = MapShared(descriptor.number(), size_bytes, protection);
  if (arena.data_ == nullptr) {
    const int error_number = errno;
    const bool forbidden = error_number == EPERM || error_number == EACCES;
    return SystemError(
        forbidden ? absl::StatusCode::kFailedPrecondition : absl::StatusCode::kResourceExhausted,
        error_number,
        absl::StrCat("arena '", name, "' of ", size_bytes, " bytes: can't be mapped"));
  }
  arena.size_bytes_ = size_bytes;
  // A child that inherited the mapping would keep the memory after the process that claimed it.
  ZEROD_CHECK(madvise(arena.data_, size_bytes, MADV_DONTFORK) == 0);
  return arena;
}

MappedArena::MappedArena(MappedArena&& other) noexcept { *this = std::move(other); }

MappedArena& MappedArena::operator=(MappedArena&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_bytes_, other.size_bytes_);
  return *this;
}

MappedArena::~MappedArena() { Unmap(data_, size_bytes_); }

}  // namespace zerod
