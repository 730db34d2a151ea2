#ifndef ZEROD_KERNELS_CUDA_BULK_COPY_CUH_
#define ZEROD_KERNELS_CUDA_BULK_COPY_CUH_

#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <vector>

#include "base/check.h"
#include "tests/kernels_cuda/emulation/warp_emulation.h"

namespace zerod {

// Stands in for kernels/cuda/bulk_copy.cuh, and checks what the device would not forgive. Copies
// are done as early as may be, when they are issued, or as late, when somebody waits for them.
inline bool emulated_copies_are_early = false;

// The block's dynamic shared memory; addresses are offsets into it, and not 0.
inline unsigned char* emulated_shared_memory = nullptr;
inline constexpr std::uint32_t kFirstAddress = 1024;

struct BulkLoad {
  std::uint32_t to;  // shared
  const void* from;
  std::uint32_t bytes;
};

struct EmulatedBarrier {
  std::uint32_t phase = 0;
  std::uint32_t arrivals = 0;  // that end a phase
  std::uint32_t arrived = 0;
  std::uint32_t expected_bytes = 0;
  std::vector<BulkLoad> loads;
};
struct EmulatedStore {
  void* to;
  std::uint32_t from;
  std::uint32_t bytes;
};
inline std::map<std::uint32_t, EmulatedBarrier> emulated_barriers;
inline std::map<unsigned, std::deque<EmulatedStore>> emulated_stores;  // by thread
inline std::map<unsigned, std::vector<BulkLoad>> emulated_word_loads;  // by thread

inline unsigned char* MemoryAt(std::uint32_t address) {
  return emulated_shared_memory + (address - kFirstAddress);
}
inline void CheckCopy(const void* global, std::uint32_t shared, std::uint32_t bytes) {
  ZEROD_CHECK(reinterpret_cast<std::uintptr_t>(global) % 16 == 0);
  ZEROD_CHECK(shared % 16 == 0 && bytes % 16 == 0 && bytes != 0);
}

inline std::uint32_t SharedAddress(const void* shared) {
  return kFirstAddress + static_cast<std::uint32_t>(static_cast<const unsigned char*>(shared) -
                                                    emulated_shared_memory);
}
inline void InitBarrier(std::uint32_t barrier, std::uint32_t arrivals) {
  ZEROD_CHECK(barrier % 8 == 0);
  emulated_barriers[barrier] = {};
  emulated_barriers[barrier].arrivals = arrivals;
}
inline void FenceBarriers() {}

inline void DoLoad(const BulkLoad& load) { std::memcpy(MemoryAt(load.to), load.from, load.bytes); }
inline void Arrive(std::uint32_t barrier) {
  EmulatedBarrier& state = emulated_barriers.at(barrier);
  ZEROD_CHECK(state.arrived < state.arrivals);  // the phase before has been waited for
  ++state.arrived;
}
inline void ExpectBytes(std::uint32_t barrier, std::uint32_t bytes) {
  emulated_barriers.at(barrier).expected_bytes += bytes;
  Arrive(barrier);
}

// Nothing that has not been read yet may be overwritten.
inline void CheckNotStored(const BulkLoad& load) {
  for (const auto& [thread, stores] : emulated_stores) {
    for (const EmulatedStore& store : stores) {
      ZEROD_CHECK(load.to + load.bytes <= store.from || store.from + store.bytes <= load.to);
    }
  }
}
inline void IssueLoad(const BulkLoad& load, std::uint32_t barrier) {
  CheckCopy(load.from, load.to, load.bytes);
  CheckNotStored(load);
  emulated_barriers.at(barrier).loads.push_back(load);
  if (emulated_copies_are_early) DoLoad(load);
}
inline void IssueWordLoad(std::uint32_t to, const std::uint32_t* from) {
  ZEROD_CHECK(to % 4 == 0);
  emulated_word_loads[threadIdx.x].push_back({to, from, 4});
  if (emulated_copies_are_early) DoLoad({to, from, 4});
}
inline void ArriveAfterWords(std::uint32_t barrier) {
  EmulatedBarrier& state = emulated_barriers.at(barrier);
  std::vector<BulkLoad>& words = emulated_word_loads[threadIdx.x];
  state.loads.insert(state.loads.end(), words.begin(), words.end());
  for (const BulkLoad& word : words) state.expected_bytes += word.bytes;
  words.clear();
  Arrive(barrier);
}

// The first one to find all arrivals ends the phase.
inline void AwaitPhase(std::uint32_t barrier, std::uint32_t parity) {
  EmulatedBarrier& state = emulated_barriers.at(barrier);
  while (state.phase % 2 == parity && state.arrived != state.arrivals) YieldEmulated();
  if (state.phase % 2 != parity) return;
  for (const BulkLoad& load : state.loads) {
    if (!emulated_copies_are_early) DoLoad(load);
    state.expected_bytes -= load.bytes;
  }
  ZEROD_CHECK(state.expected_bytes == 0);
  state = {.phase = state.phase + 1, .arrivals = state.arrivals};
}

inline void FenceWrites() {}

inline void IssueStore(void* to, std::uint32_t from, std::uint32_t bytes) {
  CheckCopy(to, from, bytes);
  emulated_stores[threadIdx.x].push_back({to, from, bytes});
  if (emulated_copies_are_early) std::memcpy(to, MemoryAt(from), bytes);
}
inline void CommitStores() {}
inline void AwaitStoresRead() {
  for (const EmulatedStore& store : emulated_stores[threadIdx.x]) {
    if (emulated_copies_are_early) break;
    std::memcpy(store.to, MemoryAt(store.from), store.bytes);
  }
  emulated_stores[threadIdx.x].clear();
}
inline void AwaitStores() { AwaitStoresRead(); }

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_BULK_COPY_CUH_
