#include <algorithm>
#include <bit>
#include <cmath>

#include "base/check.h"
#include "kernels/float_bits.h"
#include "kernels/gradient_norm.h"

namespace zerod {
namespace {

// An integer of 384 bits, least significant word first: bin b weighs 2^(b-1) units of 2^-149, and
// holds below 2^63.
using WideInteger = std::array<std::uint64_t, 6>;

void AddShifted(std::uint64_t value, int shift, WideInteger* sum) {
  std::size_t word = static_cast<std::size_t>(shift) / 64;
  const int offset = shift % 64;
  unsigned __int128 carry = static_cast<unsigned __int128>(value) << offset;
  for (; carry != 0; ++word) {
    const unsigned __int128 total =
        static_cast<unsigned __int128>((*sum)[word]) + static_cast<std::uint64_t>(carry);
    (*sum)[word] = static_cast<std::uint64_t>(total);
    carry = (carry >> 64) + (total >> 64);
  }
}

int BitWidth(const WideInteger& value) {
  for (int word = 5; word >= 0; --word) {
    const std::uint64_t bits = value[static_cast<std::size_t>(word)];
    if (bits != 0) return word * 64 + std::bit_width(bits);
  }
  return 0;
}

bool Bit(const WideInteger& value, int index) {
  return (value[static_cast<std::size_t>(index) / 64] >> (index % 64) & 1) != 0;
}

bool AnyBitBelow(const WideInteger& value, int end) {
  for (int index = 0; index < end; ++index) {
    if (Bit(value, index)) return true;
  }
  return false;
}

}  // namespace

void ExactSum::Add(float value) {
  const std::uint32_t bits = BitsOf(value);
  ZEROD_CHECK(bits < kInfinityBits || bits == 0x80000000);
  const std::uint32_t exponent = (bits & kMagnitudeMask) >> 23;
  bins_[exponent] += (bits & 0x7fffff) | (exponent == 0 ? 0 : 0x800000);
}

void ExactSum::Merge(const ExactSum& other) {
  for (std::size_t i = 0; i < bins_.size(); ++i) bins_[i] += other.bins_[i];
}

double ExactSum::Round() const {
  WideInteger sum{};
  for (int bin = 0; bin < kBinCount; ++bin) {
    const std::int64_t units = bins_[static_cast<std::size_t>(bin)];
    ZEROD_CHECK(units >= 0);
    // Subnormals (bin 0) share their unit with the smallest normal numbers (bin 1).
    AddShifted(static_cast<std::uint64_t>(units), std::max(bin - 1, 0), &sum);
  }
  const int width = BitWidth(sum);
  const int dropped = std::max(width - 53, 0);
  std::uint64_t significand = 0;
  for (int index = width - 1; index >= dropped; --index) {
    significand = significand << 1 | (Bit(sum, index) ? 1 : 0);
  }
  if (dropped > 0 && Bit(sum, dropped - 1) &&
      ((significand & 1) != 0 || AnyBitBelow(sum, dropped - 1))) {
    ++significand;  // 2^53 is exact too
  }
  return std::ldexp(static_cast<double>(significand), dropped - 149);
}

}  // namespace zerod
