#include "kernels/cpu/adamw_simd.h"
#include "kernels/cpu/weight_layout.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/adamw_simd_flash.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/cpu/adamw_quantised-inl.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {

std::uint64_t UpdateTaskFlash(const UpdateContext& context, const AdamWTask& task) {
#if ZEROD_HAS_FAST_PATH
  return DispatchTask<QuantisedUpdater<FlashVectors>>(context, task);
#else
  return UpdateAdamWReference(context, std::span(&task, 1)).nonfinite_count;
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace zerod {

HWY_EXPORT(UpdateTaskFlash);

std::uint64_t UpdateTaskFlashSimd(const UpdateContext& context, const AdamWTask& task) {
  return HWY_DYNAMIC_DISPATCH(UpdateTaskFlash)(context, task);
}

}  // namespace zerod
#endif
