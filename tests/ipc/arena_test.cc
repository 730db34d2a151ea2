#include "ipc/arena.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/ipc/forked_child.h"

namespace zerod {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kBytes = 3 * 4096 + 100;

bool AllAre(std::span<const std::byte> bytes, int value) {
  return std::ranges::all_of(
      bytes, [value](std::byte byte) { return byte == static_cast<std::byte>(value); });
}

std::int64_t BlocksOf(const Arena& arena) {
  struct stat file = {};
  EXPECT_EQ(fstat(arena.descriptor().number(), &file), 0);
  return file.st_blocks;
}

TEST(Arena, IsZeroedAndSharedWithWhoMapsIt) {
  Arena arena = *Arena::Create("shared", kBytes, PeerAccess::kReadWrite);
  EXPECT_EQ(arena.bytes().size(), kBytes);
  EXPECT_TRUE(AllAre(arena.bytes(), 0));
  arena.bytes().front() = std::byte{1};
  EXPECT_EQ(RunInChild([&] {
              const auto mapped =
                  MappedArena::Map("shared", arena.descriptor(), kBytes, PeerAccess::kReadWrite);
              if (!mapped.ok() || mapped->bytes().front() != std::byte{1}) return 1;
              mapped->bytes().back() = std::byte{2};
              return 0;
            }),
            0);
  EXPECT_EQ(arena.bytes().back(), std::byte{2});
}

TEST(Arena, NobodyCanResizeItOrChangeTheSeals) {
  for (const PeerAccess access : {PeerAccess::kRead, PeerAccess::kReadWrite}) {
    const Arena arena = *Arena::Create("sealed", kBytes, access);
    const int descriptor = arena.descriptor().number();
    EXPECT_EQ(RunInChild([descriptor] {
                if (ftruncate(descriptor, 0) == 0 || errno != EPERM) return 1;
                if (ftruncate(descriptor, 2 * kBytes) == 0 || errno != EPERM) return 2;
                if (fallocate(descriptor, 0, 0, 2 * kBytes) == 0 || errno != EPERM) return 3;
                if (fcntl(descriptor, F_ADD_SEALS, F_SEAL_WRITE) == 0 || errno != EPERM) return 4;
                return 0;
              }),
              0);
    EXPECT_TRUE(AllAre(arena.bytes(), 0));  // all of it is there still: no SIGBUS
  }
}

TEST(Arena, NobodyElseCanWriteAReadOnlyOne) {
  const Arena arena = *Arena::Create("weights", kBytes, PeerAccess::kRead);
  const int descriptor = arena.descriptor().number();
  EXPECT_EQ(RunInChild([descriptor] {
              const char byte = 1;
              if (pwrite(descriptor, &byte, 1, 0) >= 0 || errno != EPERM) return 1;
              constexpr int kBoth = PROT_READ | PROT_WRITE;
              if (mmap(nullptr, kBytes, kBoth, MAP_SHARED, descriptor, 0) != MAP_FAILED) return 2;
              void* mapped = mmap(nullptr, kBytes, PROT_READ, MAP_SHARED, descriptor, 0);
              if (mapped == MAP_FAILED) return 3;
              if (mprotect(mapped, kBytes, kBoth) == 0 || errno != EACCES) return 4;
              if (madvise(mapped, kBytes, MADV_REMOVE) == 0) return 5;
              return 0;
            }),
            0);
  std::ranges::fill(arena.bytes(), std::byte{7});  // its owner can
  EXPECT_EQ(RunInChild([&arena] {
              const auto mapped =
                  MappedArena::Map("weights", arena.descriptor(), kBytes, PeerAccess::kRead);
              if (!mapped.ok() || !AllAre(mapped->bytes(), 7)) return 1;
              mapped->bytes().front() = std::byte{8};
              return 2;
            }),
            128 + SIGSEGV);
}

TEST(Arena, DiscardedPagesAreGoneForEverybody) {
  Arena arena = *Arena::Create("gradients", 1 << 20, PeerAccess::kReadWrite);
  const MappedArena mapped =
      *MappedArena::Map("gradients", arena.descriptor(), 1 << 20, PeerAccess::kReadWrite);
  std::ranges::fill(mapped.bytes(), std::byte{3});
  EXPECT_GE(BlocksOf(arena), (1 << 20) / 512);
  arena.Discard();
  EXPECT_EQ(BlocksOf(arena), 0);
  EXPECT_TRUE(AllAre(arena.bytes(), 0));
  EXPECT_TRUE(AllAre(mapped.bytes(), 0));
  mapped.bytes().front() = std::byte{4};
  EXPECT_EQ(arena.bytes().front(), std::byte{4});
}

TEST(Arena, AReadOnlyOneKeepsWhatIsDiscarded) {
  Arena arena = *Arena::Create("weights", kBytes, PeerAccess::kRead);
  std::ranges::fill(arena.bytes(), std::byte{5});
  arena.Discard();
  EXPECT_TRUE(AllAre(arena.bytes(), 5));
}

TEST(Arena, MayBeEmpty) {
  Arena arena = *Arena::Create("none", 0, PeerAccess::kRead);
  EXPECT_TRUE(arena.bytes().empty());
  EXPECT_TRUE(arena.descriptor().is_open());
  arena.Discard();
  const auto mapped = MappedArena::Map("none", arena.descriptor(), 0, PeerAccess::kRead);
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  EXPECT_TRUE(mapped->bytes().empty());
}

TEST(Arena, WhatTheSystemRefusesIsNamed) {
  const auto arena = Arena::Create("huge", std::uint64_t{1} << 62, PeerAccess::kRead);
  EXPECT_EQ(arena.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(arena.status().message(), HasSubstr("'huge' of 4611686018427387904 bytes"));
  EXPECT_FALSE(Arena::Create("huger", ~std::uint64_t{0}, PeerAccess::kRead).ok());
  EXPECT_TRUE(Arena::Create(std::string(1000, 'n'), 1, PeerAccess::kRead).ok());
}

absl::Status MapStatus(const FileDescriptor& descriptor, PeerAccess access) {
  return MappedArena::Map("theirs", descriptor, kBytes, access).status();
}

TEST(MappedArena, TakesNothingOnTrust) {
  const Arena wrong_size = *Arena::Create("a", kBytes + 1, PeerAccess::kRead);
  const absl::Status status = MapStatus(wrong_size.descriptor(), PeerAccess::kRead);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(status.message(), HasSubstr("'theirs' has 12389 bytes; 12388 were agreed on"));

  const Arena writable = *Arena::Create("b", kBytes, PeerAccess::kReadWrite);
  EXPECT_THAT(MapStatus(writable.descriptor(), PeerAccess::kRead).message(),
              HasSubstr("lacks the seals 0x10"));
  const Arena read_only = *Arena::Create("c", kBytes, PeerAccess::kRead);
  EXPECT_EQ(MapStatus(read_only.descriptor(), PeerAccess::kReadWrite).code(),
            absl::StatusCode::kFailedPrecondition);

  const FileDescriptor unsealed(memfd_create("d", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  ASSERT_EQ(ftruncate(unsealed.number(), kBytes), 0);
  EXPECT_THAT(MapStatus(unsealed, PeerAccess::kReadWrite).message(), HasSubstr("lacks the seals"));

  for (const char* path : {"/dev/zero", "/proc/self/exe", "/"}) {
    const FileDescriptor other(open(path, O_RDONLY | O_CLOEXEC));
    EXPECT_THAT(MapStatus(other, PeerAccess::kRead).message(), HasSubstr("no sealable")) << path;
  }
  EXPECT_THAT(MapStatus(FileDescriptor(), PeerAccess::kRead).message(), HasSubstr("no sealable"));
}

TEST(MappedArena, StaysOutOfForkedChildren) {
  const Arena arena = *Arena::Create("gradients", kBytes, PeerAccess::kReadWrite);
  const MappedArena mapped =
      *MappedArena::Map("gradients", arena.descriptor(), kBytes, PeerAccess::kReadWrite);
  EXPECT_EQ(RunInChild([&mapped] { return std::to_integer<int>(mapped.bytes().front()); }),
            128 + SIGSEGV);
}

TEST(MappedArena, OutlivesItsDescriptorAndItsOwner) {
  MappedArena mapped;
  {
    const Arena arena = *Arena::Create("weights", kBytes, PeerAccess::kRead);
    arena.bytes().front() = std::byte{9};
    mapped = *MappedArena::Map("weights", arena.descriptor(), kBytes, PeerAccess::kRead);
  }
  EXPECT_EQ(mapped.bytes().front(), std::byte{9});
}

}  // namespace
}  // namespace zerod
