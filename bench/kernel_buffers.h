#ifndef ZEROD_BENCH_KERNEL_BUFFERS_H_
#define ZEROD_BENCH_KERNEL_BUFFERS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "base/memory_ledger.h"
#include "bench/kernel_options.h"
#include "kernels/update.h"

namespace zerod::bench {

// The elements of part `index` of `part_count` of the first `element_count`, cut on quant groups.
struct KernelPart {
  std::uint64_t element_count;
  int index = 0;
  int part_count = 1;
};

// One large parameter with its state, as a rank would hold it.
struct KernelBuffers {
  Buffer gradient, weights, correction, m, v, scales;

  // kResourceExhausted where memory does not suffice.
  static absl::StatusOr<KernelBuffers> Create(const KernelOptions& options, MemoryLedger* ledger);

  // Scalars and telemetry stay the caller's.
  UpdateTask Task(const KernelOptions& options, KernelPart part, const UpdateScalars& scalars,
                  UpdateTelemetry* telemetry) const;

  // What one update reads and writes; gradients are only read.
  std::uint64_t ReadBytes() const { return gradient.size_bytes() + WrittenBytes(); }
  std::uint64_t WrittenBytes() const {
    return weights.size_bytes() + correction.size_bytes() + m.size_bytes() + v.size_bytes() +
           scales.size_bytes();
  }
};

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_KERNEL_BUFFERS_H_
