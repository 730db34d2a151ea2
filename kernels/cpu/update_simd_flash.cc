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
#if ZEROD_HAS_FAST_PATH
  switch (context.rule) {
    case UpdateRule::kAdam:
      return StepTask<FlashVectors, UpdateRule::kAdam>(context, task);
    case UpdateRule::kLion:
      return StepTask<FlashVectors, UpdateRule::kLion>(context, task);
    case UpdateRule::kMomentum:
      return StepTask<FlashVectors, UpdateRule::kMomentum>(context, task);
    case UpdateRule::kGradient:
      return StepTask<UnquantisedVectors, UpdateRule::kGradient>(context, task);
  }
#else
  UpdateWeightsReference(context, std::span(&task, 1));
#endif
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
