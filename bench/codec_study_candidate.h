#ifndef ZEROD_BENCH_CODEC_STUDY_CANDIDATE_H_
#define ZEROD_BENCH_CODEC_STUDY_CANDIDATE_H_

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "bench/codec_study_subject.h"
#include "kernels/float_bits.h"
#include "kernels/hash.h"
#include "kernels/update_rules.h"

namespace zerod::bench {

// An optimizer under a candidate codec. A candidate has the functions of RobustCodec, but for 16
// random bits where that has a byte (their upper one is that byte), and says whether updates are
// bounded. One step of a group is written as the kernels' reference has it; a test holds the two
// against each other.
template <typename Rule, typename Candidate>
class CandidateSubject : public StudySubject {
 public:
  explicit CandidateSubject(std::size_t element_count)
      : StudySubject(element_count),
        m_(element_count),
        v_(element_count),
        m_scales_(element_count / kQuantGroupElements),
        v_scales_(element_count / kQuantGroupElements) {}

  void Step(const StudyStep& step) override {
    UpdateScalars scalars = step.scalars;
    if (!Candidate::kIsBounded) scalars.update_bound = std::numeric_limits<float>::infinity();
    for (std::size_t group = 0; group < m_scales_.size(); ++group) {
      const Results results = UpdateGroup(group, step.gradients, scalars);
      const GroupKey key = MakeGroupKey(step.key.value, group);
      EncodeM(group, results, key);
      if (HasV(Rule::kRule)) EncodeV(group, results, key);
    }
  }

 private:
  using Results = std::array<UpdateResult, kQuantGroupElements>;

  Results UpdateGroup(std::size_t group, std::span<const float> gradients,
                      const UpdateScalars& scalars) {
    const float m_scale = Candidate::MScale(m_scales_[group]);
    const float second_scale =
        HasV(Rule::kRule) ? Candidate::VScaleSquare(Candidate::VScale(v_scales_[group])) : m_scale;
    const float decayed1 = Multiply(scalars.beta1, m_scale);
    const float decayed2 = Multiply(scalars.beta2, second_scale);
    Results results;
    for (std::size_t lane = 0; lane < kQuantGroupElements; ++lane) {
      const std::size_t i = group * kQuantGroupElements + lane;
      const float old_m = Candidate::DecodeM(m_[i]);
      const float old_second = HasV(Rule::kRule) ? Candidate::DecodeV(v_[i]) : old_m;
      results[lane] = Rule::Update({.p = 0.0f,
                                    .gradient = gradients[i],
                                    .decayed1 = Multiply(old_m, decayed1),
                                    .decayed2 = Multiply(old_second, decayed2)},
                                   scalars);
      weights_[i] = results[lane].p;
      const double update = static_cast<double>(Absolute(results[lane].u)) * scalars.update_unit;
      max_update_ = std::max(max_update_, update);
    }
    return results;
  }

  void EncodeM(std::size_t group, const Results& results, GroupKey key) {
    float greatest = 0.0f;
    for (const UpdateResult& result : results) greatest = std::max(greatest, Absolute(result.m));
    m_scales_[group] = Candidate::MScaleCode(greatest);
    const float unit = Candidate::MUnit(greatest, m_scales_[group]);
    for (std::uint32_t lane = 0; lane < kQuantGroupElements; ++lane) {
      std::int8_t& code = m_[group * kQuantGroupElements + lane];
      code = Candidate::EncodeM(results[lane].m, unit, code, MomentBits(key, lane));
    }
  }

  void EncodeV(std::size_t group, const Results& results, GroupKey key) {
    float greatest = 0.0f;
    for (const UpdateResult& result : results) greatest = std::max(greatest, result.root);
    v_scales_[group] = Candidate::VScaleCode(greatest, key);
    const float unit = Candidate::VUnit(greatest, v_scales_[group]);
    for (std::uint32_t lane = 0; lane < kQuantGroupElements; ++lane) {
      const std::uint32_t bits = MomentBits(key, lane);
      const std::uint32_t swapped = VByte(bits) << 8 | MByte(bits);
      v_[group * kQuantGroupElements + lane] =
          Candidate::EncodeV(results[lane].root, unit, swapped);
    }
  }

  std::vector<std::int8_t> m_;
  std::vector<std::uint8_t> v_;
  std::vector<std::uint16_t> m_scales_;
  std::vector<std::uint16_t> v_scales_;
};

template <typename Candidate>
std::unique_ptr<StudySubject> MakeCandidate(UpdateRule rule, std::size_t element_count) {
  if (rule == UpdateRule::kLion) {
    return std::make_unique<CandidateSubject<LionRule, Candidate>>(element_count);
  }
  return std::make_unique<CandidateSubject<AdamRule, Candidate>>(element_count);
}

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_CODEC_STUDY_CANDIDATE_H_
