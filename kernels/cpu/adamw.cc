#include "kernels/adamw.h"

#include "kernels/cpu/adamw_simd.h"

namespace zerod {
namespace {

std::uint64_t UpdateTask(const UpdateContext& context, const AdamWTask& task) {
  switch (context.codec) {
    case StateCodec::kFp32:
      return UpdateTaskFp32Simd(context, task);
    case StateCodec::kFlash:
      return UpdateTaskFlashSimd(context, task);
    case StateCodec::kRobust:
      return UpdateTaskRobustSimd(context, task);
  }
  return 0;
}

}  // namespace

UpdateReport UpdateAdamW(const UpdateContext& context, std::span<const AdamWTask> tasks) {
  UpdateReport report;
  for (const AdamWTask& task : tasks) report.nonfinite_count += UpdateTask(context, task);
  return report;
}

}  // namespace zerod
