#ifndef ZEROD_EXAMPLES_TRAIN_LM_ROW_MATH_H_
#define ZEROD_EXAMPLES_TRAIN_LM_ROW_MATH_H_

#include <array>
#include <bit>
#include <cstdint>

// What the layers need on rows of floats, written so that the compiler vectorises it without being
// allowed to reorder: sums run in sixteen fixed lanes, and exp is a polynomial instead of a call.
namespace zerod::train_lm {

// e^x within 2 ulp (the polynomial of Moshier's Cephes expf); saturates at both ends, NaN stays
// NaN.
inline float Exp(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  // Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.
  const float shifted = x * 1.44269504f + 12582912.0f;
  const float n = shifted - 12582912.0f;
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = (p * r) * r + r + 1.0f;
  const std::uint32_t exponent = (std::bit_cast<std::uint32_t>(shifted) + 127u) << 23;
  return p * std::bit_cast<float>(exponent);
}

inline constexpr int kLanes = 16;

// Adds term(i) over i in [0, count), lane i % 16 first, then the lanes in order.
template <typename Term>
inline float LaneSum(int count, Term term) {
  std::array<float, kLanes> lanes{};
  const int whole = count - count % kLanes;
  for (int i = 0; i < whole; i += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) lanes[lane] += term(i + lane);
  }
  for (int i = whole; i < count; ++i) lanes[i - whole] += term(i);
  float sum = 0.0f;
  for (const float lane : lanes) sum += lane;
  return sum;
}

inline float Sum(const float* x, int count) {
  return LaneSum(count, [x](int i) { return x[i]; });
}

inline float Dot(const float* x, const float* y, int count) {
  return LaneSum(count, [x, y](int i) { return x[i] * y[i]; });
}

// count > 0.
inline float Max(const float* x, int count) {
  std::array<float, kLanes> lanes;
  lanes.fill(x[0]);
  const int whole = count - count % kLanes;
  for (int i = 0; i < whole; i += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) {
      lanes[lane] = x[i + lane] > lanes[lane] ? x[i + lane] : lanes[lane];
    }
  }
  for (int i = whole; i < count; ++i) lanes[0] = x[i] > lanes[0] ? x[i] : lanes[0];
  for (const float lane : lanes) lanes[0] = lane > lanes[0] ? lane : lanes[0];
  return lanes[0];
}

// Turns x[i] into e^(x[i] - max) and returns their sum; divided by it they are the softmax.
inline float ExpRow(float* x, int count, float max) {
  for (int i = 0; i < count; ++i) x[i] = Exp(x[i] - max);
  return Sum(x, count);
}

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_ROW_MATH_H_
