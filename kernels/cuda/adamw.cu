#include "kernels/adamw_update.h"
#include "kernels/codec_flash.h"
#include "kernels/codec_robust.h"
#include "kernels/cuda/adamw_launch.h"
#include "kernels/task_access.h"

namespace zerod {
namespace {

constexpr unsigned kWholeWarp = 0xffffffffu;
constexpr int kWarpsPerBlock = 8;
constexpr int kBlocksPerTask = 256;

__device__ AdamWResult UpdateElement(const AdamWTask& task, std::uint64_t i, float m, float v) {
  return AdamWUpdate({LoadMaster(task.dtype, task.master, task.weights, task.correction, i), m, v,
                      LoadElement(task.gradient_dtype, task.gradient, i)},
                     *task.scalars);
}

// Stores the weight; returns whether the whole element is finite.
__device__ bool StoreWeight(const UpdateContext& context, const AdamWTask& task, std::uint32_t hash,
                            std::uint64_t i, const AdamWResult& result) {
  const bool finite = StoreMaster(task.dtype, task.master, context.rounding, hash, result.p,
                                  task.weights, task.correction, i);
  return finite && IsFinite(result.m) && IsFinite(result.v);
}

__device__ float WarpMaximum(float value, bool counts) {
  return FloatOf(__reduce_max_sync(kWholeWarp, counts ? MagnitudeBits(value) : 0u));
}

__device__ bool UpdateUnquantised(const UpdateContext& context, const AdamWTask& task,
                                  std::uint64_t i, std::uint32_t hash) {
  float* m = ElementsOf<float>(task.m) + i;
  float* v = ElementsOf<float>(task.v) + i;
  const AdamWResult result = UpdateElement(task, i, *m, *v);
  *m = CanonicalizeNonfinite(result.m);
  *v = CanonicalizeNonfinite(result.v);
  return StoreWeight(context, task, hash, i, result);
}

// One quant group by one warp, an element a lane.
template <typename Codec>
__device__ bool UpdateQuantised(const UpdateContext& context, const AdamWTask& task,
                                std::uint64_t group, std::uint64_t i, GroupKey key,
                                std::uint32_t hash) {
  const std::uint32_t bits = MomentBits(key, static_cast<std::uint32_t>(i % kQuantGroupElements));
  auto* m = ElementsOf<typename Codec::M>(task.m) + i;
  auto* v = ElementsOf<typename Codec::V>(task.v) + i;
  std::uint16_t* scales = task.scales + 2 * group;
  const auto old_q = *m;
  const AdamWResult result = UpdateElement(task, i, Codec::DecodeM(old_q, Codec::MScale(scales[0])),
                                           Codec::DecodeV(*v, Codec::VScale(scales[1])));
  const bool finite_m = IsFinite(result.m);
  const bool finite_v = IsFinite(result.v);
  const float max_m = WarpMaximum(result.m, finite_m);  // all lanes have read the old scales here
  const float max_root = WarpMaximum(result.root, finite_v);
  const std::uint16_t m_code = Codec::MScaleCode(max_m);
  const std::uint16_t v_code = Codec::VScaleCode(max_root, key);
  *m = finite_m ? Codec::EncodeM(result.m, Codec::MUnit(max_m, m_code), old_q, Dither(MByte(bits)))
                : 0;
  *v = finite_v ? Codec::EncodeV(result.root, Codec::VUnit(max_root, v_code), Dither(VByte(bits)))
                : 255;
  if (i % kQuantGroupElements == 0) {
    scales[0] = m_code;
    scales[1] = v_code;
  }
  return StoreWeight(context, task, hash, i, result);
}

__device__ bool UpdateLane(const UpdateContext& context, const AdamWTask& task, std::uint64_t group,
                           std::uint32_t lane) {
  const std::uint64_t i = group * kQuantGroupElements + lane;
  const GroupKey key =
      MakeGroupKey(context.key.value, task.flat_begin / kQuantGroupElements + group);
  const std::uint32_t hash = MasterHash(key, lane);
  switch (context.codec) {
    case StateCodec::kFp32:
      return UpdateUnquantised(context, task, i, hash);
    case StateCodec::kFlash:
      return UpdateQuantised<FlashCodec>(context, task, group, i, key, hash);
    case StateCodec::kRobust:
      return UpdateQuantised<RobustCodec>(context, task, group, i, key, hash);
  }
  return true;
}

// Row y of the grid takes task y; its warps stride over the task's groups.
__global__ void AdamWKernel(AdamWLaunch launch) {
  const AdamWTask task = launch.tasks[blockIdx.y];
  const std::uint32_t lane = threadIdx.x % 32;
  const std::uint64_t group_count = task.count / kQuantGroupElements;
  for (std::uint64_t group = blockIdx.x * kWarpsPerBlock + threadIdx.x / 32; group < group_count;
       group += std::uint64_t{gridDim.x} * kWarpsPerBlock) {
    const bool finite = UpdateLane(launch.context, task, group, lane);
    const int nonfinite = __popc(__ballot_sync(kWholeWarp, !finite));
    if (lane == 0 && nonfinite != 0) {
      atomicAdd(launch.nonfinite_count, static_cast<unsigned long long>(nonfinite));
    }
  }
}

}  // namespace

cudaError_t LaunchAdamW(const AdamWLaunch& launch, cudaStream_t stream) {
  if (launch.task_count == 0) return cudaSuccess;
  const dim3 grid(kBlocksPerTask, static_cast<unsigned>(launch.task_count));
  AdamWKernel<<<grid, kWarpsPerBlock * 32, 0, stream>>>(launch);
  return cudaGetLastError();
}

}  // namespace zerod
