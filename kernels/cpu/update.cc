#include "kernels/update.h"

#include "base/check.h"
#include "kernels/cpu/update_simd.h"
#include "kernels/float_environment.h"

namespace zerod {
namespace {

void UpdateOne(const UpdateContext& context, const UpdateTask& task) {
  ZEROD_CHECK(task.count % kQuantGroupElements == 0);
  switch (context.codec) {
    case StateCodec::kFp32:
      return UpdateTaskFp32Simd(context, task);
    case StateCodec::kFlash:
      return UpdateTaskFlashSimd(context, task);
    case StateCodec::kRobust:
      return UpdateTaskRobustSimd(context, task);
  }
}

}  // namespace

void UpdateWeights(const UpdateContext& context, std::span<const UpdateTask> tasks) {
  const DefaultFloatEnvironment environment;
  for (const UpdateTask& task : tasks) UpdateOne(context, task);
}

}  // namespace zerod
