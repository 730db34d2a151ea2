// A step on a task by the vector. Highway compiles this once per target.
#if defined(ZEROD_KERNELS_CPU_UPDATE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ZEROD_KERNELS_CPU_UPDATE_INL_H_
#undef ZEROD_KERNELS_CPU_UPDATE_INL_H_
#else
#define ZEROD_KERNELS_CPU_UPDATE_INL_H_
#endif

#include <algorithm>

#include "kernels/cpu/encode_chunk-inl.h"
#include "kernels/cpu/update_chunk-inl.h"
#include "kernels/cpu/update_reference.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {
#if ZEROD_HAS_FAST_PATH

HWY_INLINE std::uint32_t MaxOfLanes(VU vector) { return hn::GetLane(hn::MaxOfLanes(DU(), vector)); }

// Stores what an ordinary chunk's scratch holds. Direct masters go with the codes, others apart.
template <typename Codec, UpdateRule kRule, typename Source>
HWY_INLINE void StoreChunk(const Chunk& chunk, ChunkScratch& scratch) {
  UpdateTelemetry& telemetry = *chunk.task.telemetry;
  constexpr bool kTogether = Codec::kQuantised && Source::kIsDirect;
  std::size_t unmoved_count = 0;
  if constexpr (Codec::kQuantised) {
    const bool stochastic = chunk.context.rounding == MasterRounding::kStochastic;
    const auto store_masters = [&](std::size_t slot) HWY_ATTR {
      if constexpr (kTogether) {
        unmoved_count +=
            StoreGroupMasters<MasterLayout::kBf16With8>(chunk, slot, stochastic, scratch);
      }
    };
    StoreChunkScales<kRule>(chunk, scratch);
    telemetry.floor_count += EncodeChunk<Codec, kRule>(chunk, scratch, store_masters);
  } else {
    StoreUnquantised<kRule>(chunk, scratch);
  }
  if constexpr (!kTogether) unmoved_count = StoreChunkMasters(chunk, scratch);
  telemetry.unmoved_count += unmoved_count;
}

// Returns false, and has changed nothing, where some value is out of the ordinary.
template <typename Codec, UpdateRule kRule, typename Source>
HWY_INLINE bool StepChunk(const Chunk& chunk, const ScalarVectors& s, ChunkScratch& scratch) {
  if constexpr (Codec::kQuantised) DecodeChunkScales<Codec, kRule>(chunk, s, scratch);
  const ChunkMaxima<Source> maxima = UpdateChunk<Codec, kRule, Source>(chunk, s, scratch);
  const std::uint32_t limit = MasterLimit(chunk.layout, chunk.context.rounding);
  if (HWY_UNLIKELY(!maxima.ordinary_moments || MaxOfLanes(maxima.Masters()) >= limit)) {
    return false;
  }
  StoreChunk<Codec, kRule, Source>(chunk, scratch);
  UpdateTelemetry& telemetry = *chunk.task.telemetry;
  telemetry.max_update_bits = std::max(telemetry.max_update_bits, MaxOfLanes(maxima.u));
  return true;
}

template <typename Codec, UpdateRule kRule>
void StepTask(const UpdateContext& context, const UpdateTask& caller_task) {
  if (caller_task.count == 0) return;
  const UpdateTask task = caller_task;
  const Streams streams(context, task);
  const ScalarVectors scalars = BroadcastScalars(*task.scalars);
  const MasterLayout layout = LayoutOf(task.dtype, task.master);
  const bool direct = layout == MasterLayout::kBf16With8 && task.gradient_dtype == DType::kBf16 &&
                      task.scalars->coupled_decay == 0.0f;
  const std::uint64_t group_count = task.count / kQuantGroupElements;
  ChunkScratch scratch = {};
  for (std::uint64_t first = 0; first < group_count; first += kChunkGroups) {
    const Chunk chunk = {context, task,
                         streams, layout,
                         first,   std::min<std::uint64_t>(kChunkGroups, group_count - first)};
    bool ordinary;
    if (direct) {
      ordinary = StepChunk<Codec, kRule, DirectSource>(chunk, scalars, scratch);
    } else {
      StageChunk(chunk, scratch);
      ordinary = StepChunk<Codec, kRule, StagedSource>(chunk, scalars, scratch);
    }
    if (HWY_LIKELY(ordinary)) continue;
    // Maxima that slots beyond a short chunk's end have kept from before must not stay.
    scratch = {};
    for (std::size_t slot = 0; slot < chunk.slots; ++slot) {
      UpdateGroupReference(context, task, first + slot);
    }
  }
}

template <typename Codec>
void StepTaskBy(const UpdateContext& context, const UpdateTask& task) {
  switch (context.rule) {
    case UpdateRule::kAdam:
      return StepTask<Codec, UpdateRule::kAdam>(context, task);
    case UpdateRule::kLion:
      return StepTask<Codec, UpdateRule::kLion>(context, task);
    case UpdateRule::kMomentum:
      return StepTask<Codec, UpdateRule::kMomentum>(context, task);
    case UpdateRule::kGradient:
      return StepTask<UnquantisedVectors, UpdateRule::kGradient>(context, task);
  }
}

#else

struct RobustVectors;
struct FlashVectors;
struct UnquantisedVectors;

template <typename Codec>
void StepTaskBy(const UpdateContext& context, const UpdateTask& task) {
  UpdateWeightsReference(context, std::span(&task, 1));
}

#endif  // ZEROD_HAS_FAST_PATH
}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#endif
