// Storing a chunk's moments, by the vector. Highway compiles this once per target.
#if defined(ZEROD_KERNELS_CPU_ENCODE_CHUNK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ZEROD_KERNELS_CPU_ENCODE_CHUNK_INL_H_
#undef ZEROD_KERNELS_CPU_ENCODE_CHUNK_INL_H_
#else
#define ZEROD_KERNELS_CPU_ENCODE_CHUNK_INL_H_
#endif

#include <cstring>

#include "kernels/cpu/chunk-inl.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {
#if ZEROD_HAS_FAST_PATH

// The part of encoding that computes, of one group, into the scratch.
template <typename Codec, UpdateRule kRule>
HWY_INLINE void PrepareGroupCodes(std::size_t slot, ChunkScratch& scratch) {
  const DF df;
  const D16 d16;
  const VF m_unit = hn::Set(df, scratch.m_units[slot]);
  const VF v_unit = hn::Set(df, scratch.v_units[slot]);
  ZEROD_UNROLL
  for (std::size_t k = 0; k < kGroupVectors; k += 2) {
    const std::size_t at = slot * kQuantGroupElements + k * kLanes;
    const float* m = scratch.m + at;
    hn::Store(Codec::PrepareM(hn::Load(df, m), hn::Load(df, m + kLanes), m_unit), d16,
              scratch.m_codes + at);
    if constexpr (HasV(kRule)) {
      const float* root = scratch.root + at;
      hn::Store(Codec::PrepareV(hn::Load(df, root), hn::Load(df, root + kLanes), v_unit), d16,
                scratch.v_codes + at);
    }
  }
}

// The part that rounds, and stores. Returns how many of v's codes are at the floor.
template <typename Codec, UpdateRule kRule>
HWY_INLINE std::size_t StoreGroupCodes(const Chunk& chunk, std::size_t slot,
                                       const ChunkScratch& scratch) {
  const D16 d16;
  std::size_t floor_count = 0;
  ZEROD_UNROLL
  for (std::size_t k = 0; k < kGroupVectors; k += 2) {
    const std::size_t at = slot * kQuantGroupElements + k * kLanes;
    std::uint8_t* m = ElementsOf<std::uint8_t>(chunk.task.m) + chunk.Element(0) + at;
    const V16 bits = Codec::kDithers
                         ? hn::BitCast(d16, LaneHashes(scratch.key_low[slot],
                                                       scratch.key_high[slot], k / 2 * kLanes))
                         : hn::Zero(d16);
    const V16 m_codes =
        Codec::FinishM(hn::Load(d16, scratch.m_codes + at), LoadUpperBytes(m), bits);
    if constexpr (HasV(kRule)) {
      std::uint8_t* v = ElementsOf<std::uint8_t>(chunk.task.v) + chunk.Element(0) + at;
      const V16 v_codes = Codec::FinishV(hn::Load(d16, scratch.v_codes + at), bits);
      StoreUpperBytes(m_codes, m, v_codes, v);
      floor_count += Codec::CountFloor(v_codes);
    } else {
      hn::StoreU(LowBytes(hn::ShiftRight<8>(m_codes)), D8(), m);
    }
  }
  return floor_count;
}

// Stores the codes of the scratch's moments. Returns how many of v's are at the floor. What is
// computed for one slot takes long in divisions and roots, and leaves the processor room for what
// is to be stored of the slot before: `store(slot)` does what else there is.
template <typename Codec, UpdateRule kRule, typename Store>
HWY_INLINE std::size_t EncodeChunk(const Chunk& chunk, ChunkScratch& scratch, const Store& store) {
  std::size_t floor_count = 0;
  PrepareGroupCodes<Codec, kRule>(0, scratch);
  for (std::size_t slot = 0; slot < chunk.slots; ++slot) {
    if (slot + 1 < chunk.slots) PrepareGroupCodes<Codec, kRule>(slot + 1, scratch);
    floor_count += StoreGroupCodes<Codec, kRule>(chunk, slot, scratch);
    store(slot);
  }
  return floor_count;
}

// Stores the scratch's moments as they are.
template <UpdateRule kRule>
HWY_INLINE void StoreUnquantised(const Chunk& chunk, const ChunkScratch& scratch) {
  const std::size_t bytes = chunk.slots * kQuantGroupElements * sizeof(float);
  const std::uint64_t begin = chunk.Element(0) * sizeof(float);
  if constexpr (HasM(kRule)) std::memcpy(chunk.task.m + begin, scratch.m, bytes);
  if constexpr (HasV(kRule)) std::memcpy(chunk.task.v + begin, scratch.v, bytes);
}

#endif  // ZEROD_HAS_FAST_PATH
}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#endif
