// Decoding m from a table that byte permutations look up. Highway compiles this once per target.
#if defined(ZEROD_KERNELS_CPU_M_TABLE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ZEROD_KERNELS_CPU_M_TABLE_INL_H_
#undef ZEROD_KERNELS_CPU_M_TABLE_INL_H_
#else
#define ZEROD_KERNELS_CPU_M_TABLE_INL_H_
#endif

#include <array>

#include "kernels/cpu/codecs-inl.h"
#include "kernels/float_bits.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {
#if HWY_TARGET == HWY_AVX3_DL

// Definition::DecodeM of codes 0 to 127; plane b holds byte b of every entry.
template <typename Definition>
struct MTable {
  HWY_ALIGN_MAX std::array<std::array<std::uint8_t, 128>, 4> planes;

  MTable() {
    for (int code = 0; code < 128; ++code) {
      const std::uint32_t bits = BitsOf(Definition::DecodeM(static_cast<std::int8_t>(code)));
      for (std::size_t b = 0; b < 4; ++b) {
        planes[b][static_cast<std::size_t>(code)] = static_cast<std::uint8_t>(bits >> (8 * b));
      }
    }
  }
  static const MTable& Instance() {
    static const MTable table;
    return table;
  }
};

// Where byte i must come from so that unpacking the planes' bytes to words and these to 32 bits,
// which stays within 16 bytes, leaves elements in their order.
inline constexpr std::array<std::uint8_t, 64> kUnpackOrder = [] {
  std::array<std::uint8_t, 64> order{};
  for (std::size_t i = 0; i < 64; ++i) {
    order[i] = static_cast<std::uint8_t>(i / 4 % 4 * 16 + i / 16 * 4 + i % 4);
  }
  return order;
}();

// `count` codes, a multiple of 32, to as many floats and a multiple of 64. A division takes as long
// as everything here does for four vectors.
template <typename Definition>
HWY_INLINE void DecodeMsByTable(const std::int8_t* codes, std::size_t count, float* to) {
  const MTable<Definition>& table = MTable<Definition>::Instance();
  const __m512i order = _mm512_loadu_si512(kUnpackOrder.data());
  for (std::size_t at = 0; at < count; at += 64) {
    const __mmask64 present = count - at < 64 ? 0xffffffffu : ~std::uint64_t{0};
    const __m512i q = _mm512_permutexvar_epi8(order, _mm512_maskz_loadu_epi8(present, codes + at));
    const __m512i index = _mm512_min_epu8(_mm512_abs_epi8(q), _mm512_set1_epi8(127));
    __m512i bytes[4];
    for (std::size_t b = 0; b < 4; ++b) {
      const std::uint8_t* plane = table.planes[b].data();
      bytes[b] =
          _mm512_permutex2var_epi8(_mm512_load_si512(plane), index, _mm512_load_si512(plane + 64));
    }
    // The upper bit of 0x80 is the sign: bytes[3] ^ (q & 0x80).
    bytes[3] = _mm512_ternarylogic_epi32(bytes[3], q, _mm512_set1_epi8(-128), 0x78);
    const __m512i low[2] = {_mm512_unpacklo_epi8(bytes[0], bytes[1]),
                            _mm512_unpackhi_epi8(bytes[0], bytes[1])};
    const __m512i high[2] = {_mm512_unpacklo_epi8(bytes[2], bytes[3]),
                             _mm512_unpackhi_epi8(bytes[2], bytes[3])};
    for (std::size_t k = 0; k < 2; ++k) {
      _mm512_store_si512(to + at + 32 * k, _mm512_unpacklo_epi16(low[k], high[k]));
      _mm512_store_si512(to + at + 32 * k + 16, _mm512_unpackhi_epi16(low[k], high[k]));
    }
  }
}

#endif  // AVX3_DL
}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#endif
