// kernels/codec_robust.h and kernels/codec_flash.h by the vector. Highway compiles this once per
// target.
#if defined(ZEROD_KERNELS_CPU_CODECS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ZEROD_KERNELS_CPU_CODECS_INL_H_
#undef ZEROD_KERNELS_CPU_CODECS_INL_H_
#else
#define ZEROD_KERNELS_CPU_CODECS_INL_H_
#endif

#include "kernels/codec_flash.h"
#include "kernels/codec_robust.h"
#include "kernels/cpu/hash-inl.h"
#include "kernels/cpu/simd_types-inl.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {
#if ZEROD_HAS_FAST_PATH

// PrepareM and PrepareV compute, FinishM and FinishV round; codes end up in the upper bytes of
// halves. `old_above` are the old codes there. Values are below kLimit in magnitude: beyond it an
// operation might overflow or a fixed-point number leave its range, and the reference takes over.

struct RobustVectors {
  using Definition = RobustCodec;
  static constexpr bool kQuantised = true;
  static constexpr bool kDithers = true;
  static constexpr std::uint32_t kLimit = 0x4b000000;  // 2^23: scales go up to 2^24

  // Over groups: a lane is a group.
  static HWY_INLINE VF DecodeScales(VU codes) {
    const DU du;
    return AsFloat(hn::Add(hn::ShiftLeft<13>(codes), hn::Set(du, kScaleBias)));
  }
  static HWY_INLINE VU ScaleCodes(VF a, VU addend) {
    const DI di;
    const VI distance = hn::Sub(hn::BitCast(di, a), hn::Set(di, kScaleBias));
    const VI code = hn::ShiftRight<13>(hn::Add(distance, hn::BitCast(di, addend)));
    return hn::BitCast(DU(), hn::Min(hn::Max(code, hn::Zero(di)), hn::Set(di, 65535)));
  }
  static HWY_INLINE VU MScaleCodes(VF a) {
    const DU du;
    const VU odd = hn::And(hn::ShiftRight<13>(AsBits(a)), hn::Set(du, 1));
    return ScaleCodes(a, hn::Add(odd, hn::Set(du, 0xfff)));
  }
  static HWY_INLINE VU VScaleCodes(VF a, VU key_low, VU key_high) {
    const DU du;
    constexpr std::uint32_t kLane = kVScaleLane * kWeyl32;
    const VU hashes = FinishHashes(hn::Add(key_low, hn::Set(du, kLane)), key_high);
    return ScaleCodes(a, hn::ShiftRight<19>(hashes));
  }
  static HWY_INLINE VF MUnits(VF /*a*/, VU codes) {
    return hn::Mul(DecodeScales(codes), hn::Set(DF(), RobustCodec::kInverse254));
  }
  static HWY_INLINE VF VUnits(VF /*a*/, VU codes) {
    const DF df;
    return hn::Mul(hn::Set(df, 65025.0f), hn::Div(hn::Set(df, 1.0f), DecodeScales(codes)));
  }

  static HWY_INLINE VF VScaleSquares(VF scales) {
    return hn::Mul(hn::Mul(scales, scales), hn::Set(DF(), RobustCodec::kInverse255To4));
  }
  static HWY_INLINE VF DecodeM(VI q) {
    const VF code = hn::ConvertTo(DF(), hn::Max(q, hn::Set(DI(), -127)));
    return hn::Div(code, hn::Sub(hn::Set(DF(), 254.0f), hn::Abs(code)));
  }
  static HWY_INLINE VF DecodeV(VI q) {
    const VF root = hn::ConvertTo(DF(), q);
    const VF y = hn::Mul(root, root);
    return hn::Mul(y, y);
  }

  // A lane's FixedPoint in its low half, but for the clamping.
  static HWY_INLINE VU ShiftM(VF m, VF unit) {
    const DF df;
    const VF divisor = hn::MulAdd(hn::Abs(m), hn::Set(df, RobustCodec::kInverse254), unit);
    const VF reciprocal = hn::Div(hn::Set(df, 1.0f), divisor);
    return AsBits(hn::MulAdd(m, reciprocal, hn::Set(df, kFixedOrigin + 128.0f)));
  }
  static HWY_INLINE VU ShiftV(VF root, VF unit) {
    return AsBits(hn::Add(hn::Sqrt(hn::Mul(root, unit)), hn::Set(DF(), kFixedOrigin)));
  }
  static HWY_INLINE V16 PrepareM(VF first, VF second, VF unit) {
    return LowHalves(ShiftM(first, unit), ShiftM(second, unit));
  }
  static HWY_INLINE V16 PrepareV(VF first, VF second, VF unit) {
    // A root's upper half is 0 where the root is, and otherwise far above 0x100: so is the least
    // fixed-point number, and with it the code.
    const V16 least = hn::Min(HighHalves(AsBits(first), AsBits(second)), hn::Set(D16(), 0x100));
    return hn::Max(LowHalves(ShiftV(first, unit), ShiftV(second, unit)), least);
  }
  // A scale is at most 2^-10 too small, so no code gets far above 255: saturating is clamping.
  static HWY_INLINE V16 FinishM(V16 shifted, V16 old_above, V16 moment_bits) {
    const D16 d16;
    const V16 fixed = hn::Max(shifted, hn::Set(d16, 0x100));
    const V16 half = hn::Set(d16, 0x80);
    const V16 sign = hn::Set(d16, 0x8000);
    // The nearest code is the old one, but for the bias of 128.
    const V16 difference = hn::Xor3(hn::Add(fixed, half), old_above, sign);
    const auto same = hn::Lt(difference, hn::Set(d16, 0x100));
    const V16 addend = hn::IfThenElse(same, hn::ShiftRight<8>(moment_bits), half);
    return hn::Xor(hn::SaturatedAdd(fixed, addend), sign);
  }
  static HWY_INLINE V16 FinishV(V16 shifted, V16 moment_bits) {
    const D16 d16;
    return hn::SaturatedAdd(shifted, hn::And(moment_bits, hn::Set(d16, 0xff)));
  }
  // Codes are never between 0 and the floor.
  static HWY_INLINE std::size_t CountFloor(V16 codes) {
    const D16 d16;
    const V16 upper = hn::And(codes, hn::Set(d16, 0xff00));
    return hn::CountTrue(d16, hn::Eq(upper, hn::Set(d16, RobustCodec::kVFloor << 8)));
  }
};

struct FlashVectors {
  using Definition = FlashCodec;
  static constexpr std::uint16_t kFloorMark =
      1;  // below the code, where that is 0 and the root not
  static constexpr bool kQuantised = true;
  static constexpr bool kDithers = false;
  static constexpr std::uint32_t kLimit = 0x7b000000;  // 2^119: twice that by 127 is finite

  // Over groups: a lane is a group. Two scales per 32 elements: scalar code will do.
  static HWY_INLINE VF DecodeScales(VU codes) {
    const DU du;
    HWY_ALIGN std::uint32_t lanes[kLanes];
    hn::Store(codes, du, lanes);
    for (std::uint32_t& lane : lanes) {
      lane = BitsOf(FloatOfHalf(static_cast<std::uint16_t>(lane)));
    }
    return AsFloat(hn::Load(du, lanes));
  }
  static HWY_INLINE VU MScaleCodes(VF a) {
    const DU du;
    HWY_ALIGN std::uint32_t lanes[kLanes];
    hn::Store(AsBits(a), du, lanes);
    for (std::uint32_t& lane : lanes) lane = FlashCodec::MScaleCode(FloatOf(lane));
    return hn::Load(du, lanes);
  }
  static HWY_INLINE VU VScaleCodes(VF a, VU /*key_low*/, VU /*key_high*/) { return MScaleCodes(a); }
  static HWY_INLINE VF MUnits(VF a, VU /*codes*/) { return hn::Max(a, hn::Set(DF(), 1e-12f)); }
  static HWY_INLINE VF VUnits(VF a, VU codes) { return MUnits(a, codes); }

  static HWY_INLINE VF VScaleSquares(VF scales) {
    return hn::Mul(hn::Mul(scales, scales), hn::Set(DF(), 1.0f / 65025.0f));
  }
  static HWY_INLINE VF DecodeM(VI q) {
    const VF y = DivideByteBy<127>(hn::ConvertTo(DF(), hn::Max(q, hn::Set(DI(), -127))));
    return hn::Div(y, hn::Sub(hn::Set(DF(), 2.0f), hn::Abs(y)));
  }
  static HWY_INLINE VF DecodeV(VI q) {
    const VF root = hn::ConvertTo(DF(), q);
    return hn::Mul(root, root);
  }

  static HWY_INLINE VU CodeM(VF m, VF unit) {
    const DF df;
    const VF n = hn::Div(m, unit);
    const VF y = hn::Div(hn::Mul(hn::Set(df, 2.0f), n), hn::Add(hn::Set(df, 1.0f), hn::Abs(n)));
    const VF q = hn::Add(hn::Mul(hn::Set(df, 127.0f), y), hn::Set(df, 0.5f));
    return AsBits(hn::Add(hn::Floor(q), hn::Set(df, kIntegerShift)));
  }
  static HWY_INLINE VU CodeV(VF root, VF unit) {
    const DF df;
    const VF n = hn::Div(root, unit);
    return IntegerPart(hn::Add(hn::Mul(hn::Set(df, 255.0f), n), hn::Set(df, 0.5f)));
  }
  static HWY_INLINE V16 PrepareM(VF first, VF second, VF unit) {
    return hn::ShiftLeft<8>(LowHalves(CodeM(first, unit), CodeM(second, unit)));
  }
  static HWY_INLINE V16 PrepareV(VF first, VF second, VF unit) {
    const D16 d16;
    const V16 codes = hn::ShiftLeft<8>(LowHalves(CodeV(first, unit), CodeV(second, unit)));
    const V16 roots = HighHalves(AsBits(first), AsBits(second));  // 0 where the root is
    const auto zero = hn::Eq(codes, hn::Zero(d16));
    return hn::IfThenElse(zero, hn::Min(roots, hn::Set(d16, kFloorMark)), codes);
  }
  static HWY_INLINE V16 FinishM(V16 codes, V16 /*old_above*/, V16 /*moment_bits*/) { return codes; }
  static HWY_INLINE V16 FinishV(V16 codes, V16 /*moment_bits*/) { return codes; }
  static HWY_INLINE std::size_t CountFloor(V16 codes) {
    return hn::CountTrue(D16(), hn::Eq(codes, hn::Set(D16(), kFloorMark)));
  }
};

// No codec: moments are binary32.
struct UnquantisedVectors {
  static constexpr bool kQuantised = false;
  static constexpr std::uint32_t kLimit = kInfinityBits;
};

#endif  // ZEROD_HAS_FAST_PATH
}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#endif
