#ifndef ZEROD_KERNELS_CUDA_BULK_COPY_CUH_
#define ZEROD_KERNELS_CUDA_BULK_COPY_CUH_

#include <cstdint>
#include <cstring>
#include <map>
#include <utility>
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
// A thread's stores. Waiting is for those that have been committed.
struct EmulatedStores {
  std::vector<EmulatedStore> open;
  std::vector<EmulatedStore> committed;
  std::vector<std::pair<EmulatedStore, std::vector<unsigned char>>> read;  // and what has been read
};
inline std::map<std::uint32_t, EmulatedBarrier> emulated_barriers;
inline std::map<unsigned, EmulatedStores> emulated_stores;             // by thread
inline std::map<unsigned, std::vector<BulkLoad>> emulated_word_loads;  // by thread
inline std::map<unsigned, std::uint64_t> emulated_fences;              // by thread
inline std::map<unsigned, std::uint64_t> emulated_arrivals;            // by warp

// Between launches.
inline void ResetEmulatedCopies() {
  emulated_barriers.clear();
  emulated_stores.clear();
  emulated_word_loads.clear();
  emulated_fences.clear();
  emulated_arrivals.clear();
}
// At the end of a launch nothing may be under way.
inline void CheckEmulatedCopiesAreDone() {
  for (const auto& [thread, stores] : emulated_stores) {
    ZEROD_CHECK(stores.open.empty() && stores.committed.empty() && stores.read.empty());
  }
  for (const auto& [thread, words] : emulated_word_loads) ZEROD_CHECK(words.empty());
}

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
inline void CountArrival(std::uint32_t barrier) {
  EmulatedBarrier& state = emulated_barriers.at(barrier);
  ZEROD_CHECK(state.arrived < state.arrivals);  // the phase before has been waited for
  ++state.arrived;
}
// Says that a warp has written: each of its lanes has fenced its writes once for every arrival.
inline void Arrive(std::uint32_t barrier) {
  const unsigned warp = threadIdx.x / 32;
  const std::uint64_t arrivals = ++emulated_arrivals[warp];
  for (unsigned lane = 0; lane < 32; ++lane) {
    ZEROD_CHECK(emulated_fences[32 * warp + lane] >= arrivals);
  }
  CountArrival(barrier);
}
inline void ExpectBytes(std::uint32_t barrier, std::uint32_t bytes) {
  emulated_barriers.at(barrier).expected_bytes += bytes;
  CountArrival(barrier);
}

// Nothing that has not been read yet may be overwritten.
inline void CheckNotStored(const BulkLoad& load) {
  for (const auto& [thread, stores] : emulated_stores) {
    for (const std::vector<EmulatedStore>* unread : {&stores.open, &stores.committed}) {
      for (const EmulatedStore& store : *unread) {
        ZEROD_CHECK(load.to + load.bytes <= store.from || store.from + store.bytes <= load.to);
      }
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
  CountArrival(barrier);
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

inline void FenceWrites() { ++emulated_fences[threadIdx.x]; }

inline void IssueStore(void* to, std::uint32_t from, std::uint32_t bytes) {
  CheckCopy(to, from, bytes);
  emulated_stores[threadIdx.x].open.push_back({to, from, bytes});
  if (emulated_copies_are_early) std::memcpy(to, MemoryAt(from), bytes);
}
inline void CommitStores() {
  EmulatedStores& stores = emulated_stores[threadIdx.x];
  stores.committed.insert(stores.committed.end(), stores.open.begin(), stores.open.end());
  stores.open.clear();
}
inline void AwaitStoresRead() {
  EmulatedStores& stores = emulated_stores[threadIdx.x];
  for (const EmulatedStore& store : stores.committed) {
    const unsigned char* const begin = MemoryAt(store.from);
    stores.read.push_back({store, {begin, begin + store.bytes}});
  }
  stores.committed.clear();
}
inline void AwaitStores() {
  AwaitStoresRead();
  EmulatedStores& stores = emulated_stores[threadIdx.x];
  for (const auto& [store, bytes] : stores.read) {
    if (!emulated_copies_are_early) std::memcpy(store.to, bytes.data(), bytes.size());
  }
  stores.read.clear();
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_BULK_COPY_CUH_
