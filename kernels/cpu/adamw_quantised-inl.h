// AdamW on quantised moments by the vector. Highway compiles this once per target.
#if defined(ZEROD_KERNELS_CPU_ADAMW_QUANTISED_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ZEROD_KERNELS_CPU_ADAMW_QUANTISED_INL_H_
#undef ZEROD_KERNELS_CPU_ADAMW_QUANTISED_INL_H_
#else
#define ZEROD_KERNELS_CPU_ADAMW_QUANTISED_INL_H_
#endif

#include <algorithm>
#include <cstring>

#include "hwy/cache_control.h"
#include "kernels/cpu/adamw-inl.h"
#include "kernels/cpu/chunk_scales-inl.h"
#include "kernels/cpu/codecs-inl.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {
#if ZEROD_HAS_FAST_PATH

constexpr std::size_t kPrefetchGroups = kChunkGroups;

// Asks for the bytes that a later group will need. The streams are more than the hardware follows
// well, and it stops at page ends; past a task's end the addresses may be nobody's, which is
// harmless.
template <WeightLayout kLayout, DType kGradient>
HWY_INLINE void PrefetchAhead(const AdamWTask& task, std::uint64_t group) {
  constexpr std::size_t kWeightBytes = kLayout == WeightLayout::kFp32 ? 4 : 2;
  const std::uint64_t i = (group + kPrefetchGroups) * kQuantGroupElements;
  hwy::Prefetch(task.gradient + i * DTypeBytes(kGradient));
  hwy::Prefetch(task.weights + i * kWeightBytes);
  if (kLayout == WeightLayout::kBf16With8) hwy::Prefetch(task.correction + i);
  if (kLayout == WeightLayout::kBf16With16) hwy::Prefetch(task.correction + 2 * i);
  hwy::Prefetch(task.m + i);
  hwy::Prefetch(task.v + i);
}

// Decodes and updates into the scratch. Returns whether all new masters are far from overflow. They
// are summed up, 2^9 times over, which takes one operation: a NaN or an infinity stays one,
// whatever is added.
template <typename Codec, WeightLayout kLayout, DType kGradient>
HWY_INLINE bool UpdateChunk(const AdamWTask& task, const ScalarVectors& scalars,
                            std::uint64_t first_group, std::size_t slots, ChunkScratch& scratch) {
  const DF df;
  const DU du;
  VF sum = hn::Zero(df);
  for (std::size_t slot = 0; slot < slots; ++slot) {
    PrefetchAhead<kLayout, kGradient>(task, first_group + slot);
    const VF m_scale = hn::Set(df, scratch.m_scales[slot]);
    const VF v_scale = hn::Set(df, scratch.v_scales[slot]);
    VU max_m = hn::Zero(du);
    VU max_root = hn::Zero(du);
    ZEROD_UNROLL
    for (std::size_t k = 0; k < kGroupVectors; ++k) {
      const std::uint64_t i = (first_group + slot) * kQuantGroupElements + k * kLanes;
      const std::size_t to = slot * kQuantGroupElements + k * kLanes;
      const AdamWVectors vectors =
          UpdateVectors(LoadMasters<kLayout>(task, i),
                        Codec::DecodeM(LoadBytes(ElementsOf<std::int8_t>(task.m) + i), m_scale),
                        Codec::DecodeV(LoadBytes(ElementsOf<std::uint8_t>(task.v) + i), v_scale),
                        LoadGradients<kGradient>(task, i), scalars);
      hn::Store(vectors.p, df, scratch.p + to);
      hn::Store(vectors.m, df, scratch.m + to);
      hn::Store(vectors.root, df, scratch.root + to);
      sum = hn::MulAdd(vectors.p, hn::Set(df, 512.0f), sum);
      max_m = hn::Max(max_m, Magnitude(vectors.m));
      max_root = hn::Max(max_root, AsBits(vectors.root));
    }
    hn::Store(max_m, du, scratch.max_m + slot * kLanes);
    hn::Store(max_root, du, scratch.max_root + slot * kLanes);
  }
  return hn::AllTrue(df, hn::Lt(hn::Abs(sum), AsFloat(hn::Set(du, kInfinityBits))));
}

// Stores masters and codes.
template <typename Codec, WeightLayout kLayout>
HWY_INLINE void EncodeChunk(const AdamWTask& task, bool stochastic, std::uint64_t first_group,
                            std::size_t slots, const ChunkScratch& scratch) {
  const DF df;
  constexpr std::size_t kHashVectors = kMomentLanes / kLanes;
  for (std::size_t slot = 0; slot < slots; ++slot) {
    const std::uint64_t begin = (first_group + slot) * kQuantGroupElements;
    const VF m_unit = hn::Set(df, scratch.m_units[slot]);
    const VF v_unit = hn::Set(df, scratch.v_units[slot]);
    VF masters[kGroupVectors];
    VU hashes[kHashVectors];
    VU m_codes[kGroupVectors];
    VU v_codes[kGroupVectors];
    ZEROD_UNROLL
    for (std::size_t k = 0; k < kHashVectors; ++k) {
      hashes[k] = Codec::kDithers
                      ? LaneHashes(scratch.key_low[slot], scratch.key_high[slot], k * kLanes)
                      : hn::Zero(DU());
    }
    ZEROD_UNROLL
    for (std::size_t k = 0; k < kGroupVectors; ++k) {
      const std::size_t at = slot * kQuantGroupElements + k * kLanes;
      VU hash = hashes[k % kHashVectors];
      if (k < kHashVectors) hash = hn::ShiftRight<16>(hash);  // MomentBits
      masters[k] = hn::Load(df, scratch.p + at);
      const VI old_q = LoadBytes(ElementsOf<std::int8_t>(task.m) + begin + k * kLanes);
      m_codes[k] = Codec::EncodeM(hn::Load(df, scratch.m + at), m_unit, old_q, MDithers(hash));
      v_codes[k] = Codec::EncodeV(hn::Load(df, scratch.root + at), v_unit, VDithers(hash));
    }
    ZEROD_UNROLL
    for (std::size_t k = 0; k < kGroupVectors; k += 2) {
      const std::uint64_t i = begin + k * kLanes;
      StoreBytes<0>(m_codes[k], m_codes[k + 1], ElementsOf<std::uint8_t>(task.m) + i);
      StoreBytes<0>(v_codes[k], v_codes[k + 1], ElementsOf<std::uint8_t>(task.v) + i);
    }
    StoreGroupMasters<kLayout>(masters, stochastic, scratch.key_low[slot], scratch.key_high[slot],
                               task, begin);
  }
}

template <typename Codec, WeightLayout kLayout, DType kGradient>
std::uint64_t UpdateQuantisedTask(const UpdateContext& context, const AdamWTask& caller_task) {
  const AdamWTask task = caller_task;
  const ScalarVectors scalars = BroadcastScalars(*task.scalars);
  const bool stochastic = context.rounding == MasterRounding::kStochastic;
  const std::uint64_t group_count = task.count / kQuantGroupElements;
  ChunkScratch scratch = {};
  std::uint64_t nonfinite_count = 0;
  for (std::uint64_t first = 0; first < group_count; first += kChunkGroups) {
    const std::size_t slots = std::min<std::uint64_t>(kChunkGroups, group_count - first);
    DecodeChunkScales<Codec>(task.scales + 2 * first, slots, scratch);
    const bool ordinary_masters =
        UpdateChunk<Codec, kLayout, kGradient>(task, scalars, first, slots, scratch);
    const bool ordinary_moments = ComputeChunkScales<Codec>(context, task, first, slots, scratch);
    if (HWY_UNLIKELY(!ordinary_masters || !ordinary_moments)) {
      // Maxima that slots beyond a short chunk's end have kept from before must not stay.
      scratch = {};
      for (std::size_t slot = 0; slot < slots; ++slot) {
        nonfinite_count += UpdateAdamWGroupReference(context, task, first + slot);
      }
      continue;
    }
    std::memcpy(task.scales + 2 * first, scratch.scale_codes, slots * sizeof(std::uint32_t));
    EncodeChunk<Codec, kLayout>(task, stochastic, first, slots, scratch);
  }
  return nonfinite_count;
}

template <typename Codec>
struct QuantisedUpdater {
  template <WeightLayout kLayout, DType kGradient>
  static std::uint64_t Update(const UpdateContext& context, const AdamWTask& task) {
    return UpdateQuantisedTask<Codec, kLayout, kGradient>(context, task);
  }
};

#endif  // ZEROD_HAS_FAST_PATH
}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#endif
