// Loading and storing master weights by the vector: kernels/master_access.h. Highway compiles this
// once per target.
#if defined(ZEROD_KERNELS_CPU_MASTER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ZEROD_KERNELS_CPU_MASTER_INL_H_
#undef ZEROD_KERNELS_CPU_MASTER_INL_H_
#else
#define ZEROD_KERNELS_CPU_MASTER_INL_H_
#endif

#include <array>

#include "kernels/cpu/half_master-inl.h"
#include "kernels/cpu/simd_types-inl.h"
#include "kernels/master_access.h"
#include "kernels/update.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {
#if ZEROD_HAS_FAST_PATH

constexpr bool HasByte(MasterLayout layout) {
  return layout == MasterLayout::kBf16With8 || layout == MasterLayout::kFp16With8;
}
constexpr bool HasHalf(MasterLayout layout) {
  return layout == MasterLayout::kBf16With16 || layout == MasterLayout::kFp16With16;
}

// JoinMaster24 of kLanes elements.
HWY_INLINE VU LoadMasters24(const std::uint16_t* weights, const std::int8_t* correction) {
  const DU du;
#if HWY_TARGET == HWY_AVX3_DL
  // Bytes 3 to 0 of a lane: the weight's two, the correction's, zero. A correction with its sign
  // flipped, taken as unsigned, is too large by 0x80.
  HWY_ALIGN_MAX static constexpr std::array<std::uint8_t, 64> kOrder = [] {
    std::array<std::uint8_t, 64> order{};
    for (std::size_t lane = 0; lane < 16; ++lane) {
      order[4 * lane + 1] = static_cast<std::uint8_t>(64 + lane);
      order[4 * lane + 2] = static_cast<std::uint8_t>(2 * lane);
      order[4 * lane + 3] = static_cast<std::uint8_t>(2 * lane + 1);
    }
    return order;
  }();
  const hn::Rebind<std::uint16_t, DU> d16;
  const hn::Rebind<std::int8_t, DU> d8;
  const __m512i order = hn::Load(hn::Repartition<std::uint8_t, DU>(), kOrder.data()).raw;
  const VU bits = VU{_mm512_maskz_permutex2var_epi8(
      0xeeeeeeeeeeeeeeeeu, _mm512_castsi256_si512(hn::LoadU(d16, weights).raw), order,
      _mm512_castsi128_si512(hn::LoadU(d8, correction).raw))};
  const VU half = hn::Set(du, 0x8000);
  return hn::Sub(hn::Xor(bits, half), half);
#else
  const VI low = hn::ShiftLeft<8>(LoadBytes(correction));
  return hn::Add(LoadHighHalves(weights), hn::BitCast(du, low));
#endif
}

HWY_INLINE VI LoadSignedHalves(const std::int16_t* from) {
  const hn::Rebind<std::int16_t, DI> d16;
  return hn::PromoteTo(DI(), hn::LoadU(d16, from));
}

// The master weights of elements [i, i + kLanes).
template <MasterLayout kLayout>
HWY_INLINE VF LoadMasters(const UpdateTask& task, std::uint64_t i) {
  const DU du;
  if constexpr (kLayout == MasterLayout::kFp32) {
    return hn::LoadU(DF(), ElementsOf<float>(task.weights) + i);
  } else if constexpr (kLayout == MasterLayout::kBf16With8) {
    return AsFloat(LoadMasters24(ElementsOf<std::uint16_t>(task.weights) + i,
                                 ElementsOf<std::int8_t>(task.correction) + i));
  } else {
    const std::uint16_t* weights = ElementsOf<std::uint16_t>(task.weights) + i;
    if constexpr (kLayout == MasterLayout::kBf16) return AsFloat(LoadHighHalves(weights));
    VU correction = hn::Zero(du);
    if constexpr (HasByte(kLayout)) {
      correction = hn::BitCast(du, LoadBytes(ElementsOf<std::int8_t>(task.correction) + i));
    }
    if constexpr (HasHalf(kLayout)) {
      correction = hn::BitCast(du, LoadSignedHalves(ElementsOf<std::int16_t>(task.correction) + i));
    }
    if constexpr (kLayout == MasterLayout::kBf16With16) {
      return AsFloat(hn::Add(LoadHighHalves(weights), correction));
    }
    constexpr int kMore = HasByte(kLayout) ? 8 : HasHalf(kLayout) ? 16 : 0;
    const VU halves = hn::ShiftRight<16>(LoadHighHalves(weights));
    const VU upper = hn::ShiftLeft<kMore>(hn::And(halves, hn::Set(du, 0x7fff)));
    const VU magnitude = hn::And(hn::Add(upper, correction), hn::Set(du, (0x8000u << kMore) - 1));
    return AsFloat(JoinExtended<kMore>(halves, magnitude));
  }
}

// A split master: the weight and, below it, the correction; the lowest bits may hold anything.
// `hashes` matter to stochastic rounding only.
template <MasterLayout kLayout>
HWY_INLINE VU RoundMasters(VU bits, bool stochastic, VU hashes) {
  const DU du;
  // The sum of both roundings' addends: what the first one drops lies below the bit that decides
  // the second. The second has added half of the correction's range to the correction.
  if constexpr (kLayout == MasterLayout::kBf16With8) {
    if (!stochastic) return hn::Add(bits, hn::Set(du, 0x8000 + kNearest24));
    return hn::Add(bits, hn::Add(hn::ShiftRight<24>(hashes), hn::Set(du, 0x8000)));
  } else if constexpr (kLayout == MasterLayout::kBf16With16) {
    return hn::Add(bits, hn::Set(du, 0x8000));
  } else if constexpr (kLayout == MasterLayout::kBf16) {
    if (stochastic) return hn::Add(bits, hn::ShiftRight<16>(hashes));
    const VU odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(du, 1));
    return hn::Add(bits, hn::Add(odd, hn::Set(du, 0x7fff)));
  } else {
    const VU magnitude = hn::And(bits, hn::Set(du, kMagnitudeMask));
    const VU sign = hn::Xor(bits, magnitude);
    VU extended;
    if constexpr (kLayout == MasterLayout::kFp16) {
      extended = stochastic ? ExtendStochastic<0, 16>(magnitude, hn::ShiftRight<16>(hashes))
                            : ExtendNearest<0>(magnitude);
      extended = hn::ShiftLeft<16>(extended);
    } else if constexpr (kLayout == MasterLayout::kFp16With8) {
      extended = stochastic ? ExtendStochastic<8, 16>(magnitude, hn::ShiftRight<16>(hashes))
                            : ExtendNearest<8>(magnitude);
      extended = hn::Add(hn::ShiftLeft<8>(extended), hn::Set(du, 0x8000));
    } else {
      extended = hn::Add(ExtendNearest<16>(magnitude), hn::Set(du, 0x8000));
    }
    return hn::Or(extended, sign);
  }
}

// Rounds and stores two vectors of masters from element i on; all are below the format's limit.
// Returns how many kept their bits.
template <MasterLayout kLayout>
HWY_INLINE std::size_t StoreMasters(const VF* masters, bool stochastic, const VU* hashes,
                                    const UpdateTask& task, std::uint64_t i) {
  const DU du;
  const D16 d16;
  if constexpr (kLayout == MasterLayout::kFp32) {
    std::uint32_t* weights = ElementsOf<std::uint32_t>(task.weights) + i;
    std::size_t unmoved = 0;
    for (std::size_t k = 0; k < 2; ++k, weights += kLanes) {
      const VU bits = AsBits(masters[k]);
      unmoved += hn::CountTrue(du, hn::Eq(bits, hn::LoadU(du, weights)));
      hn::StoreU(bits, du, weights);
    }
    return unmoved;
  } else {
    const VU first = RoundMasters<kLayout>(AsBits(masters[0]), stochastic, hashes[0]);
    const VU second = RoundMasters<kLayout>(AsBits(masters[1]), stochastic, hashes[1]);
    std::uint16_t* weights = ElementsOf<std::uint16_t>(task.weights) + i;
    const V16 new_weights = HighHalves(first, second);
    V16 difference = hn::Xor(new_weights, hn::LoadU(d16, weights));
    hn::StoreU(new_weights, d16, weights);
    if constexpr (HasByte(kLayout)) {
      std::uint8_t* correction = ElementsOf<std::uint8_t>(task.correction) + i;
      const V8 bytes = hn::Xor(SecondBytes(first, second), hn::Set(D8(), 0x80));
      const V8 changed = hn::Xor(bytes, hn::LoadU(D8(), correction));
      difference = hn::Or(difference, hn::PromoteTo(d16, changed));
      hn::StoreU(bytes, D8(), correction);
    }
    if constexpr (HasHalf(kLayout)) {
      std::uint16_t* correction = ElementsOf<std::uint16_t>(task.correction) + i;
      const V16 halves = hn::Xor(LowHalves(first, second), hn::Set(d16, 0x8000));
      difference = hn::Or(difference, hn::Xor(halves, hn::LoadU(d16, correction)));
      hn::StoreU(halves, d16, correction);
    }
    return hn::CountTrue(d16, hn::Eq(difference, hn::Zero(d16)));
  }
}

#endif  // ZEROD_HAS_FAST_PATH
}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#endif
