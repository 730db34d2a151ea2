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

// Encoders return codes in the low byte of each lane; what is above it has no meaning. Operands are
// finite, and m's are below kMLimit in magnitude: beyond it an operation might overflow, and the
// reference takes over.
constexpr std::uint32_t kMLimit = 0x7b000000;  // 2^119
struct RobustVectors {
  static constexpr bool kDithers = true;

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
  static HWY_INLINE VF MUnits(VF /*a*/, VU codes) { return DecodeScales(codes); }
  static HWY_INLINE VF VUnits(VF /*a*/, VU codes) {
    return hn::Div(hn::Set(DF(), 1.0f), DecodeScales(codes));
  }

  static HWY_INLINE VF DecodeM(VI q, VF scale) {
    const VF code = hn::ConvertTo(DF(), q);
    const VF divisor = hn::Sub(hn::Set(DF(), 254.0f), hn::Abs(code));
    return hn::Mul(scale, hn::Div(code, divisor));
  }

  static HWY_INLINE VF DecodeV(VI q, VF scale) {
    const VF root = DivideByteBy<255>(hn::ConvertTo(DF(), q));
    const VF y = hn::Mul(hn::Mul(root, root), scale);
    return hn::Mul(y, y);
  }

  static HWY_INLINE VU EncodeM(VF m, VF unit, VI old_q, VF dither) {
    const DF df;
    const VF quotient = hn::Div(hn::Mul(hn::Set(df, 254.0f), m), hn::Add(unit, hn::Abs(m)));
    const VF y = hn::Min(hn::Max(quotient, hn::Set(df, -127.0f)), hn::Set(df, 127.0f));
    return RoundAwayFrom(old_q, y, dither);
  }

  static HWY_INLINE VU EncodeV(VF root, VF unit, VF dither) {
    const DF df;
    const VF t = hn::Mul(hn::Sqrt(hn::Mul(root, unit)), hn::Set(df, 255.0f));
    const VF sum = hn::Add(t, dither);
    const VF q = hn::Min(hn::Max(sum, hn::Set(df, 1.0f)), hn::Set(df, 255.0f));
    return IntegerPart(hn::IfThenElseZero(hn::Gt(root, hn::Zero(df)), q));
  }
};

struct FlashVectors {
  static constexpr bool kDithers = false;

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

  static HWY_INLINE VF DecodeM(VI q, VF scale) {
    const VF y = DivideByteBy<127>(hn::ConvertTo(DF(), q));
    const VF divisor = hn::Sub(hn::Set(DF(), 2.0f), hn::Abs(y));
    return hn::Mul(hn::Div(y, divisor), scale);
  }

  static HWY_INLINE VF DecodeV(VI q, VF scale) {
    const VF root = hn::Mul(DivideByteBy<255>(hn::ConvertTo(DF(), q)), scale);
    return hn::Mul(root, root);
  }

  static HWY_INLINE VU EncodeM(VF m, VF unit, VI /*old_q*/, VF /*dither*/) {
    const DF df;
    const VF n = hn::Div(m, unit);
    const VF y = hn::Div(hn::Mul(hn::Set(df, 2.0f), n), hn::Add(hn::Set(df, 1.0f), hn::Abs(n)));
    const VF q = hn::Add(hn::Mul(hn::Set(df, 127.0f), y), hn::Set(df, 0.5f));
    return AsBits(hn::Add(hn::Floor(q), hn::Set(df, kIntegerShift)));
  }

  static HWY_INLINE VU EncodeV(VF root, VF unit, VF /*dither*/) {
    const DF df;
    const VF n = hn::Div(root, unit);
    return IntegerPart(hn::Add(hn::Mul(hn::Set(df, 255.0f), n), hn::Set(df, 0.5f)));
  }
};

#endif  // ZEROD_HAS_FAST_PATH
}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#endif
