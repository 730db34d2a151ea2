#include "tests/kernels/update_state.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "kernels/element_access.h"
#include "kernels/float_bits.h"

namespace zerod {
namespace {

// The greatest finite and the smallest normal number of a dtype; bf16 shares binary32's exponents.
float GreatestOf(DType dtype) {
  return dtype == DType::kFp16 ? 65504.0f : std::numeric_limits<float>::max();
}
float SmallestNormalOf(DType dtype) {
  return dtype == DType::kFp16 ? 0x1p-14f : std::numeric_limits<float>::min();
}

std::size_t CorrectionBytesOf(const UpdateConfig& config) {
  return config.dtype == DType::kFp32 ? 0 : CorrectionBytes(config.master);
}

std::size_t ScalesPerGroup(const UpdateConfig& config) {
  return config.codec == StateCodec::kFp32 ? 0 : MomentCount(config.Rule());
}

std::byte* DataOrNull(std::vector<std::byte>& bytes) {
  return bytes.empty() ? nullptr : bytes.data();
}

template <typename T>
bool SameBytes(const char* what, const std::vector<T>& a, const std::vector<T>& b,
               std::string* difference) {
  if (a.size() != b.size()) {
    *difference = absl::StrCat(what, " has ", a.size(), " and ", b.size(), " elements");
    return false;
  }
  const auto [at, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (at == a.end()) return true;
  *difference = absl::StrCat(what, " differs first at index ", at - a.begin(), ": ",
                             static_cast<int>(*at), " and ", static_cast<int>(*other));
  return false;
}

std::string Describe(const UpdateTelemetry& telemetry) {
  return absl::StrCat(telemetry.nonfinite_count, " nonfinite, ", telemetry.unmoved_count,
                      " unmoved, ", telemetry.floor_count, " at the floor, max update bits ",
                      telemetry.max_update_bits);
}

bool SameTelemetry(const UpdateTelemetry& a, const UpdateTelemetry& b, std::string* difference) {
  if (a == b) return true;
  *difference = absl::StrCat("telemetry differs: ", Describe(a), "; ", Describe(b));
  return false;
}

}  // namespace

float RandomValue(Values values, DType dtype, std::mt19937& random) {
  const std::uint32_t bits = random();
  const float sign = (bits & 1) != 0 ? -1.0f : 1.0f;
  const float unit = static_cast<float>(bits >> 8) / (1 << 24);  // [0, 1)
  switch (values) {
    case Values::kOrdinary:
      return sign * std::exp2(-20.0f * unit) *
             (0.5f + static_cast<float>(random() >> 8) / (1 << 24));
    case Values::kSubnormal:
      return sign * unit * SmallestNormalOf(dtype);
    case Values::kZeros:
      return sign * 0.0f;
    case Values::kHuge:
      return sign * (0.5f + 0.5f * unit) * GreatestOf(dtype);
    case Values::kNonfinite:
      return (bits & 2) != 0 ? sign * std::numeric_limits<float>::infinity()
                             : FloatOf(0x7f800001u | bits);
    case Values::kMixed:
      break;
  }
  const std::uint32_t kind = (bits >> 1) % 64;
  if (kind == 0) return RandomValue(Values::kNonfinite, dtype, random);
  if (kind == 1) return RandomValue(Values::kHuge, dtype, random);
  if (kind < 8) return RandomValue(Values::kZeros, dtype, random);
  if (kind < 16) return RandomValue(Values::kSubnormal, dtype, random);
  return RandomValue(Values::kOrdinary, dtype, random);
}

void FillRandom(Values values, DType dtype, std::size_t valid_count, std::mt19937& random,
                std::byte* bytes) {
  for (std::size_t i = 0; i < valid_count; ++i) {
    const float value = RandomValue(values, dtype, random);
    if (dtype == DType::kFp32) {
      ElementsOf<std::uint32_t>(bytes)[i] = BitsOf(value);  // NaNs keep their payload
    } else {
      StoreElement(dtype, value, bytes, i);
    }
  }
}

UpdateState::UpdateState(const UpdateConfig& config, std::size_t valid_count)
    : config(config),
      valid_count(valid_count),
      count((valid_count + kQuantGroupElements - 1) / kQuantGroupElements * kQuantGroupElements),
      gradient(count * DTypeBytes(config.gradient_dtype)),
      weights(count * DTypeBytes(config.dtype)),
      correction(count * CorrectionBytesOf(config)),
      m(HasM(config.Rule()) ? count * MomentBytes(config.codec) : 0),
      v(HasV(config.Rule()) ? count * MomentBytes(config.codec) : 0),
      scales(count / kQuantGroupElements * ScalesPerGroup(config)) {}

void UpdateState::FillWeights(Values values, std::mt19937& random) {
  FillRandom(values, config.dtype, valid_count, random, weights.data());
}

void UpdateState::FillGradient(Values values, std::mt19937& random) {
  FillRandom(values, config.gradient_dtype, valid_count, random, gradient.data());
}

void UpdateState::FillWithArbitraryBytes(std::mt19937& random) {
  for (auto* bytes : {&gradient, &weights, &correction, &m, &v}) {
    for (std::byte& byte : *bytes) byte = static_cast<std::byte>(random());
  }
  for (std::uint16_t& scale : scales) scale = static_cast<std::uint16_t>(random());
}

UpdateTask UpdateState::Task(const UpdateScalars& scalars) {
  return {.flat_begin = flat_begin,
          .count = count,
          .dtype = config.dtype,
          .master = config.master,
          .gradient_dtype = config.gradient_dtype,
          .gradient = gradient.data(),
          .weights = weights.data(),
          .correction = DataOrNull(correction),
          .m = DataOrNull(m),
          .v = DataOrNull(v),
          .scales = scales.empty() ? nullptr : scales.data(),
          .scalars = &scalars,
          .telemetry = &telemetry};
}

bool UpdateState::Equals(const UpdateState& other, std::string* difference) const {
  return SameBytes("weights", weights, other.weights, difference) &&
         SameBytes("correction", correction, other.correction, difference) &&
         SameBytes("m", m, other.m, difference) && SameBytes("v", v, other.v, difference) &&
         SameBytes("scales", scales, other.scales, difference) &&
         SameTelemetry(telemetry, other.telemetry, difference);
}

bool UpdateState::PaddingIsZero() const {
  const auto zero_from_valid = [&](const std::vector<std::byte>& bytes) {
    const std::size_t begin = bytes.size() / count * valid_count;
    return std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(begin), bytes.end(),
                       [](std::byte byte) { return byte == std::byte{0}; });
  };
  return zero_from_valid(weights) && zero_from_valid(correction) && zero_from_valid(m) &&
         zero_from_valid(v);
}

}  // namespace zerod
