#include "bench/codec_study_gradients.h"

#include <cmath>
#include <numbers>

#include "kernels/hash.h"

namespace zerod::bench {
namespace {

struct NormalPair {
  double first;
  double second;
};

// In (0, 1), from the upper 53 bits.
double Uniform(std::uint64_t bits) { return (static_cast<double>(bits >> 11) + 0.5) * 0x1p-53; }

// Box and Muller's two independent standard normal numbers.
NormalPair Normals(std::uint64_t key, std::uint64_t index) {
  const std::uint64_t bits = Mix64(key + index * kWeyl64);
  const double radius = std::sqrt(-2.0 * std::log(Uniform(bits)));
  const double angle = 2.0 * std::numbers::pi * Uniform(Mix64(bits + kWeyl64));
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

}  // namespace

StudyGradients::StudyGradients(const StudyScenario& scenario, std::size_t element_count,
                               std::uint64_t seed)
    : scenario_(scenario), noise_key_(Mix64(seed * 2)), means_(element_count) {
  const std::uint64_t size_key = Mix64(seed * 2 + 1);
  const double median = scenario.rms / std::sqrt(1.0 + scenario.noise * scenario.noise);
  for (std::size_t i = 0; i < element_count; i += 2) {
    const NormalPair normals = Normals(size_key, i / 2);
    const std::uint64_t signs = Mix64(size_key ^ i);
    means_[i] = median * std::exp(scenario.sigma * normals.first) * (signs & 1 ? 1.0 : -1.0);
    means_[i + 1] = median * std::exp(scenario.sigma * normals.second) * (signs & 2 ? 1.0 : -1.0);
  }
  gradients_.resize(element_count);
}

double StudyGradients::EventFactor(std::uint64_t step) const {
  if (step <= scenario_.EventStep()) return 1.0;
  switch (scenario_.event) {
    case StudyEvent::kNone:
      break;
    case StudyEvent::kSpike:
      return step == scenario_.EventStep() + 1 ? 2000.0 : 1.0;
    case StudyEvent::kHalfShrinks:
      return 0.1;
    case StudyEvent::kHalfReverses:
      return -0.02;
    case StudyEvent::kHalfStops:
    case StudyEvent::kAllStop:
      return 0.0;
    case StudyEvent::kAllPause:
      return step <= scenario_.step_count - scenario_.MeasuredSteps() ? 0.0 : 1.0;
  }
  return 1.0;
}

std::span<const float> StudyGradients::At(std::uint64_t step) {
  const std::uint64_t key = Mix64(noise_key_ + step * kWeyl64);
  const double event_factor = EventFactor(step);
  const auto gradient = [&](std::size_t i, double normal) {
    const double factor = IsAffected(scenario_.event, i) ? event_factor : 1.0;
    return static_cast<float>(factor * means_[i] * (1.0 + scenario_.noise * normal));
  };
  for (std::size_t i = 0; i < gradients_.size(); i += 2) {
    const NormalPair normals = Normals(key, i / 2);
    gradients_[i] = gradient(i, normals.first);
    gradients_[i + 1] = gradient(i + 1, normals.second);
  }
  return gradients_;
}

}  // namespace zerod::bench
