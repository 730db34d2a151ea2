// What a chunk of quant groups keeps between passes, and its scales. Highway compiles this once per
// target.
#if defined(ZEROD_KERNELS_CPU_CHUNK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ZEROD_KERNELS_CPU_CHUNK_INL_H_
#undef ZEROD_KERNELS_CPU_CHUNK_INL_H_
#else
#define ZEROD_KERNELS_CPU_CHUNK_INL_H_
#endif

#include "hwy/cache_control.h"
#include "kernels/cpu/codecs-inl.h"
#include "kernels/cpu/rules-inl.h"
#include "kernels/master_access.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {
#if ZEROD_HAS_FAST_PATH

// Tasks go in chunks of groups, in passes over a scratch that stays in the first-level cache.
// Within one pass nothing waits for a group's maximum, which is a long chain of dependent
// operations, and scales are computed for many groups at once. Nothing is overwritten before a
// chunk is known to be ordinary; the others go to the reference.
constexpr std::size_t kChunkGroups = 16;
constexpr std::size_t kChunkElements = kChunkGroups * kQuantGroupElements;

struct ChunkScratch {
  HWY_ALIGN_MAX float p[kChunkElements];
  HWY_ALIGN_MAX float gradient[kChunkElements];
  HWY_ALIGN_MAX float m[kChunkElements];
  HWY_ALIGN_MAX float v[kChunkElements];     // where moments are unquantised
  HWY_ALIGN_MAX float root[kChunkElements];  // sqrt(v)
  // Codes on their way.
  HWY_ALIGN_MAX std::uint16_t m_codes[kChunkElements];
  HWY_ALIGN_MAX std::uint16_t v_codes[kChunkElements];
  // A vector per group, whose greatest lane is the group's maximum.
  HWY_ALIGN_MAX std::uint32_t max_m[kLanes * kChunkGroups];
  HWY_ALIGN_MAX std::uint32_t max_root[kLanes * kChunkGroups];
  HWY_ALIGN_MAX std::uint32_t m_scale_codes[kChunkGroups];
  HWY_ALIGN_MAX std::uint32_t v_scale_codes[kChunkGroups];
  // What decoded moments are multiplied by: scales and decay.
  HWY_ALIGN_MAX float decays1[kChunkGroups];
  HWY_ALIGN_MAX float decays2[kChunkGroups];
  HWY_ALIGN_MAX float m_units[kChunkGroups];
  HWY_ALIGN_MAX float v_units[kChunkGroups];
  HWY_ALIGN_MAX std::uint32_t key_low[kChunkGroups];
  HWY_ALIGN_MAX std::uint32_t key_high[kChunkGroups];
};

// Where a task's bytes are, to ask for them ahead. The streams are more than the hardware follows
// well, and it stops at page ends. Past a task's end the addresses may be nobody's, and what a task
// lacks is at address 0, which is harmless.
class Streams {
 public:
  HWY_INLINE Streams(const UpdateContext& context, const UpdateTask& task)
      : streams_{{Address(task.gradient), kQuantGroupElements * DTypeBytes(task.gradient_dtype)},
                 {Address(task.weights), kQuantGroupElements * DTypeBytes(task.dtype)},
                 {Address(task.correction), kQuantGroupElements * CorrectionBytes(task.master)},
                 {Address(task.m), kQuantGroupElements * MomentBytes(context.codec)},
                 {Address(task.v), kQuantGroupElements * MomentBytes(context.codec)}} {}

  HWY_INLINE void PrefetchAhead(std::uint64_t group) const {
    for (const Stream& stream : streams_) {
      const std::uintptr_t address = stream.address + (group + kChunkGroups) * stream.group_bytes;
      hwy::Prefetch(reinterpret_cast<const void*>(address));
    }
  }

 private:
  struct Stream {
    std::uintptr_t address;
    std::uint64_t group_bytes;
  };
  static HWY_INLINE std::uintptr_t Address(const std::byte* bytes) {
    return reinterpret_cast<std::uintptr_t>(bytes);
  }

  Stream streams_[5];
};

// A chunk of a task.
struct Chunk {
  const UpdateContext& context;
  const UpdateTask& task;
  const Streams& streams;
  MasterLayout layout;
  std::uint64_t first_group;
  std::size_t slots;  // groups

  HWY_INLINE std::uint64_t Element(std::size_t slot) const {
    return (first_group + slot) * kQuantGroupElements;
  }
};

// The maxima of kVectors vectors, in order: lane i of the result has to do with vector i * kVectors
// / kLanes. Each level halves the lanes that a vector has left.
template <std::size_t kVectors>
HWY_INLINE VU FoldMaxima(const std::uint32_t* vectors) {
  const DU du;
  if constexpr (kVectors == 1) {
    return hn::Load(du, vectors);
  } else {
    const VU first = FoldMaxima<kVectors / 2>(vectors);
    const VU second = FoldMaxima<kVectors / 2>(vectors + kVectors / 2 * kLanes);
    return hn::Max(hn::ConcatEven(du, second, first), hn::ConcatOdd(du, second, first));
  }
}

template <typename Codec, UpdateRule kRule>
HWY_INLINE void DecodeChunkScales(const Chunk& chunk, const ScalarVectors& s,
                                  ChunkScratch& scratch) {
  const DU du;
  const DF df;
  const std::uint16_t* scales = chunk.task.scales + MomentCount(kRule) * chunk.first_group;
  for (std::size_t slot = 0; slot < chunk.slots; ++slot) {
    scratch.m_scale_codes[slot] = scales[MomentCount(kRule) * slot];
    if constexpr (HasV(kRule)) scratch.v_scale_codes[slot] = scales[2 * slot + 1];
  }
  for (std::size_t slot = 0; slot < kChunkGroups; slot += kLanes) {
    const VF m_scales = Codec::DecodeScales(hn::Load(du, scratch.m_scale_codes + slot));
    hn::Store(hn::Mul(s.beta1, m_scales), df, scratch.decays1 + slot);
    VF second = m_scales;
    if constexpr (HasV(kRule)) {
      const VF v_scales = Codec::DecodeScales(hn::Load(du, scratch.v_scale_codes + slot));
      second = Codec::VScaleSquares(v_scales);
    }
    hn::Store(hn::Mul(s.beta2, second), df, scratch.decays2 + slot);
  }
}

HWY_INLINE void MakeChunkKeys(const Chunk& chunk, ChunkScratch& scratch) {
  const std::uint64_t first_group = chunk.task.flat_begin / kQuantGroupElements + chunk.first_group;
  for (std::size_t slot = 0; slot < chunk.slots; ++slot) {
    const GroupKey key = MakeGroupKey(chunk.context.key.value, first_group + slot);
    scratch.key_low[slot] = key.low;
    scratch.key_high[slot] = key.high;
  }
}

// Computes the new scales into the scratch. Returns whether all maxima are ordinary: below the
// codec's limit. A NaN's bits are above every limit.
template <typename Codec, UpdateRule kRule>
HWY_INLINE bool ComputeChunkScales(ChunkScratch& scratch) {
  const DU du;
  const DF df;
  const VU limit = hn::Set(du, Codec::kLimit - 1);
  bool ordinary = true;
  for (std::size_t slot = 0; slot < kChunkGroups; slot += kLanes) {
    const VU max_m = FoldMaxima<kLanes>(scratch.max_m + slot * kLanes);
    const VU m_codes = Codec::MScaleCodes(AsFloat(max_m));
    hn::Store(m_codes, du, scratch.m_scale_codes + slot);
    hn::Store(Codec::MUnits(AsFloat(max_m), m_codes), df, scratch.m_units + slot);
    ordinary = ordinary && hn::AllFalse(du, hn::Gt(max_m, limit));
    if constexpr (HasV(kRule)) {
      const VU max_root = FoldMaxima<kLanes>(scratch.max_root + slot * kLanes);
      const VU v_codes = Codec::VScaleCodes(AsFloat(max_root), hn::Load(du, scratch.key_low + slot),
                                            hn::Load(du, scratch.key_high + slot));
      hn::Store(v_codes, du, scratch.v_scale_codes + slot);
      hn::Store(Codec::VUnits(AsFloat(max_root), v_codes), df, scratch.v_units + slot);
      ordinary = ordinary && hn::AllFalse(du, hn::Gt(max_root, limit));
    }
  }
  return ordinary;
}

// Whether the moments that the scratch holds are finite.
template <UpdateRule kRule>
HWY_INLINE bool MomentsAreFinite(std::size_t slots, const ChunkScratch& scratch) {
  const DU du;
  VU maxima = hn::Zero(du);
  for (std::size_t at = 0; at < slots * kLanes; at += kLanes) {
    if constexpr (HasM(kRule)) maxima = hn::Max(maxima, hn::Load(du, scratch.max_m + at));
    if constexpr (HasV(kRule)) maxima = hn::Max(maxima, hn::Load(du, scratch.max_root + at));
  }
  return hn::AllTrue(du, hn::Lt(maxima, hn::Set(du, kInfinityBits)));
}

template <UpdateRule kRule>
HWY_INLINE void StoreChunkScales(const Chunk& chunk, const ChunkScratch& scratch) {
  std::uint16_t* scales = chunk.task.scales + MomentCount(kRule) * chunk.first_group;
  for (std::size_t slot = 0; slot < chunk.slots; ++slot) {
    scales[MomentCount(kRule) * slot] = static_cast<std::uint16_t>(scratch.m_scale_codes[slot]);
    if constexpr (HasV(kRule)) {
      scales[2 * slot + 1] = static_cast<std::uint16_t>(scratch.v_scale_codes[slot]);
    }
  }
}

#endif  // ZEROD_HAS_FAST_PATH
}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#endif
