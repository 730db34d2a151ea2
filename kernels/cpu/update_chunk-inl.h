// Decoding and updating a chunk, by the vector. Highway compiles this once per target.
#if defined(ZEROD_KERNELS_CPU_UPDATE_CHUNK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ZEROD_KERNELS_CPU_UPDATE_CHUNK_INL_H_
#undef ZEROD_KERNELS_CPU_UPDATE_CHUNK_INL_H_
#else
#define ZEROD_KERNELS_CPU_UPDATE_CHUNK_INL_H_
#endif

#include "kernels/cpu/chunk_source-inl.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {
#if ZEROD_HAS_FAST_PATH

// Greatest magnitudes of a chunk, lane by lane.
template <typename Source>
struct ChunkMaxima {
  VU p;
  VU u;
  VF sum;
  bool ordinary_moments;  // the scratch's moments are below the codec's limit

  // No constructor: the compiler would generate it for the baseline instructions.
  static HWY_INLINE ChunkMaxima None(bool ordinary_moments) {
    return {hn::Zero(DU()), hn::Zero(DU()), hn::Zero(DF()), ordinary_moments};
  }
  // A NaN among the updates is one among the moments or masters. bf16's range is binary32's: to see
  // whether masters are far from its end it is enough to sum them up, 2^9 times over, in one
  // operation. A NaN or an infinity stays one, whatever is added.
  HWY_INLINE void Take(VF new_p, VF update) {
    if constexpr (Source::kIsDirect) {
      sum = hn::MulAdd(new_p, hn::Set(DF(), 512.0f), sum);
    } else {
      p = hn::Max(p, Magnitude(new_p));
    }
    u = MaxMagnitude(u, update);
  }
  HWY_INLINE VU Masters() const { return Source::kIsDirect ? Magnitude(sum) : p; }
};

// Moments into the scratch, and the maxima of every group.
template <typename Codec, typename Source>
HWY_INLINE void UpdateAdamMoments(const Chunk& chunk, const ScalarVectors& s,
                                  ChunkScratch& scratch) {
  const DF df;
  const DU du;
  for (std::size_t slot = 0; slot < chunk.slots; ++slot) {
    chunk.streams.PrefetchAhead(chunk.first_group + slot);
    VU max_m = hn::Zero(du);
    VU max_root = hn::Zero(du);
    ZEROD_UNROLL
    for (std::size_t k = 0; k < kGroupVectors; ++k) {
      const std::size_t at = slot * kQuantGroupElements + k * kLanes;
      const VF g = Source::Gradients(chunk, scratch, at);
      const DecayedVectors decayed = LoadDecayed<Codec, UpdateRule::kAdam>(chunk, scratch, s, at);
      const VF m = hn::MulAdd(s.gain1, g, decayed.first);
      const VF gained = hn::Mul(s.gain2, g);
      const VF v = hn::MulAdd(gained, gained, decayed.second);
      const VF root = hn::Sqrt(v);
      hn::Store(m, df, scratch.m + at);
      hn::Store(root, df, scratch.root + at);
      if constexpr (!Codec::kQuantised) hn::Store(v, df, scratch.v + at);
      max_m = hn::Max(max_m, Magnitude(m));
      max_root = hn::Max(max_root, AsBits(root));
    }
    hn::Store(max_m, du, scratch.max_m + slot * kLanes);
    hn::Store(max_root, du, scratch.max_root + slot * kLanes);
  }
}

// Masters into the scratch, and with them the chunk's maxima. A NaN among the moments, which the
// clamp might lose, has been noticed before. Apart from the moments: a processor looks ahead only
// so far, and with half the chain of dependent operations it finds twice as many that don't wait
// for each other.
template <typename Source>
HWY_INLINE void UpdateAdamMasters(const Chunk& chunk, const ScalarVectors& s, ChunkScratch& scratch,
                                  ChunkMaxima<Source>& maxima) {
  const DF df;
  for (std::size_t at = 0; at < chunk.slots * kQuantGroupElements; at += kLanes) {
    const VF root = hn::Load(df, scratch.root + at);
    const VF inverse = hn::Div(hn::Set(df, 1.0f), hn::MulAdd(root, s.k2, s.eps));
    const VF exact = hn::Mul(hn::Load(df, scratch.m + at), inverse);
    const VF u = ClampMagnitude(exact, s.bound);
    const VF p = StepWeights(Source::Masters(chunk, scratch, at), u, s);
    hn::Store(p, df, scratch.p + at);
    maxima.Take(p, u);
  }
}

// The scales, or whatever else has to be known of the scratch's moments. Returns whether they are
// ordinary.
template <typename Codec, UpdateRule kRule>
HWY_INLINE bool FinishMoments(const Chunk& chunk, ChunkScratch& scratch) {
  MakeChunkKeys(chunk, scratch);
  if constexpr (Codec::kQuantised) {
    return ComputeChunkScales<Codec, kRule>(scratch);
  } else {
    return MomentsAreFinite<kRule>(chunk.slots, scratch);
  }
}

// Scales are a long chain of operations, which nothing in the masters waits for.
template <typename Codec, typename Source>
HWY_INLINE ChunkMaxima<Source> UpdateAdamChunk(const Chunk& chunk, const ScalarVectors& s,
                                               ChunkScratch& scratch) {
  UpdateAdamMoments<Codec, Source>(chunk, s, scratch);
  const bool ordinary = FinishMoments<Codec, UpdateRule::kAdam>(chunk, scratch);
  auto maxima = ChunkMaxima<Source>::None(ordinary);
  UpdateAdamMasters<Source>(chunk, s, scratch, maxima);
  return maxima;
}

// Moment and masters of the other rules.
template <typename Codec, UpdateRule kRule, typename Source>
HWY_INLINE ChunkMaxima<Source> UpdateMomentumChunk(const Chunk& chunk, const ScalarVectors& s,
                                                   ChunkScratch& scratch) {
  const DF df;
  const DU du;
  auto maxima = ChunkMaxima<Source>::None(false);
  for (std::size_t slot = 0; slot < chunk.slots; ++slot) {
    chunk.streams.PrefetchAhead(chunk.first_group + slot);
    VU max_m = hn::Zero(du);
    ZEROD_UNROLL
    for (std::size_t k = 0; k < kGroupVectors; ++k) {
      const std::size_t at = slot * kQuantGroupElements + k * kLanes;
      const VF old_p = Source::Masters(chunk, scratch, at);
      const VF g = Source::Gradients(chunk, scratch, at);
      const DecayedVectors decayed = LoadDecayed<Codec, kRule>(chunk, scratch, s, at);
      const MomentumVectors result = UpdateMomentum<kRule>(g, decayed.first, decayed.second, s);
      const VF p = StepWeights(old_p, result.u, s);
      hn::Store(p, df, scratch.p + at);
      maxima.Take(p, result.u);
      if constexpr (HasM(kRule)) {
        hn::Store(result.m, df, scratch.m + at);
        max_m = hn::Max(max_m, Magnitude(result.m));
      }
    }
    hn::Store(max_m, du, scratch.max_m + slot * kLanes);
  }
  maxima.ordinary_moments = FinishMoments<Codec, kRule>(chunk, scratch);
  return maxima;
}

// Updates into the scratch.
template <typename Codec, UpdateRule kRule, typename Source>
HWY_INLINE ChunkMaxima<Source> UpdateChunk(const Chunk& chunk, const ScalarVectors& s,
                                           ChunkScratch& scratch) {
#if HWY_TARGET == HWY_AVX3_DL
  if constexpr (Codec::kQuantised) {
    DecodeMsByTable<typename Codec::Definition>(
        ElementsOf<std::int8_t>(chunk.task.m) + chunk.Element(0), chunk.slots * kQuantGroupElements,
        scratch.m);
  }
#endif
  if constexpr (kRule == UpdateRule::kAdam) {
    return UpdateAdamChunk<Codec, Source>(chunk, s, scratch);
  } else {
    return UpdateMomentumChunk<Codec, kRule, Source>(chunk, s, scratch);
  }
}

#endif  // ZEROD_HAS_FAST_PATH
}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#endif
