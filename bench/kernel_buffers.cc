#include "bench/kernel_buffers.h"

#include "base/status_macros.h"
#include "kernels/bf16.h"
#include "kernels/hash.h"

namespace zerod::bench {
namespace {

// Plausible values: uniform in (-magnitude, magnitude).
void FillBf16(const Buffer& buffer, float magnitude, std::uint64_t seed) {
  auto* values = reinterpret_cast<std::uint16_t*>(buffer.data());
  for (std::size_t i = 0; i < buffer.size_bytes() / 2; ++i) {
    const auto random = static_cast<std::int32_t>(Mix64(seed + i));
    values[i] = Bf16OfFloat(static_cast<float>(random) * 0x1p-31f * magnitude);
  }
}

void FillFp32(const Buffer& buffer, float magnitude, std::uint64_t seed) {
  auto* values = reinterpret_cast<float*>(buffer.data());
  for (std::size_t i = 0; i < buffer.size_bytes() / 4; ++i) {
    const auto random = static_cast<std::int32_t>(Mix64(seed + i));
    values[i] = static_cast<float>(random) * 0x1p-31f * magnitude;
  }
}

}  // namespace

absl::StatusOr<KernelBuffers> KernelBuffers::Create(const KernelOptions& options,
                                                    MemoryLedger* ledger) {
  const std::uint64_t n = options.element_count;
  const std::uint64_t moment_bytes = n * MomentBytes(options.codec);
  KernelBuffers b;
  ZEROD_ASSIGN_OR_RETURN(b.gradient, ledger->Allocate(0, MemoryKind::kReducedGradients,
                                                      n * DTypeBytes(options.gradient_dtype)));
  ZEROD_ASSIGN_OR_RETURN(b.weights, ledger->Allocate(0, MemoryKind::kWeights, n * 2));
  ZEROD_ASSIGN_OR_RETURN(b.correction, ledger->Allocate(0, MemoryKind::kCorrection,
                                                        n * CorrectionBytes(options.master)));
  ZEROD_ASSIGN_OR_RETURN(b.m, ledger->Allocate(0, MemoryKind::kM, moment_bytes));
  ZEROD_ASSIGN_OR_RETURN(b.v, ledger->Allocate(0, MemoryKind::kV, moment_bytes));
  ZEROD_ASSIGN_OR_RETURN(b.scales,
                         ledger->Allocate(0, MemoryKind::kScales,
                                          n / kQuantGroupElements * ScaleBytes(options.codec)));
  FillBf16(b.weights, 0.05f, 1);
  if (options.gradient_dtype == DType::kBf16) {
    FillBf16(b.gradient, 1e-3f, 2);
  } else {
    FillFp32(b.gradient, 1e-3f, 2);
  }
  return b;
}

AdamWTask KernelBuffers::Part(const KernelOptions& options, std::uint64_t element_count, int index,
                              int part_count, const AdamWScalars& scalars) const {
  const std::uint64_t groups = element_count / kQuantGroupElements;
  const auto parts = static_cast<std::uint64_t>(part_count);
  const auto part = static_cast<std::uint64_t>(index);
  const std::uint64_t begin = groups * part / parts * kQuantGroupElements;
  const std::uint64_t end = groups * (part + 1) / parts * kQuantGroupElements;
  const std::uint64_t scale_bytes = begin / kQuantGroupElements * ScaleBytes(options.codec);
  return {.flat_begin = begin,
          .count = end - begin,
          .dtype = DType::kBf16,
          .master = options.master,
          .gradient_dtype = options.gradient_dtype,
          .gradient = gradient.data() + begin * DTypeBytes(options.gradient_dtype),
          .weights = weights.data() + begin * 2,
          .correction = correction.data() + begin * CorrectionBytes(options.master),
          .m = m.data() + begin * MomentBytes(options.codec),
          .v = v.data() + begin * MomentBytes(options.codec),
          .scales = reinterpret_cast<std::uint16_t*>(scales.data() + scale_bytes),
          .scalars = &scalars};
}

}  // namespace zerod::bench
