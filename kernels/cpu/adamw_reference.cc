#include "kernels/cpu/adamw_reference.h"

#include <algorithm>

#include "kernels/adamw_update.h"
#include "kernels/codec_flash.h"
#include "kernels/codec_robust.h"
#include "kernels/task_access.h"

namespace zerod {
namespace {

AdamWResult UpdateElement(const AdamWTask& task, std::uint64_t i, float m, float v) {
  return AdamWUpdate({.p = LoadMaster(task.dtype, task.master, task.weights, task.correction, i),
                      .m = m,
                      .v = v,
                      .gradient = LoadElement(task.gradient_dtype, task.gradient, i)},
                     *task.scalars);
}

bool StoreWeight(const UpdateContext& context, const AdamWTask& task, GroupKey key, std::uint64_t i,
                 float p) {
  const auto element = static_cast<std::uint32_t>(i % kQuantGroupElements);
  return StoreMaster(task.dtype, task.master, context.rounding, MasterHash(key, element), p,
                     task.weights, task.correction, i);
}

GroupKey KeyOf(const UpdateContext& context, const AdamWTask& task, std::uint64_t group) {
  return MakeGroupKey(context.key.value, task.flat_begin / kQuantGroupElements + group);
}

std::uint64_t UpdateUnquantisedGroup(const UpdateContext& context, const AdamWTask& task,
                                     std::uint64_t group) {
  const GroupKey key = KeyOf(context, task, group);
  float* m = ElementsOf<float>(task.m);
  float* v = ElementsOf<float>(task.v);
  std::uint64_t nonfinite_count = 0;
  for (std::uint64_t i = group * kQuantGroupElements; i < (group + 1) * kQuantGroupElements; ++i) {
    const AdamWResult result = UpdateElement(task, i, m[i], v[i]);
    m[i] = CanonicalizeNonfinite(result.m);
    v[i] = CanonicalizeNonfinite(result.v);
    const bool finite_weight = StoreWeight(context, task, key, i, result.p);
    if (!finite_weight || !IsFinite(result.m) || !IsFinite(result.v)) ++nonfinite_count;
  }
  return nonfinite_count;
}

template <typename Codec>
std::uint64_t UpdateQuantisedGroup(const UpdateContext& context, const AdamWTask& task,
                                   std::uint64_t group) {
  const GroupKey key = KeyOf(context, task, group);
  const std::uint64_t begin = group * kQuantGroupElements;
  auto* m = ElementsOf<typename Codec::M>(task.m) + begin;
  auto* v = ElementsOf<typename Codec::V>(task.v) + begin;
  std::uint16_t* scales = task.scales + 2 * group;
  const float old_m_scale = Codec::MScale(scales[0]);
  const float old_v_scale = Codec::VScale(scales[1]);

  AdamWResult results[kQuantGroupElements];
  float max_m = 0.0f;
  float max_root = 0.0f;
  std::uint64_t nonfinite_count = 0;
  for (std::uint64_t lane = 0; lane < kQuantGroupElements; ++lane) {
    AdamWResult& result = results[lane];
    result = UpdateElement(task, begin + lane, Codec::DecodeM(m[lane], old_m_scale),
                           Codec::DecodeV(v[lane], old_v_scale));
    const bool finite_weight = StoreWeight(context, task, key, begin + lane, result.p);
    if (!finite_weight || !IsFinite(result.m) || !IsFinite(result.v)) ++nonfinite_count;
    if (IsFinite(result.m)) max_m = std::max(max_m, Absolute(result.m));
    if (IsFinite(result.v)) max_root = std::max(max_root, result.root);
  }

  scales[0] = Codec::MScaleCode(max_m);
  scales[1] = Codec::VScaleCode(max_root, key);
  const float m_unit = Codec::MUnit(max_m, scales[0]);
  const float v_unit = Codec::VUnit(max_root, scales[1]);
  for (std::uint64_t lane = 0; lane < kQuantGroupElements; ++lane) {
    const AdamWResult& result = results[lane];
    const std::uint32_t bits = MomentBits(key, static_cast<std::uint32_t>(lane));
    m[lane] =
        IsFinite(result.m) ? Codec::EncodeM(result.m, m_unit, m[lane], Dither(MByte(bits))) : 0;
    v[lane] = IsFinite(result.v) ? Codec::EncodeV(result.root, v_unit, Dither(VByte(bits))) : 255;
  }
  return nonfinite_count;
}

}  // namespace

std::uint64_t UpdateAdamWGroupReference(const UpdateContext& context, const AdamWTask& task,
                                        std::uint64_t group) {
  switch (context.codec) {
    case StateCodec::kFp32:
      return UpdateUnquantisedGroup(context, task, group);
    case StateCodec::kFlash:
      return UpdateQuantisedGroup<FlashCodec>(context, task, group);
    case StateCodec::kRobust:
      return UpdateQuantisedGroup<RobustCodec>(context, task, group);
  }
  return 0;
}

UpdateReport UpdateAdamWReference(const UpdateContext& context, std::span<const AdamWTask> tasks) {
  UpdateReport report;
  for (const AdamWTask& task : tasks) {
    for (std::uint64_t group = 0; group < task.count / kQuantGroupElements; ++group) {
      report.nonfinite_count += UpdateAdamWGroupReference(context, task, group);
    }
  }
  return report;
}

}  // namespace zerod
