#ifndef ZEROD_KERNELS_CUDA_BULK_COPY_CUH_
#define ZEROD_KERNELS_CUDA_BULK_COPY_CUH_

#include <cstdint>

namespace zerod {

// Bulk copies between global and shared memory, of sm_90 and later (PTX ISA, "Asynchronous copy").
// Shared memory is named by its 32-bit address; addresses and sizes are multiples of 16 bytes. One
// thread issues a copy; its loads are awaited at a barrier, by whoever wants them, and its stores
// are awaited by itself. A barrier's phase ends when its arrivals and its bytes have come.

__device__ inline std::uint32_t SharedAddress(const void* shared) {
  return static_cast<std::uint32_t>(__cvta_generic_to_shared(shared));
}

// Barriers that are set up are usable after FenceBarriers and a __syncthreads.
__device__ inline void InitBarrier(std::uint32_t barrier, std::uint32_t arrivals) {
  asm volatile("mbarrier.init.shared.b64 [%0], %1;" ::"r"(barrier), "r"(arrivals) : "memory");
}

__device__ inline void FenceBarriers() {
  asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}

__device__ inline void Arrive(std::uint32_t barrier) {
  asm volatile("mbarrier.arrive.shared.b64 _, [%0];" ::"r"(barrier) : "memory");
}

// Arrives, and has the phase wait for `bytes` of IssueLoad, too.
__device__ inline void ExpectBytes(std::uint32_t barrier, std::uint32_t bytes) {
  asm volatile("mbarrier.arrive.expect_tx.shared.b64 _, [%0], %1;" ::"r"(barrier), "r"(bytes)
               : "memory");
}

// Returns when the phase of this parity has ended; the first one is 0.
__device__ inline void AwaitPhase(std::uint32_t barrier, std::uint32_t parity) {
  std::uint32_t done = 0;
  do {
    asm volatile(
        "{\n"
        ".reg .pred ended;\n"
        "mbarrier.try_wait.parity.shared.b64 ended, [%1], %2;\n"
        "selp.u32 %0, 1, 0, ended;\n"
        "}\n"
        : "=r"(done)
        : "r"(barrier), "r"(parity)
        : "memory");
  } while (done == 0);
}

struct BulkLoad {
  std::uint32_t to;  // shared
  const void* from;
  std::uint32_t bytes;
};
__device__ inline void IssueLoad(const BulkLoad& load, std::uint32_t barrier) {
  asm volatile(
      "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::
          "r"(load.to),
      "l"(load.from), "r"(load.bytes), "r"(barrier)
      : "memory");
}

// Four bytes. Not a bulk copy: no alignment but their own.
__device__ inline void IssueWordLoad(std::uint32_t to, const std::uint32_t* from) {
  asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(to), "l"(from) : "memory");
}

// Arrives once the thread's IssueWordLoads are done.
__device__ inline void ArriveAfterWords(std::uint32_t barrier) {
  asm volatile("cp.async.mbarrier.arrive.noinc.shared.b64 [%0];" ::"r"(barrier) : "memory");
}

// What a thread wrote to shared memory before is seen by stores that are issued after it has called
// FenceWrites and then met the issuing thread.
__device__ inline void FenceWrites() {
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}

__device__ inline void IssueStore(void* to, std::uint32_t from, std::uint32_t bytes) {
  asm volatile("cp.async.bulk.global.shared::cta.bulk_group [%0], [%1], %2;" ::"l"(to), "r"(from),
               "r"(bytes)
               : "memory");
}

// Ends a group of stores.
__device__ inline void CommitStores() { asm volatile("cp.async.bulk.commit_group;" ::: "memory"); }

// Until the sources of all committed stores may be overwritten.
__device__ inline void AwaitStoresRead() {
  asm volatile("cp.async.bulk.wait_group.read 0;" ::: "memory");
}

// Until all committed stores are done.
__device__ inline void AwaitStores() { asm volatile("cp.async.bulk.wait_group 0;" ::: "memory"); }

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_BULK_COPY_CUH_
