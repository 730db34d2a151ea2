#include "kernels/gradient_norm.h"

#include "kernels/cpu/line_walk.h"
#include "kernels/float_environment.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/gradient_norm.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/cpu/simd_types-inl.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {
#if ZEROD_HAS_FAST_PATH
namespace {

// The definition's 32 lanes, kLanes to a vector.
constexpr std::size_t kSumVectors = 32 / kLanes;

// Every lane's elements 2 * pair and 2 * pair + 1 of its eight, for pair 0 to 3: words of a lane
// are four 32-bit words for bf16, so that loading interleaved by four puts the same word of every
// lane beside each other.
HWY_INLINE VF AccumulateLanes(const std::uint16_t* values) {
  const DU du;
  VU words[4];
  hn::LoadInterleaved4(du, reinterpret_cast<const std::uint32_t*>(values), words[0], words[1],
                       words[2], words[3]);
  VF sum = hn::Zero(DF());
  ZEROD_UNROLL
  for (std::size_t pair = 0; pair < 4; ++pair) {
    const VF even = AsFloat(hn::ShiftLeft<16>(words[pair]));
    const VF odd = AsFloat(hn::And(words[pair], hn::Set(du, 0xffff0000u)));
    sum = hn::MulAdd(even, even, sum);
    sum = hn::MulAdd(odd, odd, sum);
  }
  return sum;
}

// The same for binary32: pairs are 64-bit words, of which a vector holds half as many.
HWY_INLINE VF AccumulateLanes(const float* values) {
  const DF df;
  const hn::Repartition<std::uint64_t, DF> d64;
  using V64 = hn::Vec<decltype(d64)>;
  V64 low[4];
  V64 high[4];
  const auto* words = reinterpret_cast<const std::uint64_t*>(values);
  hn::LoadInterleaved4(d64, words, low[0], low[1], low[2], low[3]);
  hn::LoadInterleaved4(d64, words + 2 * kLanes, high[0], high[1], high[2], high[3]);
  VF sum = hn::Zero(df);
  ZEROD_UNROLL
  for (std::size_t pair = 0; pair < 4; ++pair) {
    const VF first = hn::BitCast(df, low[pair]);
    const VF second = hn::BitCast(df, high[pair]);
    const VF even = hn::ConcatEven(df, second, first);
    const VF odd = hn::ConcatOdd(df, second, first);
    sum = hn::MulAdd(even, even, sum);
    sum = hn::MulAdd(odd, odd, sum);
  }
  return sum;
}

template <typename T>
HWY_INLINE float SumOfLine(const T* values) {
  HWY_ALIGN_MAX float lanes[32];
  ZEROD_UNROLL
  for (std::size_t k = 0; k < kSumVectors; ++k) {
    hn::Store(AccumulateLanes(values + k * kLanes * 8), DF(), lanes + k * kLanes);
  }
  for (std::size_t apart = 16; apart >= 1; apart /= 2) {
    for (std::size_t lane = 0; lane < apart; ++lane) lanes[lane] += lanes[lane + apart];
  }
  return lanes[0];
}

template <typename T>
void SumRun(const T* values, std::uint64_t line_count, GradientNorm* norm) {
  for (std::uint64_t n = 0; n < line_count; ++n, values += kLineElements) {
    const float sum = SumOfLine(values);
    if (HWY_LIKELY(IsFinite(sum))) {
      norm->sum_of_squares.Add(sum);
      continue;
    }
    Line line;
    const DType dtype = sizeof(T) == 2 ? DType::kBf16 : DType::kFp32;
    for (std::size_t i = 0; i < kLineElements; ++i) {
      line[i] = LoadElement(dtype, reinterpret_cast<const std::byte*>(values), i);
    }
    AddLineSum(sum, line, norm);
  }
}

}  // namespace
#endif  // ZEROD_HAS_FAST_PATH

void AccumulateNormOnTarget(std::span<const ReducedPiece> pieces, GradientNorm* norm) {
#if ZEROD_HAS_FAST_PATH
  const auto sum_run = [norm](const ReducedPiece& piece, std::uint64_t first,
                              std::uint64_t line_count) {
    switch (piece.dtype) {
      case DType::kBf16:
        SumRun(ElementsOf<std::uint16_t>(piece.reduced) + first, line_count, norm);
        break;
      case DType::kFp32:
        SumRun(ElementsOf<float>(piece.reduced) + first, line_count, norm);
        break;
      case DType::kFp16:
        return false;
    }
    return true;
  };
  WalkLines(
      pieces, norm, [](const Line& line) { return SumOfLine(line.data()); }, sum_run);
#else
  AccumulateNormReference(pieces, norm);
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace zerod {

HWY_EXPORT(AccumulateNormOnTarget);

void AccumulateNorm(std::span<const ReducedPiece> pieces, GradientNorm* norm) {
  const DefaultFloatEnvironment environment;
  HWY_DYNAMIC_DISPATCH(AccumulateNormOnTarget)(pieces, norm);
}

}  // namespace zerod
#endif
