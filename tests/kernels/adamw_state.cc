#include "tests/kernels/adamw_state.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "absl/strings/str_cat.h"
#include "kernels/bf16.h"
#include "kernels/task_access.h"

namespace zerod {
namespace {

void StoreRandom(Values values, DType dtype, std::size_t valid_count, std::mt19937& random,
                 std::vector<std::byte>* bytes) {
  for (std::size_t i = 0; i < valid_count; ++i) {
    const float value = RandomValue(values, random);
    if (dtype == DType::kBf16) {
      ElementsOf<std::uint16_t>(bytes->data())[i] = Bf16OfFloat(value);
    } else {
      ElementsOf<float>(bytes->data())[i] = value;
    }
  }
}

template <typename T>
bool SameBytes(const char* what, const std::vector<T>& a, const std::vector<T>& b,
               std::string* difference) {
  const auto [at, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (at == a.end()) return true;
  *difference = absl::StrCat(what, " differs first at index ", at - a.begin(), ": ",
                             static_cast<int>(*at), " and ", static_cast<int>(*other));
  return false;
}

}  // namespace

std::string AdamWConfig::Name() const {
  return absl::StrCat("codec ", StateCodecName(codec), ", ", DTypeName(dtype), ", master ",
                      MasterFormatName(master), ", rounding ",
                      rounding == MasterRounding::kNearest ? "nearest" : "stochastic",
                      ", gradient ", DTypeName(gradient_dtype));
}

std::vector<AdamWConfig> AllConfigs() {
  std::vector<AdamWConfig> configs;
  for (StateCodec codec : {StateCodec::kFp32, StateCodec::kFlash, StateCodec::kRobust}) {
    for (MasterRounding rounding : {MasterRounding::kNearest, MasterRounding::kStochastic}) {
      for (DType gradient_dtype : {DType::kBf16, DType::kFp32}) {
        for (MasterFormat master : {MasterFormat::kNone, MasterFormat::k24, MasterFormat::k32}) {
          configs.push_back({codec, DType::kBf16, master, rounding, gradient_dtype});
        }
        configs.push_back({codec, DType::kFp32, MasterFormat::kNone, rounding, gradient_dtype});
      }
    }
  }
  return configs;
}

float RandomValue(Values values, std::mt19937& random) {
  const std::uint32_t bits = random();
  const float sign = (bits & 1) != 0 ? -1.0f : 1.0f;
  const float unit = static_cast<float>(bits >> 8) / (1 << 24);  // [0, 1)
  switch (values) {
    case Values::kOrdinary:
      return sign * std::exp2(-20.0f * unit) *
             (0.5f + static_cast<float>(random() >> 8) / (1 << 24));
    case Values::kSubnormal:
      return sign * unit * std::numeric_limits<float>::min();
    case Values::kZeros:
      return sign * 0.0f;
    case Values::kHuge:
      return sign * (0.5f + 0.5f * unit) * std::numeric_limits<float>::max();
    case Values::kNonfinite:
      return (bits & 2) != 0 ? sign * std::numeric_limits<float>::infinity()
                             : FloatOf(0x7f800001u | bits);
    case Values::kMixed:
      break;
  }
  const std::uint32_t kind = (bits >> 1) % 64;
  if (kind == 0) return RandomValue(Values::kNonfinite, random);
  if (kind == 1) return RandomValue(Values::kHuge, random);
  if (kind < 8) return RandomValue(Values::kZeros, random);
  if (kind < 16) return RandomValue(Values::kSubnormal, random);
  return RandomValue(Values::kOrdinary, random);
}

AdamWState::AdamWState(const AdamWConfig& config, std::size_t valid_count)
    : config(config),
      valid_count(valid_count),
      count((valid_count + kQuantGroupElements - 1) / kQuantGroupElements * kQuantGroupElements),
      gradient(count * DTypeBytes(config.gradient_dtype)),
      weights(count * DTypeBytes(config.dtype)),
      correction(count * CorrectionBytes(EffectiveMaster(config.dtype, config.master))),
      m(count * MomentBytes(config.codec)),
      v(count * MomentBytes(config.codec)),
      scales(count / kQuantGroupElements * ScaleBytes(config.codec) / 2) {}

void AdamWState::FillWeights(Values values, std::mt19937& random) {
  StoreRandom(values, config.dtype, valid_count, random, &weights);
}

void AdamWState::FillGradient(Values values, std::mt19937& random) {
  StoreRandom(values, config.gradient_dtype, valid_count, random, &gradient);
}

AdamWTask AdamWState::Task(const AdamWScalars& scalars) {
  return {.flat_begin = flat_begin,
          .count = count,
          .dtype = config.dtype,
          .master = config.master,
          .gradient_dtype = config.gradient_dtype,
          .gradient = gradient.data(),
          .weights = weights.data(),
          .correction = correction.empty() ? nullptr : correction.data(),
          .m = m.data(),
          .v = v.data(),
          .scales = scales.empty() ? nullptr : scales.data(),
          .scalars = &scalars};
}

bool AdamWState::Equals(const AdamWState& other, std::string* difference) const {
  return SameBytes("weights", weights, other.weights, difference) &&
         SameBytes("correction", correction, other.correction, difference) &&
         SameBytes("m", m, other.m, difference) && SameBytes("v", v, other.v, difference) &&
         SameBytes("scales", scales, other.scales, difference);
}

bool AdamWState::PaddingIsZero() const {
  const auto zero_from_valid = [&](const std::vector<std::byte>& bytes) {
    const std::size_t begin = bytes.size() / count * valid_count;
    return std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(begin), bytes.end(),
                       [](std::byte byte) { return byte == std::byte{0}; });
  };
  return zero_from_valid(weights) && zero_from_valid(correction) && zero_from_valid(m) &&
         zero_from_valid(v);
}

}  // namespace zerod
