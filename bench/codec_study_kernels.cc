// The codecs that zerod has, as UpdateWeights runs them.
#include <algorithm>
#include <array>
#include <limits>

#include "absl/strings/str_cat.h"
#include "bench/codec_study_subject.h"
#include "kernels/float_bits.h"

namespace zerod::bench {
namespace {

class KernelSubject : public StudySubject {
 public:
  KernelSubject(UpdateRule rule, StateCodec codec, bool is_bounded, std::size_t element_count)
      : StudySubject(element_count),
        rule_(rule),
        codec_(codec),
        is_bounded_(is_bounded),
        m_(element_count * MomentBytes(codec)),
        v_(HasV(rule) ? element_count * MomentBytes(codec) : 0),
        scales_(element_count / kQuantGroupElements * MomentCount(rule)) {}

  void Step(const StudyStep& step) override {
    UpdateScalars scalars = step.scalars;
    if (!is_bounded_) scalars.update_bound = std::numeric_limits<float>::infinity();
    std::fill(weights_.begin(), weights_.end(), 0.0f);
    UpdateTelemetry telemetry;
    const UpdateTask task = {
        .count = weights_.size(),
        .dtype = DType::kFp32,
        .master = MasterFormat::kNone,
        .gradient_dtype = DType::kFp32,
        .gradient = std::as_bytes(step.gradients).data(),
        .weights = std::as_writable_bytes(std::span(weights_)).data(),
        .m = m_.data(),
        .v = HasV(rule_) ? v_.data() : nullptr,
        .scales = codec_ == StateCodec::kFp32 ? nullptr : scales_.data(),
        .scalars = &scalars,
        .telemetry = &telemetry,
    };
    const UpdateContext context = {.rule = rule_, .codec = codec_, .key = step.key};
    UpdateWeights(context, std::span(&task, 1));
    const double update =
        static_cast<double>(FloatOf(telemetry.max_update_bits)) * scalars.update_unit;
    max_update_ = std::max(max_update_, update);
  }

 private:
  UpdateRule rule_;
  StateCodec codec_;
  bool is_bounded_;
  std::vector<std::byte> m_;
  std::vector<std::byte> v_;
  std::vector<std::uint16_t> scales_;
};

template <StateCodec kCodec, bool kIsBounded>
std::unique_ptr<StudySubject> Make(UpdateRule rule, std::size_t element_count) {
  return std::make_unique<KernelSubject>(rule, kCodec, kIsBounded, element_count);
}

}  // namespace

std::span<const StudyCodec> KernelCodecs() {
  static const auto codecs = std::to_array<StudyCodec>({
      {"fp32", "states unquantised", Make<StateCodec::kFp32, true>},
      {"flash", "FlashOptim's, as published: nothing bounds the update",
       Make<StateCodec::kFlash, false>},
      {"flash_bounded", "FlashOptim's, with the update bound that every codec has here",
       Make<StateCodec::kFlash, true>},
      {"robust", "the default", Make<StateCodec::kRobust, true>},
  });
  return codecs;
}

absl::StatusOr<StudyCodec> FindStudyCodec(std::span<const StudyCodec> codecs,
                                          absl::string_view name) {
  std::string names;
  for (const StudyCodec& codec : codecs) {
    if (codec.name == name) return codec;
    absl::StrAppend(&names, names.empty() ? "" : ", ", codec.name);
  }
  return absl::InvalidArgumentError(absl::StrCat("'", name, "' is not a codec; there are ", names));
}

}  // namespace zerod::bench
