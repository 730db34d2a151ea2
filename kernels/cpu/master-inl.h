// Loading and storing master weights by the vector. Highway compiles this once per target.
#if defined(ZEROD_KERNELS_CPU_MASTER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ZEROD_KERNELS_CPU_MASTER_INL_H_
#undef ZEROD_KERNELS_CPU_MASTER_INL_H_
#else
#define ZEROD_KERNELS_CPU_MASTER_INL_H_
#endif

#include <array>

#include "kernels/cpu/hash-inl.h"
#include "kernels/cpu/simd_types-inl.h"
#include "kernels/cpu/weight_layout.h"
#include "kernels/split_master.h"
#include "kernels/task_access.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {
#if ZEROD_HAS_FAST_PATH

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

// The master weights of elements [i, i + kLanes).
template <WeightLayout kLayout>
HWY_INLINE VF LoadMasters(const AdamWTask& task, std::uint64_t i) {
  const DI di;
  if constexpr (kLayout == WeightLayout::kFp32) {
    return hn::LoadU(DF(), ElementsOf<float>(task.weights) + i);
  } else {
    if constexpr (kLayout == WeightLayout::kBf16With8) {
      return AsFloat(LoadMasters24(ElementsOf<std::uint16_t>(task.weights) + i,
                                   ElementsOf<std::int8_t>(task.correction) + i));
    }
    VU bits = LoadHighHalves(ElementsOf<std::uint16_t>(task.weights) + i);
    if constexpr (kLayout == WeightLayout::kBf16With16) {
      const hn::Rebind<std::int16_t, DI> d16;
      const VI correction =
          hn::PromoteTo(di, hn::LoadU(d16, ElementsOf<std::int16_t>(task.correction) + i));
      bits = hn::Add(bits, hn::BitCast(DU(), correction));
    }
    return AsFloat(bits);
  }
}

// What is added to the bits before they are cut to bf16. Of 24 bits it is the sum of both
// roundings' addends: what the first one drops lies below the bit that decides the second.
template <WeightLayout kLayout>
HWY_INLINE VU RoundingAddend(VU bits, bool stochastic, VU hashes) {
  const DU du;
  if constexpr (kLayout == WeightLayout::kBf16With8) {
    if (!stochastic) return hn::Set(du, 0x8000 + kNearest24);
    return hn::Add(hn::ShiftRight<24>(hashes), hn::Set(du, 0x8000));
  }
  if constexpr (kLayout == WeightLayout::kBf16With16) return hn::Set(du, 0x8000);
  if (stochastic) return hn::ShiftRight<16>(hashes);
  return hn::Add(hn::And(hn::ShiftRight<16>(bits), hn::Set(du, 1)), hn::Set(du, 0x7fff));
}

// Rounds and stores two vectors of masters from element i on; all are below the format's limit.
// `hashes` matter to stochastic rounding only.
template <WeightLayout kLayout>
HWY_INLINE void StoreMasters(const VF* masters, bool stochastic, const VU* hashes,
                             const AdamWTask& task, std::uint64_t i) {
  const DU du;
  if constexpr (kLayout == WeightLayout::kFp32) {
    hn::StoreU(masters[0], DF(), ElementsOf<float>(task.weights) + i);
    hn::StoreU(masters[1], DF(), ElementsOf<float>(task.weights) + i + kLanes);
    return;
  }
  VU first = AsBits(masters[0]);
  VU second = AsBits(masters[1]);
  if constexpr (kLayout == WeightLayout::kBf16With16) {
    hn::StoreU(LowHalves(first, second), D16(), ElementsOf<std::uint16_t>(task.correction) + i);
  }
  first = hn::Add(first, RoundingAddend<kLayout>(first, stochastic, hashes[0]));
  second = hn::Add(second, RoundingAddend<kLayout>(second, stochastic, hashes[1]));
  if constexpr (kLayout == WeightLayout::kBf16With8) {
    // The second rounding has added half of the correction's range to it.
    StoreBytes<1, 0x80>(first, second, ElementsOf<std::uint8_t>(task.correction) + i);
  }
  hn::StoreU(HighHalves(first, second), D16(), ElementsOf<std::uint16_t>(task.weights) + i);
}

#endif  // ZEROD_HAS_FAST_PATH
}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#endif
