#ifndef ZEROD_TESTS_KERNELS_TEST_SCALE_H_
#define ZEROD_TESTS_KERNELS_TEST_SCALE_H_

namespace zerod {

// Sanitizers and emulated processors slow exhaustive loops down by an order of magnitude; there the
// tests take a part.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(ZEROD_EMULATED)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace zerod

#endif  // ZEROD_TESTS_KERNELS_TEST_SCALE_H_
