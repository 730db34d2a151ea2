#include "kernels/cpu/update_simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/update_simd_flash.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/cpu/update-inl.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {

void StepTaskFlash(const UpdateContext& context, const UpdateTask& task) {
  StepTaskBy<FlashVectors>(context, task);
}

}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace zerod {

HWY_EXPORT(StepTaskFlash);

void UpdateTaskFlashSimd(const UpdateContext& context, const UpdateTask& task) {
  HWY_DYNAMIC_DISPATCH(StepTaskFlash)(context, task);
}

}  // namespace zerod
#endif
