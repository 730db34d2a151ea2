#ifndef ZEROD_IPC_ARENA_H_
#define ZEROD_IPC_ARENA_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "ipc/file_descriptor.h"

namespace zerod {

// What a process that receives an arena's descriptor may do with its bytes.
enum class PeerAccess : std::uint8_t { kRead, kReadWrite };

// Zeroed memory that other processes can map: a memfd, sealed so that nobody can shrink or grow it
// (who shrinks it would kill its other users with SIGBUS), nor change the seals; with kRead also so
// that nobody but this mapping can write. Move-only; unmapped and closed when it dies, while
// others' mappings live on.
class Arena {
 public:
  // `name` shows up in /proc. kResourceExhausted: the system refused. An arena of 0 bytes has a
  // descriptor too, so that it travels like any other.
  static absl::StatusOr<Arena> Create(const std::string& name, std::uint64_t size_bytes,
                                      PeerAccess access);
  Arena() = default;
  Arena(Arena&& other) noexcept;
  Arena& operator=(Arena&& other) noexcept;
  ~Arena();

  std::span<std::byte> bytes() const { return {data_, size_bytes_}; }
  const FileDescriptor& descriptor() const { return descriptor_; }
  // Gives all pages back to the system at once, whoever still maps them: they read as zeros then.
  // Does nothing to a kRead arena: its seal against writing forbids this too, even to its owner, so
  // that its pages go with the last mapping.
  void Discard();

 private:
  FileDescriptor descriptor_;
  std::byte* data_ = nullptr;
  std::uint64_t size_bytes_ = 0;
};

// Another process's arena, mapped here; not in children that this process forks, which would keep
// the memory beyond its end: there an access raises SIGSEGV. Move-only.
class MappedArena {
 public:
  // Takes nothing on trust: kFailedPrecondition, naming `name`, when the descriptor is not a memfd
  // of exactly `size_bytes` with the seals that Arena::Create sets for `access`, or can't be
  // written where it must. kResourceExhausted: no room to map it. `descriptor` may be closed
  // afterwards.
  static absl::StatusOr<MappedArena> Map(const std::string& name, const FileDescriptor& descriptor,
                                         std::uint64_t size_bytes, PeerAccess access);
  MappedArena() = default;
  MappedArena(MappedArena&& other) noexcept;
  MappedArena& operator=(MappedArena&& other) noexcept;
  ~MappedArena();

  // Writing to an arena that was mapped with kRead raises SIGSEGV.
  std::span<std::byte> bytes() const { return {data_, size_bytes_}; }

 private:
  std::byte* data_ = nullptr;
  std::uint64_t size_bytes_ = 0;
};

}  // namespace zerod

#endif  // ZEROD_IPC_ARENA_H_
