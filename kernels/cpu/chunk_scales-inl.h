// What a chunk of quant groups keeps between passes, and its scales. Highway compiles this once per
// target.
#if defined(ZEROD_KERNELS_CPU_CHUNK_SCALES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ZEROD_KERNELS_CPU_CHUNK_SCALES_INL_H_
#undef ZEROD_KERNELS_CPU_CHUNK_SCALES_INL_H_
#else
#define ZEROD_KERNELS_CPU_CHUNK_SCALES_INL_H_
#endif

#include <cstring>

#include "kernels/cpu/adamw-inl.h"
#include "kernels/cpu/codecs-inl.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {
#if ZEROD_HAS_FAST_PATH

// Quantised tasks go in chunks of groups, in passes over a scratch that stays in the first-level
// cache. Within one pass nothing waits for a group's maximum, which is a long chain of dependent
// operations, and scales are computed for many groups at once. Nothing is overwritten before a
// chunk is known to be ordinary; the others go to the reference.
constexpr std::size_t kChunkGroups = 16;
constexpr std::size_t kChunkElements = kChunkGroups * kQuantGroupElements;

struct ChunkScratch {
  HWY_ALIGN_MAX float p[kChunkElements];
  HWY_ALIGN_MAX float m[kChunkElements];
  HWY_ALIGN_MAX float root[kChunkElements];
  // A vector per group, whose greatest lane is the group's maximum.
  HWY_ALIGN_MAX std::uint32_t max_m[kLanes * kChunkGroups];
  HWY_ALIGN_MAX std::uint32_t max_root[kLanes * kChunkGroups];
  HWY_ALIGN_MAX std::uint32_t
      scale_codes[kChunkGroups];  // m's below, v's above: as two 16-bit values
  HWY_ALIGN_MAX float m_scales[kChunkGroups];
  HWY_ALIGN_MAX float v_scales[kChunkGroups];
  HWY_ALIGN_MAX float m_units[kChunkGroups];
  HWY_ALIGN_MAX float v_units[kChunkGroups];
  HWY_ALIGN_MAX std::uint32_t key_low[kChunkGroups];
  HWY_ALIGN_MAX std::uint32_t key_high[kChunkGroups];
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

template <typename Codec>
HWY_INLINE void DecodeChunkScales(const std::uint16_t* scales, std::size_t slots,
                                  ChunkScratch& scratch) {
  const DU du;
  std::memcpy(scratch.scale_codes, scales, slots * sizeof(std::uint32_t));
  for (std::size_t slot = 0; slot < kChunkGroups; slot += kLanes) {
    const VU codes = hn::Load(du, scratch.scale_codes + slot);
    hn::Store(Codec::DecodeScales(hn::And(codes, hn::Set(du, 0xffff))), DF(),
              scratch.m_scales + slot);
    hn::Store(Codec::DecodeScales(hn::ShiftRight<16>(codes)), DF(), scratch.v_scales + slot);
  }
}

// Computes the new scales into the scratch. Returns whether all maxima are ordinary: m below
// kMLimit, sqrt(v) finite, as v is then. A NaN's bits are above every limit.
template <typename Codec>
HWY_INLINE bool ComputeChunkScales(const UpdateContext& context, const AdamWTask& task,
                                   std::uint64_t first_group, std::size_t slots,
                                   ChunkScratch& scratch) {
  const DU du;
  for (std::size_t slot = 0; slot < slots; ++slot) {
    const GroupKey key = KeyOf(context, task, first_group + slot);
    scratch.key_low[slot] = key.low;
    scratch.key_high[slot] = key.high;
  }
  bool ordinary = true;
  for (std::size_t slot = 0; slot < kChunkGroups; slot += kLanes) {
    const VU max_m = FoldMaxima<kLanes>(scratch.max_m + slot * kLanes);
    const VU max_root = FoldMaxima<kLanes>(scratch.max_root + slot * kLanes);
    const auto bad = hn::Or(hn::Gt(max_m, hn::Set(du, kMLimit - 1)),
                            hn::Gt(max_root, hn::Set(du, kInfinityBits - 1)));
    ordinary = ordinary && hn::AllFalse(du, bad);
    const VU m_codes = Codec::MScaleCodes(AsFloat(max_m));
    const VU v_codes = Codec::VScaleCodes(AsFloat(max_root), hn::Load(du, scratch.key_low + slot),
                                          hn::Load(du, scratch.key_high + slot));
    hn::Store(Codec::MUnits(AsFloat(max_m), m_codes), DF(), scratch.m_units + slot);
    hn::Store(Codec::VUnits(AsFloat(max_root), v_codes), DF(), scratch.v_units + slot);
    hn::Store(hn::Or(m_codes, hn::ShiftLeft<16>(v_codes)), du, scratch.scale_codes + slot);
  }
  return ordinary;
}

#endif  // ZEROD_HAS_FAST_PATH
}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#endif
