// AdamW by the vector. Highway compiles this once per target.
#if defined(ZEROD_KERNELS_CPU_ADAMW_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ZEROD_KERNELS_CPU_ADAMW_INL_H_
#undef ZEROD_KERNELS_CPU_ADAMW_INL_H_
#else
#define ZEROD_KERNELS_CPU_ADAMW_INL_H_
#endif

#include "kernels/adamw.h"
#include "kernels/cpu/adamw_reference.h"
#include "kernels/cpu/hash-inl.h"
#include "kernels/cpu/master-inl.h"
#include "kernels/cpu/simd_types-inl.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {
#if ZEROD_HAS_FAST_PATH

struct AdamWVectors {
  VF p;
  VF m;
  VF v;
  VF root;
};

template <DType kGradient>
HWY_INLINE VF LoadGradients(const AdamWTask& task, std::uint64_t i) {
  if constexpr (kGradient == DType::kBf16) {
    return AsFloat(LoadHighHalves(ElementsOf<std::uint16_t>(task.gradient) + i));
  } else {
    return hn::LoadU(DF(), ElementsOf<float>(task.gradient) + i);
  }
}

// A task's scalars in every lane. A local copy: the compiler must assume that stores through byte
// pointers change whatever else it can reach.
struct ScalarVectors {
  VF beta1, one_minus_beta1, beta2, one_minus_beta2, k2, minus_a, eps, decay, bound, clip;
  bool clips;  // clip is not 1: multiplying by it does something
};
HWY_INLINE ScalarVectors BroadcastScalars(const AdamWScalars& s) {
  const DF df;
  return {hn::Set(df, s.beta1),
          hn::Set(df, s.one_minus_beta1),
          hn::Set(df, s.beta2),
          hn::Set(df, s.one_minus_beta2),
          hn::Set(df, s.k2),
          hn::Set(df, -s.a),
          hn::Set(df, s.eps),
          hn::Set(df, s.decay),
          hn::Set(df, s.update_bound),
          hn::Set(df, s.clip),
          s.clip != 1.0f};
}

// AdamWUpdate. Where moments are finite the update is too, so the clamp need not think of NaNs.
HWY_INLINE AdamWVectors UpdateVectors(VF old_p, VF old_m, VF old_v, VF gradient,
                                      const ScalarVectors& s) {
  const VF g = s.clips ? hn::Mul(gradient, s.clip) : gradient;
  const VF m = hn::MulAdd(s.one_minus_beta1, g, hn::Mul(s.beta1, old_m));
  const VF v = hn::MulAdd(hn::Mul(s.one_minus_beta2, g), g, hn::Mul(s.beta2, old_v));
  const VF root = hn::Sqrt(v);
  const VF divisor = hn::MulAdd(root, s.k2, s.eps);
  const VF u = hn::Min(hn::Max(hn::Div(m, divisor), hn::Neg(s.bound)), s.bound);
  const VF p = hn::MulAdd(s.minus_a, u, hn::Mul(old_p, s.decay));
  return {p, m, v, root};
}

// Maxima lane by lane, and with them whether everything is ordinary. sqrt(v) is finite where v is
// and has no sign but for NaNs; a NaN's bits are above every limit.
struct Maxima {
  VU p;
  VU m;
  VU root;

  // No constructor: the compiler would generate it for the baseline instructions.
  static HWY_INLINE Maxima None() { return {hn::Zero(DU()), hn::Zero(DU()), hn::Zero(DU())}; }
  HWY_INLINE void Take(const AdamWVectors& vectors) {
    p = hn::Max(p, Magnitude(vectors.p));
    m = hn::Max(m, Magnitude(vectors.m));
    root = hn::Max(root, AsBits(vectors.root));
  }
  HWY_INLINE bool AllBelow(std::uint32_t master_limit, std::uint32_t m_limit) const {
    const DU du;
    const auto bad = hn::Or(
        hn::Or(hn::Gt(m, hn::Set(du, m_limit - 1)), hn::Gt(root, hn::Set(du, kInfinityBits - 1))),
        hn::Gt(p, hn::Set(du, master_limit - 1)));
    return hn::AllFalse(du, bad);
  }
};

HWY_INLINE GroupKey KeyOf(const UpdateContext& context, const AdamWTask& task,
                          std::uint64_t group) {
  return MakeGroupKey(context.key.value, task.flat_begin / kQuantGroupElements + group);
}

template <WeightLayout kLayout>
HWY_INLINE void StoreGroupMasters(const VF* masters, bool stochastic, std::uint32_t key_low,
                                  std::uint32_t key_high, const AdamWTask& task,
                                  std::uint64_t begin) {
  ZEROD_UNROLL
  for (std::size_t k = 0; k < kGroupVectors; k += 2) {
    VU hashes[2] = {hn::Zero(DU()), hn::Zero(DU())};
    if (stochastic) {
      hashes[0] = LaneHashes(key_low, key_high, kFirstMasterLane + k * kLanes);
      hashes[1] = LaneHashes(key_low, key_high, kFirstMasterLane + (k + 1) * kLanes);
    }
    StoreMasters<kLayout>(masters + k, stochastic, hashes, task, begin + k * kLanes);
  }
}

// Moments as they are. Groups with anything non-finite go to the reference, before any of their
// bytes is overwritten.
template <WeightLayout kLayout, DType kGradient>
std::uint64_t UpdateUnquantisedTask(const UpdateContext& context, const AdamWTask& caller_task) {
  const DF df;
  const AdamWTask task = caller_task;
  const ScalarVectors scalars = BroadcastScalars(*task.scalars);
  const std::uint32_t master_limit = MasterLimit(task.dtype, task.master, context.rounding);
  const bool stochastic = context.rounding == MasterRounding::kStochastic;
  std::uint64_t nonfinite_count = 0;
  for (std::uint64_t group = 0; group < task.count / kQuantGroupElements; ++group) {
    const std::uint64_t begin = group * kQuantGroupElements;
    float* m = ElementsOf<float>(task.m) + begin;
    float* v = ElementsOf<float>(task.v) + begin;
    AdamWVectors vectors[kGroupVectors];
    VF masters[kGroupVectors];
    Maxima maxima = Maxima::None();
    ZEROD_UNROLL
    for (std::size_t k = 0; k < kGroupVectors; ++k) {
      const std::uint64_t i = begin + k * kLanes;
      vectors[k] =
          UpdateVectors(LoadMasters<kLayout>(task, i), hn::LoadU(df, m + k * kLanes),
                        hn::LoadU(df, v + k * kLanes), LoadGradients<kGradient>(task, i), scalars);
      masters[k] = vectors[k].p;
      maxima.Take(vectors[k]);
    }
    if (HWY_UNLIKELY(!maxima.AllBelow(master_limit, kInfinityBits))) {
      nonfinite_count += UpdateAdamWGroupReference(context, task, group);
      continue;
    }
    ZEROD_UNROLL
    for (std::size_t k = 0; k < kGroupVectors; ++k) {
      hn::StoreU(vectors[k].m, df, m + k * kLanes);
      hn::StoreU(vectors[k].v, df, v + k * kLanes);
    }
    const GroupKey key = KeyOf(context, task, group);
    StoreGroupMasters<kLayout>(masters, stochastic, key.low, key.high, task, begin);
  }
  return nonfinite_count;
}

// Picks the instance of `Updater::Update<layout, gradient dtype>` that fits the task.
template <typename Updater, WeightLayout kLayout>
std::uint64_t DispatchGradient(const UpdateContext& context, const AdamWTask& task) {
  switch (task.gradient_dtype) {
    case DType::kBf16:
      return Updater::template Update<kLayout, DType::kBf16>(context, task);
    case DType::kFp32:
      return Updater::template Update<kLayout, DType::kFp32>(context, task);
  }
  return 0;
}

template <typename Updater>
std::uint64_t DispatchTask(const UpdateContext& context, const AdamWTask& task) {
  switch (LayoutOf(task)) {
    case WeightLayout::kBf16:
      return DispatchGradient<Updater, WeightLayout::kBf16>(context, task);
    case WeightLayout::kBf16With8:
      return DispatchGradient<Updater, WeightLayout::kBf16With8>(context, task);
    case WeightLayout::kBf16With16:
      return DispatchGradient<Updater, WeightLayout::kBf16With16>(context, task);
    case WeightLayout::kFp32:
      return DispatchGradient<Updater, WeightLayout::kFp32>(context, task);
  }
  return 0;
}

struct UnquantisedUpdater {
  template <WeightLayout kLayout, DType kGradient>
  static std::uint64_t Update(const UpdateContext& context, const AdamWTask& task) {
    return UpdateUnquantisedTask<kLayout, kGradient>(context, task);
  }
};

#endif  // ZEROD_HAS_FAST_PATH
}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#endif
