// What a chunk's update starts from, by the vector. Highway compiles this once per target.
#if defined(ZEROD_KERNELS_CPU_CHUNK_SOURCE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ZEROD_KERNELS_CPU_CHUNK_SOURCE_INL_H_
#undef ZEROD_KERNELS_CPU_CHUNK_SOURCE_INL_H_
#else
#define ZEROD_KERNELS_CPU_CHUNK_SOURCE_INL_H_
#endif

#include "kernels/cpu/m_table-inl.h"
#include "kernels/cpu/stage-inl.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {
#if ZEROD_HAS_FAST_PATH

// Masters and gradients as a task holds them: the default formats, straight from memory.
struct DirectSource {
  static constexpr bool kIsDirect = true;
  static HWY_INLINE VF Masters(const Chunk& chunk, const ChunkScratch&, std::size_t at) {
    return LoadMasters<MasterLayout::kBf16With8>(chunk.task, chunk.Element(0) + at);
  }
  static HWY_INLINE VF Gradients(const Chunk& chunk, const ChunkScratch&, std::size_t at) {
    return LoadGradients<DType::kBf16>(chunk.task, chunk.Element(0) + at);
  }
};
// Of any format, from the scratch, where StageChunk has put them.
struct StagedSource {
  static constexpr bool kIsDirect = false;
  static HWY_INLINE VF Masters(const Chunk&, const ChunkScratch& scratch, std::size_t at) {
    return hn::Load(DF(), scratch.p + at);
  }
  static HWY_INLINE VF Gradients(const Chunk&, const ChunkScratch& scratch, std::size_t at) {
    return hn::Load(DF(), scratch.gradient + at);
  }
};

struct DecayedVectors {
  VF first;
  VF second;
};

// What is left of the moments of elements `at` and on of the chunk.
template <typename Codec, UpdateRule kRule>
HWY_INLINE DecayedVectors LoadDecayed(const Chunk& chunk, const ChunkScratch& scratch,
                                      const ScalarVectors& s, std::size_t at) {
  const DF df;
  const std::uint64_t i = chunk.Element(0) + at;
  if constexpr (!HasM(kRule)) {
    return {hn::Zero(df), hn::Zero(df)};
  } else if constexpr (Codec::kQuantised) {
    const std::size_t slot = at / kQuantGroupElements;
#if HWY_TARGET == HWY_AVX3_DL
    const VF m = hn::Load(df, scratch.m + at);
#else
    const VF m = Codec::DecodeM(LoadBytes(ElementsOf<std::int8_t>(chunk.task.m) + i));
#endif
    VF second = m;
    if constexpr (HasV(kRule)) {
      second = Codec::DecodeV(LoadBytes(ElementsOf<std::uint8_t>(chunk.task.v) + i));
    }
    return {hn::Mul(m, hn::Set(df, scratch.decays1[slot])),
            hn::Mul(second, hn::Set(df, scratch.decays2[slot]))};
  } else {
    const VF m = hn::LoadU(df, ElementsOf<float>(chunk.task.m) + i);
    const VF second = HasV(kRule) ? hn::LoadU(df, ElementsOf<float>(chunk.task.v) + i) : m;
    return {hn::Mul(s.beta1, m), hn::Mul(s.beta2, second)};
  }
}

#endif  // ZEROD_HAS_FAST_PATH
}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#endif
