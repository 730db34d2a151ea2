// What was tried in place of the default codec, at the same bytes.
#include <array>

#include "bench/codec_study_candidate.h"
#include "bench/codec_study_m_candidates.h"
#include "bench/codec_study_v_candidates.h"

namespace zerod::bench {

std::span<const StudyCodec> CandidateCodecs() {
  static const auto codecs = std::to_array<StudyCodec>({
      {"robust", "the default", MakeCandidate<RobustCandidate>},
      {"divided", "m and v divided and dithered in binary32", MakeCandidate<Divided>},
      {"dither_4_bits", "4 random bits instead of 8", MakeCandidate<DitherOf<4>>},
      {"dither_16_bits", "16 random bits instead of 8", MakeCandidate<DitherOf<16>>},
      {"unbounded", "no bound on the update", MakeCandidate<Unbounded>},
      {"m_nearest", "m to the nearest code", MakeCandidate<MNearest>},
      {"m_dithered", "m always dithered", MakeCandidate<MDithered>},
      {"m_linear", "m linear in its codes", MakeCandidate<MLinear>},
      {"m_square_root", "sqrt(|m|) linear in its codes", MakeCandidate<MSquareRoot>},
      {"v_nearest", "v to the nearest code", MakeCandidate<VNearest>},
      {"v_scale_nearest", "v's scale to the nearest code", MakeCandidate<VScaleNearest>},
      {"v_square_root", "sqrt(v) linear in its codes", MakeCandidate<VSquareRoot>},
      {"v_eighth_root", "v's eighth root linear in its codes", MakeCandidate<VEighthRoot>},
      {"v_logarithmic", "log v linear in its codes", MakeCandidate<VLogarithmic>},
      {"v_unbiased", "v dithered so that its mean stays", MakeCandidate<VUnbiased>},
  });
  return codecs;
}

}  // namespace zerod::bench
