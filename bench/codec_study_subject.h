#ifndef ZEROD_BENCH_CODEC_STUDY_SUBJECT_H_
#define ZEROD_BENCH_CODEC_STUDY_SUBJECT_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "kernels/update.h"

namespace zerod::bench {

// One step of a studied optimizer. `scalars` are made with a learning rate of 1.
struct StudyStep {
  StepKey key;
  std::span<const float> gradients;
  UpdateScalars scalars;
};

// An optimizer with its state, under one codec. Weights are fp32 and are set to 0 before each step,
// so that the step leaves the update in them, rounded once: the weight becomes -step_size * u.
class StudySubject {
 public:
  virtual ~StudySubject() = default;
  virtual void Step(const StudyStep& step) = 0;

  // The weights after the last step: updates in units of the learning rate, with the opposite sign.
  std::span<const float> weights() const { return weights_; }
  // The greatest update of all steps, in units of the learning rate.
  double max_update() const { return max_update_; }

 protected:
  explicit StudySubject(std::size_t element_count) : weights_(element_count) {}

  std::vector<float> weights_;
  double max_update_ = 0.0;
};

// A codec to be studied, by name.
struct StudyCodec {
  std::string name;
  std::string meaning;
  // `element_count` is a multiple of kQuantGroupElements.
  std::unique_ptr<StudySubject> (*make)(UpdateRule rule, std::size_t element_count);
};

// The codecs that zerod has, as UpdateWeights runs them.
std::span<const StudyCodec> KernelCodecs();
// What was tried in place of "robust", at the same bytes; the first is "robust" itself, written
// down as candidates are.
std::span<const StudyCodec> CandidateCodecs();

inline constexpr absl::string_view kDefaultCodec = "robust";

// Out of `codecs`; kInvalidArgument names the text and what there is.
absl::StatusOr<StudyCodec> FindStudyCodec(std::span<const StudyCodec> codecs,
                                          absl::string_view name);

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_CODEC_STUDY_SUBJECT_H_
