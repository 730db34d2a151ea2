#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/kernels/update_state.h"

namespace zerod {
namespace {

TEST(ForEachTarget, TakesEveryFastPathAndOneFallback) {
  std::set<std::string> chosen;
  int count = 0;
  ForEachTarget([&](const char* target) {
    const std::string name = CpuTargetName();
    EXPECT_TRUE(name == "reference" || name == target) << name << ", " << target;
    chosen.insert(name);
    ++count;
    std::cout << target << ": " << name << "\n";
  });
  EXPECT_EQ(chosen.size(), static_cast<std::size_t>(count));
  EXPECT_EQ(chosen.count("reference"), 1u);
}

// So that what runs afterwards is what users get.
TEST(ForEachTarget, LeavesTheBestTargetChosen) {
  const std::string before = CpuTargetName();
  ForEachTarget([](const char*) {});
  EXPECT_EQ(std::string(CpuTargetName()), before);
}

}  // namespace
}  // namespace zerod
