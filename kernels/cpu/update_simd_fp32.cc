#include "kernels/cpu/update_simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/update_simd_fp32.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/cpu/update-inl.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {

void StepTaskFp32(const UpdateContext& context, const UpdateTask& task) {
  StepTaskBy<UnquantisedVectors>(context, task);
}

}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace zerod {

HWY_EXPORT(StepTaskFp32);

void UpdateTaskFp32Simd(const UpdateContext& context, const UpdateTask& task) {
  HWY_DYNAMIC_DISPATCH(StepTaskFp32)(context, task);
}

}  // namespace zerod
#endif
