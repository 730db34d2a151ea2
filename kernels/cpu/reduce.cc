#include "kernels/reduce.h"

#include "kernels/cpu/reduce_reference.h"
#include "kernels/element_access.h"
#include "kernels/float_bits.h"
#include "kernels/float_environment.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/reduce.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/cpu/simd_types-inl.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {
#if ZEROD_HAS_FAST_PATH
namespace {

template <DType kFrom>
HWY_INLINE VF LoadContribution(const std::byte* contribution, std::uint64_t i) {
  if constexpr (kFrom == DType::kBf16) {
    return AsFloat(LoadHighHalves(ElementsOf<std::uint16_t>(contribution) + i));
  } else if constexpr (kFrom == DType::kFp16) {
    return LoadHalfFloats(ElementsOf<std::uint16_t>(contribution) + i);
  } else {
    return hn::LoadU(DF(), ElementsOf<float>(contribution) + i);
  }
}

// The sum at [i, i + kLanes), scaled and with accumulators as the task says; NaNs are canonical.
template <DType kFrom>
HWY_INLINE VF ReduceVector(const ReduceTask& task, std::uint64_t i) {
  const DF df;
  VF value = LoadContribution<kFrom>(task.contributions[0], i);
  for (std::size_t c = 1; c < task.contributions.size(); ++c) {
    value = hn::Add(value, LoadContribution<kFrom>(task.contributions[c], i));
  }
  if (!task.first) value = hn::Add(hn::LoadU(df, ElementsOf<float>(task.reduced) + i), value);
  if (task.last) value = hn::Mul(value, hn::Set(df, task.scale));
  return hn::IfThenElse(hn::Eq(value, value), value, AsFloat(hn::Set(DU(), kCanonicalNanBits)));
}

// Adding it rounds to bf16, to nearest even. The canonical NaN stays one.
HWY_INLINE VU RoundToBf16(VF value) {
  const DU du;
  const VU bits = AsBits(value);
  const VU odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(du, 1));
  return hn::Add(bits, hn::Add(odd, hn::Set(du, 0x7fff)));
}

// Whole pairs of vectors among the valid elements; returns how many elements that were.
template <DType kFrom, DType kTo>
std::uint64_t ReduceVectors(const ReduceTask& caller_task) {
  const ReduceTask task = caller_task;
  const std::uint64_t end = task.valid_count / (2 * kLanes) * (2 * kLanes);
  for (std::uint64_t i = 0; i < end; i += 2 * kLanes) {
    const VF first = ReduceVector<kFrom>(task, i);
    const VF second = ReduceVector<kFrom>(task, i + kLanes);
    if constexpr (kTo == DType::kBf16) {
      hn::StoreU(HighHalves(RoundToBf16(first), RoundToBf16(second)), D16(),
                 ElementsOf<std::uint16_t>(task.reduced) + i);
    } else {
      hn::StoreU(first, DF(), ElementsOf<float>(task.reduced) + i);
      hn::StoreU(second, DF(), ElementsOf<float>(task.reduced) + i + kLanes);
    }
  }
  return end;
}

}  // namespace
#endif  // ZEROD_HAS_FAST_PATH

// Returns how many elements from the first on are done.
std::uint64_t ReducePrefix([[maybe_unused]] const ReduceTask& task) {
#if ZEROD_HAS_FAST_PATH
  const bool to_bf16 = task.reduced_dtype == DType::kBf16;
  switch (task.dtype) {
    case DType::kBf16:
      return to_bf16 ? ReduceVectors<DType::kBf16, DType::kBf16>(task)
                     : ReduceVectors<DType::kBf16, DType::kFp32>(task);
    case DType::kFp16:
      return to_bf16 ? ReduceVectors<DType::kFp16, DType::kBf16>(task)
                     : ReduceVectors<DType::kFp16, DType::kFp32>(task);
    case DType::kFp32:
      return to_bf16 ? ReduceVectors<DType::kFp32, DType::kBf16>(task)
                     : ReduceVectors<DType::kFp32, DType::kFp32>(task);
  }
#endif
  return 0;
}

}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace zerod {

HWY_EXPORT(ReducePrefix);

void ReduceContributions(const ReduceTask& task) {
  const DefaultFloatEnvironment environment;
  CheckReduceTask(task);
  ReduceElements(task, HWY_DYNAMIC_DISPATCH(ReducePrefix)(task));
}

}  // namespace zerod
#endif
