#include "tests/kernels/update_config.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"

namespace zerod {
namespace {

struct Algorithm {
  Optimizer optimizer;
  bool keeps_momentum;
  bool nesterov;

  bool operator==(const Algorithm&) const = default;
};
constexpr Algorithm kAlgorithms[] = {
    {Optimizer::kAdamW, false, false}, {Optimizer::kAdam, false, false},
    {Optimizer::kLion, false, false},  {Optimizer::kSgd, false, false},
    {Optimizer::kSgd, true, false},    {Optimizer::kSgd, true, true},
    {Optimizer::kSgdW, false, false},  {Optimizer::kSgdW, true, false},
    {Optimizer::kSgdW, true, true}};

constexpr StateCodec kCodecs[] = {StateCodec::kFp32, StateCodec::kFlash, StateCodec::kRobust};

struct Master {
  DType dtype;
  MasterFormat format;

  bool operator==(const Master&) const = default;
};
constexpr Master kMasters[] = {
    {DType::kBf16, MasterFormat::kNone}, {DType::kBf16, MasterFormat::k24},
    {DType::kBf16, MasterFormat::k32},   {DType::kFp16, MasterFormat::kNone},
    {DType::kFp16, MasterFormat::k24},   {DType::kFp16, MasterFormat::k32},
    {DType::kFp32, MasterFormat::kNone}};

constexpr MasterRounding kRoundings[] = {MasterRounding::kNearest, MasterRounding::kStochastic};
constexpr DType kGradientDTypes[] = {DType::kBf16, DType::kFp32};

UpdateConfig ConfigAt(const ConfigPoint& point) {
  const Algorithm& algorithm = kAlgorithms[point[0]];
  const Master& master = kMasters[point[2]];
  return {.optimizer = algorithm.optimizer,
          .keeps_momentum = algorithm.keeps_momentum,
          .nesterov = algorithm.nesterov,
          .codec = kCodecs[point[1]],
          .dtype = master.dtype,
          .master = master.format,
          .rounding = kRoundings[point[3]],
          .gradient_dtype = kGradientDTypes[point[4]],
          .decays = point[5] != 0,
          .clips = point[6] != 0};
}

template <typename T>
int IndexIn(const T& values, const auto& value) {
  return static_cast<int>(std::find(std::begin(values), std::end(values), value) -
                          std::begin(values));
}

// (first setting, its value, second setting, its value).
using Pair = std::tuple<int, int, int, int>;
std::set<Pair> PairsOf(const ConfigPoint& point) {
  std::set<Pair> pairs;
  const int setting_count = static_cast<int>(point.size());
  for (int a = 0; a < setting_count; ++a) {
    for (int b = a + 1; b < setting_count; ++b) pairs.insert({a, point[a], b, point[b]});
  }
  return pairs;
}

std::vector<ConfigPoint> FullProduct() {
  std::vector<ConfigPoint> points = {{}};
  for (int value_count : SettingSizes()) {
    std::vector<ConfigPoint> longer;
    for (const ConfigPoint& point : points) {
      for (int value = 0; value < value_count; ++value) {
        longer.push_back(point);
        longer.back().push_back(value);
      }
    }
    points = std::move(longer);
  }
  return points;
}

// Adds, as long as some pair of values has not met, the point with the most such pairs.
void AddUntilAllPairsMeet(std::vector<ConfigPoint>* chosen) {
  const std::vector<ConfigPoint> candidates = FullProduct();
  std::set<Pair> missing;
  for (const ConfigPoint& point : candidates) missing.merge(PairsOf(point));
  for (const ConfigPoint& point : *chosen) {
    for (const Pair& pair : PairsOf(point)) missing.erase(pair);
  }
  while (!missing.empty()) {
    const auto missing_in = [&](const ConfigPoint& point) {
      std::size_t count = 0;
      for (int a = 0; a < static_cast<int>(point.size()); ++a) {
        for (int b = a + 1; b < static_cast<int>(point.size()); ++b) {
          count += missing.count({a, point[a], b, point[b]});
        }
      }
      return count;
    };
    chosen->push_back(*std::max_element(
        candidates.begin(), candidates.end(),
        [&](const ConfigPoint& a, const ConfigPoint& b) { return missing_in(a) < missing_in(b); }));
    for (const Pair& pair : PairsOf(chosen->back())) missing.erase(pair);
  }
}

}  // namespace

std::string UpdateConfig::Name() const {
  return absl::StrCat(OptimizerName(optimizer),
                      nesterov         ? " with nesterov"
                      : keeps_momentum ? " with momentum"
                                       : "",
                      ", codec ", StateCodecName(codec), ", ", DTypeName(dtype), ", master ",
                      MasterFormatName(master), ", rounding ", MasterRoundingName(rounding),
                      ", gradient ", DTypeName(gradient_dtype), decays ? ", decay" : "",
                      clips ? ", clipped" : "");
}

Hyperparameters UpdateConfig::Settings() const {
  Hyperparameters h = {.lr = 1e-2, .weight_decay = decays ? 0.1 : 0.0, .nesterov = nesterov};
  if (keeps_momentum) h.momentum = 0.9;
  if (HasV(Rule())) h.beta2 = 0.95;
  if (Rule() == UpdateRule::kLion) h.beta2 = 0.99;
  return h;
}

UpdateScalars UpdateConfig::Scalars(std::uint64_t update_count) const {
  return MakeUpdateScalars(optimizer, Settings(), update_count, clips ? 0.75f : 1.0f);
}

UpdateContext UpdateConfig::Context(std::uint64_t step) const {
  return {Rule(), codec, rounding, MakeStepKey(1, step)};
}

ConfigPoint SettingSizes() {
  return {static_cast<int>(std::size(kAlgorithms)),
          static_cast<int>(std::size(kCodecs)),
          static_cast<int>(std::size(kMasters)),
          2,
          2,
          2,
          2};
}

ConfigPoint PointOf(const UpdateConfig& config) {
  return {IndexIn(kAlgorithms, Algorithm{config.optimizer, config.keeps_momentum, config.nesterov}),
          IndexIn(kCodecs, config.codec),
          IndexIn(kMasters, Master{config.dtype, config.master}),
          IndexIn(kRoundings, config.rounding),
          IndexIn(kGradientDTypes, config.gradient_dtype),
          config.decays ? 1 : 0,
          config.clips ? 1 : 0};
}

std::vector<UpdateConfig> AllConfigs() {
  static const std::vector<UpdateConfig> all = [] {
    std::vector<ConfigPoint> points = FullProduct();
    // AdamW, with decay and clipping.
    std::erase_if(points, [](const ConfigPoint& p) { return p[0] != 0 || p[5] == 0 || p[6] == 0; });
    AddUntilAllPairsMeet(&points);
    std::vector<UpdateConfig> configs;
    for (const ConfigPoint& point : points) configs.push_back(ConfigAt(point));
    return configs;
  }();
  return all;
}

std::vector<UpdateConfig> ChainConfigs() {
  std::vector<UpdateConfig> configs;
  const ConfigPoint sizes = SettingSizes();
  for (int algorithm = 0; algorithm < sizes[0]; ++algorithm) {
    for (int codec = 0; codec < sizes[1]; ++codec) {
      for (int master = 0; master < sizes[2]; ++master) {
        const int number = static_cast<int>(configs.size());
        configs.push_back(ConfigAt({algorithm, codec, master, number % 2, number / 2 % 2,
                                    number / 3 % 2, number / 5 % 2}));
      }
    }
  }
  return configs;
}

}  // namespace zerod
