#include "tests/kernels/update_config.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

namespace zerod {
namespace {

// The values that the configurations with `value` in `setting` have in `other`.
std::set<int> ValuesMet(int setting, int value, int other) {
  std::set<int> met;
  for (const UpdateConfig& config : AllConfigs()) {
    const ConfigPoint point = PointOf(config);
    if (point[setting] == value) met.insert(point[other]);
  }
  return met;
}

TEST(UpdateConfig, EveryTwoValuesOfAnyTwoSettingsMeet) {
  const ConfigPoint sizes = SettingSizes();
  for (int a = 0; a < static_cast<int>(sizes.size()); ++a) {
    for (int value = 0; value < sizes[a]; ++value) {
      for (int b = 0; b < static_cast<int>(sizes.size()); ++b) {
        if (a == b) continue;
        EXPECT_EQ(ValuesMet(a, value, b).size(), static_cast<std::size_t>(sizes[b]))
            << "setting " << a << " at " << value << " against setting " << b;
      }
    }
  }
}

TEST(UpdateConfig, NoneIsTwiceAndAdamWIsThereInFull) {
  std::set<ConfigPoint> points;
  int adamw_count = 0;
  for (const UpdateConfig& config : AllConfigs()) {
    points.insert(PointOf(config));
    if (config.optimizer == Optimizer::kAdamW && config.decays && config.clips) ++adamw_count;
  }
  RecordProperty("configs", static_cast<int>(points.size()));
  EXPECT_EQ(points.size(), AllConfigs().size());
  EXPECT_EQ(adamw_count, 3 * 7 * 2 * 2);  // codecs, layouts, roundings, gradient dtypes
}

TEST(UpdateConfig, ChainsTakeEveryOptimizerWithEveryCodecAndLayout) {
  std::set<ConfigPoint> points;
  std::set<std::pair<int, int>> others;  // (setting, value) beyond the first three
  for (const UpdateConfig& config : ChainConfigs()) {
    const ConfigPoint point = PointOf(config);
    points.insert({point[0], point[1], point[2]});
    for (int setting = 3; setting < 7; ++setting) others.insert({setting, point[setting]});
  }
  EXPECT_EQ(points.size(), 9u * 3 * 7);
  EXPECT_EQ(others.size(), 8u);
}

TEST(UpdateConfig, SettingsAreValid) {
  for (const UpdateConfig& config : AllConfigs()) {
    EXPECT_TRUE(Validate(config.optimizer, config.Settings()).ok()) << config.Name();
  }
}

}  // namespace
}  // namespace zerod
