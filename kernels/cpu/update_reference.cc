#include "kernels/cpu/update_reference.h"

#include <algorithm>

#include "kernels/codec_flash.h"
#include "kernels/codec_robust.h"
#include "kernels/float_environment.h"
#include "kernels/master_access.h"
#include "kernels/update_rules.h"

namespace zerod {
namespace {

GroupKey KeyOf(const UpdateContext& context, const UpdateTask& task, std::uint64_t group) {
  return MakeGroupKey(context.key.value, task.flat_begin / kQuantGroupElements + group);
}

// Updates and stores element i's master, and notices what there is to notice about it.
template <typename Rule>
UpdateResult UpdateMaster(const UpdateContext& context, const UpdateTask& task, std::uint64_t i,
                          float decayed1, float decayed2) {
  const MasterLayout layout = LayoutOf(task.dtype, task.master);
  const SplitBits old = LoadSplit(layout, task.weights, task.correction, i);
  const UpdateResult result =
      Rule::Update({.p = FloatOf(JoinMaster(layout, old)),
                    .gradient = LoadElement(task.gradient_dtype, task.gradient, i),
                    .decayed1 = decayed1,
                    .decayed2 = decayed2},
                   *task.scalars);
  const GroupKey key = KeyOf(context, task, i / kQuantGroupElements);
  const auto element = static_cast<std::uint32_t>(i % kQuantGroupElements);
  const bool finite_weight = MagnitudeBits(result.p) < MasterLimit(layout, context.rounding);
  const SplitBits split = SplitMaster(layout, context.rounding, MasterHash(key, element),
                                      finite_weight ? BitsOf(result.p) : kCanonicalNanBits);
  StoreSplit(layout, split, task.weights, task.correction, i);

  UpdateTelemetry& telemetry = *task.telemetry;
  if (!finite_weight || !IsFinite(result.m) || !IsFinite(result.v)) ++telemetry.nonfinite_count;
  if (split == old) ++telemetry.unmoved_count;
  if (IsFinite(result.u)) {
    telemetry.max_update_bits = std::max(telemetry.max_update_bits, MagnitudeBits(result.u));
  }
  return result;
}

template <typename Rule>
void UpdateUnquantisedGroup(const UpdateContext& context, const UpdateTask& task,
                            std::uint64_t group) {
  constexpr UpdateRule kRule = Rule::kRule;
  const UpdateScalars& scalars = *task.scalars;
  float* m = ElementsOf<float>(task.m);
  float* v = ElementsOf<float>(task.v);
  for (std::uint64_t i = group * kQuantGroupElements; i < (group + 1) * kQuantGroupElements; ++i) {
    const float old_m = HasM(kRule) ? m[i] : 0.0f;
    const float old_second = HasV(kRule) ? v[i] : old_m;
    const UpdateResult result = UpdateMaster<Rule>(context, task, i, Multiply(scalars.beta1, old_m),
                                                   Multiply(scalars.beta2, old_second));
    if constexpr (HasM(kRule)) m[i] = CanonicalizeNonfinite(result.m);
    if constexpr (HasV(kRule)) v[i] = CanonicalizeNonfinite(result.v);
  }
}

// What a quant group's moments decay to: codes times these.
struct DecayedScales {
  float first;
  float second;
};

template <typename Codec, UpdateRule kRule>
DecayedScales DecayScales(const std::uint16_t* scales, const UpdateScalars& s) {
  const float m_scale = Codec::MScale(scales[0]);
  if constexpr (!HasV(kRule)) return {Multiply(s.beta1, m_scale), Multiply(s.beta2, m_scale)};
  const float v_scale = Codec::VScale(scales[1]);
  return {Multiply(s.beta1, m_scale), Multiply(s.beta2, Codec::VScaleSquare(v_scale))};
}

template <typename Rule, typename Codec>
void UpdateQuantisedGroup(const UpdateContext& context, const UpdateTask& task,
                          std::uint64_t group) {
  constexpr UpdateRule kRule = Rule::kRule;
  const GroupKey key = KeyOf(context, task, group);
  const std::uint64_t begin = group * kQuantGroupElements;
  std::int8_t* m = ElementsOf<std::int8_t>(task.m) + begin;
  std::uint8_t* v = HasV(kRule) ? ElementsOf<std::uint8_t>(task.v) + begin : nullptr;
  std::uint16_t* scales = task.scales + MomentCount(kRule) * group;
  const DecayedScales decayed = DecayScales<Codec, kRule>(scales, *task.scalars);

  UpdateResult results[kQuantGroupElements];
  float max_m = 0.0f;
  float max_root = 0.0f;
  for (std::uint64_t lane = 0; lane < kQuantGroupElements; ++lane) {
    const float old_m = Codec::DecodeM(m[lane]);
    const float old_second = HasV(kRule) ? Codec::DecodeV(v[lane]) : old_m;
    const UpdateResult result =
        UpdateMaster<Rule>(context, task, begin + lane, Multiply(old_m, decayed.first),
                           Multiply(old_second, decayed.second));
    if (IsFinite(result.m)) max_m = std::max(max_m, Absolute(result.m));
    if (IsFinite(result.v)) max_root = std::max(max_root, result.root);
    results[lane] = result;
  }

  scales[0] = Codec::MScaleCode(max_m);
  const float m_unit = Codec::MUnit(max_m, scales[0]);
  for (std::uint64_t lane = 0; lane < kQuantGroupElements; ++lane) {
    const float new_m = results[lane].m;
    const std::uint32_t bits = MomentBits(key, static_cast<std::uint32_t>(lane));
    m[lane] = IsFinite(new_m) ? Codec::EncodeM(new_m, m_unit, m[lane], MByte(bits)) : 0;
  }
  if constexpr (!HasV(kRule)) return;
  scales[1] = Codec::VScaleCode(max_root, key);
  const float v_unit = Codec::VUnit(max_root, scales[1]);
  for (std::uint64_t lane = 0; lane < kQuantGroupElements; ++lane) {
    const float root = results[lane].root;
    const std::uint32_t bits = MomentBits(key, static_cast<std::uint32_t>(lane));
    v[lane] = IsFinite(results[lane].v) ? Codec::EncodeV(root, v_unit, VByte(bits)) : 255;
    if (v[lane] == Codec::kVFloor && root > 0.0f) ++task.telemetry->floor_count;
  }
}

template <typename Rule>
void UpdateGroup(const UpdateContext& context, const UpdateTask& task, std::uint64_t group) {
  if constexpr (HasM(Rule::kRule)) {
    switch (context.codec) {
      case StateCodec::kFp32:
        break;
      case StateCodec::kFlash:
        return UpdateQuantisedGroup<Rule, FlashCodec>(context, task, group);
      case StateCodec::kRobust:
        return UpdateQuantisedGroup<Rule, RobustCodec>(context, task, group);
    }
  }
  UpdateUnquantisedGroup<Rule>(context, task, group);
}

}  // namespace

void UpdateGroupReference(const UpdateContext& context, const UpdateTask& task,
                          std::uint64_t group) {
  switch (context.rule) {
    case UpdateRule::kAdam:
      return UpdateGroup<AdamRule>(context, task, group);
    case UpdateRule::kLion:
      return UpdateGroup<LionRule>(context, task, group);
    case UpdateRule::kMomentum:
      return UpdateGroup<MomentumRule>(context, task, group);
    case UpdateRule::kGradient:
      return UpdateGroup<GradientRule>(context, task, group);
  }
}

void UpdateWeightsReference(const UpdateContext& context, std::span<const UpdateTask> tasks) {
  const DefaultFloatEnvironment environment;
  for (const UpdateTask& task : tasks) {
    for (std::uint64_t group = 0; group < task.count / kQuantGroupElements; ++group) {
      UpdateGroupReference(context, task, group);
    }
  }
}

}  // namespace zerod
