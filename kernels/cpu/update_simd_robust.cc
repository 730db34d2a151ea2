#include "kernels/cpu/update_simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/update_simd_robust.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/cpu/update-inl.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {

void StepTaskRobust(const UpdateContext& context, const UpdateTask& task) {
  StepTaskBy<RobustVectors>(context, task);
}

}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace zerod {

HWY_EXPORT(StepTaskRobust);

void UpdateTaskRobustSimd(const UpdateContext& context, const UpdateTask& task) {
  HWY_DYNAMIC_DISPATCH(StepTaskRobust)(context, task);
}

}  // namespace zerod
#endif
