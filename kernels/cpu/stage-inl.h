// A chunk's masters and gradients, whatever their formats. Highway compiles this once per target.
#if defined(ZEROD_KERNELS_CPU_STAGE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ZEROD_KERNELS_CPU_STAGE_INL_H_
#undef ZEROD_KERNELS_CPU_STAGE_INL_H_
#else
#define ZEROD_KERNELS_CPU_STAGE_INL_H_
#endif

#include "kernels/cpu/chunk-inl.h"
#include "kernels/cpu/master-inl.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {
#if ZEROD_HAS_FAST_PATH

template <MasterLayout kLayout>
HWY_INLINE void LoadChunkMasters(const Chunk& chunk, ChunkScratch& scratch) {
  const std::uint64_t begin = chunk.Element(0);
  for (std::size_t at = 0; at < chunk.slots * kQuantGroupElements; at += kLanes) {
    hn::Store(LoadMasters<kLayout>(chunk.task, begin + at), DF(), scratch.p + at);
  }
}

template <DType kGradient>
HWY_INLINE VF LoadGradients(const UpdateTask& task, std::uint64_t i) {
  if constexpr (kGradient == DType::kBf16) {
    return AsFloat(LoadHighHalves(ElementsOf<std::uint16_t>(task.gradient) + i));
  } else if constexpr (kGradient == DType::kFp16) {
    return LoadHalfFloats(ElementsOf<std::uint16_t>(task.gradient) + i);
  } else {
    return hn::LoadU(DF(), ElementsOf<float>(task.gradient) + i);
  }
}

template <DType kGradient>
HWY_INLINE void LoadChunkGradients(const Chunk& chunk, ChunkScratch& scratch) {
  const std::uint64_t begin = chunk.Element(0);
  for (std::size_t at = 0; at < chunk.slots * kQuantGroupElements; at += kLanes) {
    hn::Store(LoadGradients<kGradient>(chunk.task, begin + at), DF(), scratch.gradient + at);
  }
}

// Calls body.template operator()<layout>().
template <typename Body>
HWY_INLINE void WithLayout(MasterLayout layout, Body body) {
  switch (layout) {
    case MasterLayout::kBf16:
      return body.template operator()<MasterLayout::kBf16>();
    case MasterLayout::kBf16With8:
      return body.template operator()<MasterLayout::kBf16With8>();
    case MasterLayout::kBf16With16:
      return body.template operator()<MasterLayout::kBf16With16>();
    case MasterLayout::kFp16:
      return body.template operator()<MasterLayout::kFp16>();
    case MasterLayout::kFp16With8:
      return body.template operator()<MasterLayout::kFp16With8>();
    case MasterLayout::kFp16With16:
      return body.template operator()<MasterLayout::kFp16With16>();
    case MasterLayout::kFp32:
      return body.template operator()<MasterLayout::kFp32>();
  }
}

// RuleGradient, where decay is part of the gradient.
HWY_INLINE void AddCoupledDecay(const Chunk& chunk, ChunkScratch& scratch) {
  const DF df;
  const VF decay = hn::Set(df, chunk.task.scalars->coupled_decay);
  const VF factor = hn::Set(df, chunk.task.scalars->gradient_factor);
  for (std::size_t at = 0; at < chunk.slots * kQuantGroupElements; at += kLanes) {
    const VF gradient = hn::Mul(factor, hn::Load(df, scratch.gradient + at));
    hn::Store(hn::MulAdd(decay, hn::Load(df, scratch.p + at), gradient), df, scratch.gradient + at);
  }
}

// Masters into scratch.p, and the gradients that the rule sees into scratch.gradient. Not inlined:
// one instance serves all rules and codecs.
inline HWY_NOINLINE void StageChunk(const Chunk& chunk, ChunkScratch& scratch) {
  WithLayout(chunk.layout,
             [&]<MasterLayout kLayout>() { LoadChunkMasters<kLayout>(chunk, scratch); });
  switch (chunk.task.gradient_dtype) {
    case DType::kBf16:
      LoadChunkGradients<DType::kBf16>(chunk, scratch);
      break;
    case DType::kFp16:
      LoadChunkGradients<DType::kFp16>(chunk, scratch);
      break;
    case DType::kFp32:
      LoadChunkGradients<DType::kFp32>(chunk, scratch);
      break;
  }
  if (chunk.task.scalars->coupled_decay != 0.0f) AddCoupledDecay(chunk, scratch);
}

template <MasterLayout kLayout>
HWY_INLINE std::size_t StoreGroupMasters(const Chunk& chunk, std::size_t slot, bool stochastic,
                                         const ChunkScratch& scratch) {
  std::size_t unmoved = 0;
  ZEROD_UNROLL
  for (std::size_t k = 0; k < kGroupVectors; k += 2) {
    VU hashes[2] = {hn::Zero(DU()), hn::Zero(DU())};
    if (stochastic) {
      const std::uint32_t low = scratch.key_low[slot];
      const std::uint32_t high = scratch.key_high[slot];
      hashes[0] = LaneHashes(low, high, kFirstMasterLane + k * kLanes);
      hashes[1] = LaneHashes(low, high, kFirstMasterLane + (k + 1) * kLanes);
    }
    const float* from = scratch.p + slot * kQuantGroupElements + k * kLanes;
    const VF masters[2] = {hn::Load(DF(), from), hn::Load(DF(), from + kLanes)};
    unmoved += StoreMasters<kLayout>(masters, stochastic, hashes, chunk.task,
                                     chunk.Element(slot) + k * kLanes);
  }
  return unmoved;
}

// Rounds and stores the scratch's masters. Returns how many kept their bits.
inline HWY_NOINLINE std::size_t StoreChunkMasters(const Chunk& chunk, const ChunkScratch& scratch) {
  const bool stochastic = chunk.context.rounding == MasterRounding::kStochastic;
  std::size_t unmoved = 0;
  WithLayout(chunk.layout, [&]<MasterLayout kLayout>() {
    for (std::size_t slot = 0; slot < chunk.slots; ++slot) {
      unmoved += StoreGroupMasters<kLayout>(chunk, slot, stochastic, scratch);
    }
  });
  return unmoved;
}

#endif  // ZEROD_HAS_FAST_PATH
}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#endif
