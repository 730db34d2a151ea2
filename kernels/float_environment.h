#ifndef ZEROD_KERNELS_FLOAT_ENVIRONMENT_H_
#define ZEROD_KERNELS_FLOAT_ENVIRONMENT_H_

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace zerod {

// While it lives, this thread rounds to nearest even and keeps subnormals, whatever the program
// around has chosen (a trainer may flush subnormals for its own sake, and threads inherit that).
// Every entry into the numerics on a CPU holds one.
class DefaultFloatEnvironment {
 public:
  DefaultFloatEnvironment() : saved_(Read()) {
    if ((saved_ & kDeviations) != 0) Write(saved_ & ~kDeviations);
  }
  ~DefaultFloatEnvironment() {
    if ((saved_ & kDeviations) != 0) Write(saved_);
  }
  DefaultFloatEnvironment(const DefaultFloatEnvironment&) = delete;
  DefaultFloatEnvironment& operator=(const DefaultFloatEnvironment&) = delete;

 private:
#if defined(__x86_64__)
  using Register = std::uint32_t;
  static constexpr Register kDeviations = 0xe040;  // MXCSR: flush, rounding, take subnormals as 0
  static Register Read() { return _mm_getcsr(); }
  static void Write(Register value) { _mm_setcsr(value); }
#elif defined(__aarch64__)
  using Register = std::uint64_t;
  static constexpr Register kDeviations = 0x1c80000;  // FPCR: FZ, rounding, FZ16
  static Register Read() {
    Register value;
    asm volatile("mrs %0, fpcr" : "=r"(value));
    return value;
  }
  static void Write(Register value) { asm volatile("msr fpcr, %0" : : "r"(value)); }
#else
#error "zerod's CPU numerics know the floating-point environments of x86-64 and AArch64 only"
#endif

  const Register saved_;
};

}  // namespace zerod

#endif  // ZEROD_KERNELS_FLOAT_ENVIRONMENT_H_
