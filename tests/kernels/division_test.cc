#include <gtest/gtest.h>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/kernels/division_test.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/cpu/simd_types-inl.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {
namespace {

#if ZEROD_HAS_FAST_PATH
float First(VF value) { return hn::GetLane(value); }
#endif

// Every operand that the fast paths divide without dividing. Returns the number of wrong results.
int CountWrongQuotients() {
  int wrong = 0;
#if ZEROD_HAS_FAST_PATH
  const DF df;
  for (int q = -128; q <= 127; ++q) {
    const auto code = static_cast<float>(q);
    if (First(DivideByteBy<127>(hn::Set(df, code))) != code / 127.0f) ++wrong;
  }
#endif
  return wrong;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "tests/kernels/update_state.h"

namespace zerod {
namespace {

HWY_EXPORT(CountWrongQuotients);

TEST(Division, EveryQuotientIsCorrectlyRoundedOnEveryTarget) {
  ForEachTarget([](const char* target) {
    EXPECT_EQ(HWY_DYNAMIC_DISPATCH(CountWrongQuotients)(), 0) << target;
  });
}

}  // namespace
}  // namespace zerod
#endif
