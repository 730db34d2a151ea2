#include "bench/kernel_buffers.h"

#include "base/status_macros.h"
#include "kernels/element_access.h"
#include "kernels/hash.h"

namespace zerod::bench {
namespace {

// Plausible values: uniform in (-magnitude, magnitude).
void Fill(const Buffer& buffer, DType dtype, float magnitude, std::uint64_t seed) {
  for (std::size_t i = 0; i < buffer.size_bytes() / DTypeBytes(dtype); ++i) {
    const auto random = static_cast<std::int32_t>(Mix64(seed + i));
    StoreElement(dtype, static_cast<float>(random) * 0x1p-31f * magnitude, buffer.data(), i);
  }
}

}  // namespace

absl::StatusOr<KernelBuffers> KernelBuffers::Create(const KernelOptions& options,
                                                    MemoryLedger* ledger) {
  const std::uint64_t n = options.element_count;
  const UpdateRule rule = options.rule();
  const std::uint64_t moment_bytes = n * MomentBytes(options.codec);
  const std::uint64_t scales_bytes =
      n / kQuantGroupElements * ScaleBytes(options.codec) * MomentCount(rule);
  const auto allocate = [ledger](MemoryKind kind, std::uint64_t size_bytes) {
    return ledger->Allocate(0, kind, size_bytes);
  };
  KernelBuffers b;
  ZEROD_ASSIGN_OR_RETURN(
      b.gradient, allocate(MemoryKind::kReducedGradients, n * DTypeBytes(options.gradient_dtype)));
  ZEROD_ASSIGN_OR_RETURN(b.weights, allocate(MemoryKind::kWeights, n * DTypeBytes(options.dtype)));
  ZEROD_ASSIGN_OR_RETURN(b.correction,
                         allocate(MemoryKind::kCorrection, n * options.correction_bytes()));
  ZEROD_ASSIGN_OR_RETURN(b.m, allocate(MemoryKind::kM, HasM(rule) ? moment_bytes : 0));
  ZEROD_ASSIGN_OR_RETURN(b.v, allocate(MemoryKind::kV, HasV(rule) ? moment_bytes : 0));
  ZEROD_ASSIGN_OR_RETURN(b.scales, allocate(MemoryKind::kScales, scales_bytes));
  Fill(b.weights, options.dtype, 0.05f, 1);
  Fill(b.gradient, options.gradient_dtype, 1e-3f, 2);
  return b;
}

UpdateTask KernelBuffers::Task(const KernelOptions& options, KernelPart part,
                               const UpdateScalars& scalars, UpdateTelemetry* telemetry) const {
  const std::uint64_t groups = part.element_count / kQuantGroupElements;
  const auto parts = static_cast<std::uint64_t>(part.part_count);
  const auto index = static_cast<std::uint64_t>(part.index);
  const std::uint64_t begin = groups * index / parts * kQuantGroupElements;
  const std::uint64_t end = groups * (index + 1) / parts * kQuantGroupElements;
  const UpdateRule rule = options.rule();
  const auto at = [begin](const Buffer& buffer, std::uint64_t element_bytes) {
    return buffer.size_bytes() == 0 ? nullptr : buffer.data() + begin * element_bytes;
  };
  const std::uint64_t scale_index = begin / kQuantGroupElements * MomentCount(rule);
  auto* const first_scale = reinterpret_cast<std::uint16_t*>(at(scales, 0));
  return {.flat_begin = begin,
          .count = end - begin,
          .dtype = options.dtype,
          .master = options.master,
          .gradient_dtype = options.gradient_dtype,
          .gradient = at(gradient, DTypeBytes(options.gradient_dtype)),
          .weights = at(weights, DTypeBytes(options.dtype)),
          .correction = at(correction, options.correction_bytes()),
          .m = at(m, MomentBytes(options.codec)),
          .v = at(v, MomentBytes(options.codec)),
          .scales = first_scale == nullptr ? nullptr : first_scale + scale_index,
          .scalars = &scalars,
          .telemetry = telemetry};
}

}  // namespace zerod::bench
