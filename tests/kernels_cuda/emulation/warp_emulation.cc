#include "tests/kernels_cuda/emulation/warp_emulation.h"

#include <ucontext.h>

#include <array>
#include <vector>

#include "base/check.h"

EmulatedIndex threadIdx, blockIdx, blockDim, gridDim;

namespace zerod {
namespace {

constexpr unsigned kLanes = 32;
constexpr std::size_t kStackBytes = 256 * 1024;

// What lanes meet at, once more and again. Words of a meeting stay until all have left it, since
// nobody can come to the one after the next before.
struct Meeting {
  unsigned arrived = 0;
  std::uint64_t generation = 0;
  std::array<std::array<std::uint64_t, kLanes>, 2> words{};
};

struct Fiber {
  ucontext_t context;
  std::vector<std::byte> stack = std::vector<std::byte>(kStackBytes);
  bool done = false;
};

struct Block {
  std::vector<Fiber> fibers;
  std::vector<Meeting> warps;
  Meeting all;
  ucontext_t scheduler;
  const std::function<void()>* thread;
};
Block* current_block = nullptr;

void Yield() {
  const unsigned index = threadIdx.x;
  swapcontext(&current_block->fibers[index].context, &current_block->scheduler);
}

// Returns when `count` threads have come.
void Meet(Meeting* meeting, unsigned count) {
  const std::uint64_t generation = meeting->generation;
  if (++meeting->arrived == count) {
    meeting->arrived = 0;
    ++meeting->generation;
    return;
  }
  while (meeting->generation == generation) Yield();
}

void RunThread() {
  (*current_block->thread)();
  current_block->fibers[threadIdx.x].done = true;
}

// Rounds over all threads that are not done, each time from another one and in another direction.
void RunBlock(Block* block) {
  const auto count = static_cast<unsigned>(block->fibers.size());
  unsigned left = count;
  for (unsigned round = 0; left != 0; ++round) {
    for (unsigned i = 0; i < count; ++i) {
      const unsigned place = (i + round * 7) % count;
      const unsigned index = round % 2 == 0 ? place : count - 1 - place;
      Fiber& fiber = block->fibers[index];
      if (fiber.done) continue;
      threadIdx.x = index;
      swapcontext(&block->scheduler, &fiber.context);
      if (fiber.done) --left;
    }
    ZEROD_CHECK(round < 100000000);
  }
}

}  // namespace

void RunEmulated(const EmulatedLaunch& launch) {
  ZEROD_CHECK(launch.thread_count % kLanes == 0);
  gridDim.x = launch.block_count;
  blockDim.x = launch.thread_count;
  Block block;
  block.fibers.resize(launch.thread_count);
  block.thread = &launch.thread;
  current_block = &block;
  for (blockIdx.x = 0; blockIdx.x < launch.block_count; ++blockIdx.x) {
    block.warps.assign(launch.thread_count / kLanes, Meeting());
    block.all = Meeting();
    for (Fiber& fiber : block.fibers) {
      fiber.done = false;
      getcontext(&fiber.context);
      fiber.context.uc_stack.ss_sp = fiber.stack.data();
      fiber.context.uc_stack.ss_size = fiber.stack.size();
      fiber.context.uc_link = &block.scheduler;
      makecontext(&fiber.context, RunThread, 0);
    }
    RunBlock(&block);
  }
  current_block = nullptr;
}

const std::uint64_t* ExchangeInWarp(std::uint64_t word) {
  Meeting& warp = current_block->warps[threadIdx.x / kLanes];
  auto& words = warp.words[warp.generation % 2];
  words[threadIdx.x % kLanes] = word;
  Meet(&warp, kLanes);
  return words.data();
}

void YieldEmulated() { Yield(); }

void SynchronizeBlock() { Meet(&current_block->all, blockDim.x); }

}  // namespace zerod
