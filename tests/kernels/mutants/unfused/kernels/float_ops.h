// A wrong float_ops.h for the mutation test: its multiply-add rounds twice.
#include <cmath>
#define FusedMultiplyAdd RightFusedMultiplyAdd
#include "../../../../../kernels/float_ops.h"
#undef FusedMultiplyAdd

#ifndef ZEROD_TESTS_KERNELS_MUTANTS_UNFUSED_FLOAT_OPS_H_
#define ZEROD_TESTS_KERNELS_MUTANTS_UNFUSED_FLOAT_OPS_H_

namespace zerod {

inline float FusedMultiplyAdd(float a, float b, float c) { return Add(Multiply(a, b), c); }

}  // namespace zerod

#endif  // ZEROD_TESTS_KERNELS_MUTANTS_UNFUSED_FLOAT_OPS_H_
