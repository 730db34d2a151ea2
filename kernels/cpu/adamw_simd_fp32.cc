#include "kernels/cpu/adamw_simd.h"
#include "kernels/cpu/weight_layout.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/adamw_simd_fp32.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/cpu/adamw-inl.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {

std::uint64_t UpdateTaskFp32(const UpdateContext& context, const AdamWTask& task) {
#if ZEROD_HAS_FAST_PATH
  return DispatchTask<UnquantisedUpdater>(context, task);
#else
  return UpdateAdamWReference(context, std::span(&task, 1)).nonfinite_count;
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace zerod {

HWY_EXPORT(UpdateTaskFp32);

std::uint64_t UpdateTaskFp32Simd(const UpdateContext& context, const AdamWTask& task) {
  return HWY_DYNAMIC_DISPATCH(UpdateTaskFp32)(context, task);
}

}  // namespace zerod
#endif
