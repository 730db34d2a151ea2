// Which file of a model holds which parameter.
#include "client/model_files/model_index.h"

#include "client/model_files/shard_list.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/base/test_folder.h"
#include "tests/client/some_model.h"

namespace zerod {
namespace {

using testing::HasSubstr;

TEST(ShardList, FillsFilesInOrderAndSplitsNoParameter) {
  using Shards = std::vector<std::vector<std::size_t>>;
  auto shards = [](std::vector<std::uint64_t> sizes, std::uint64_t max) {
    return MakeShardList(sizes, max);
  };
  EXPECT_EQ(shards({}, 10), (Shards{{}}));
  EXPECT_EQ(shards({4, 6, 1}, 10), (Shards{{0, 1}, {2}}));
  EXPECT_EQ(shards({4, 7, 1}, 10), (Shards{{0}, {1, 2}}));
  EXPECT_EQ(shards({25, 1, 25, 25}, 10), (Shards{{0}, {1}, {2}, {3}}));
  EXPECT_EQ(shards({0, 0, 1}, 0), (Shards{{0, 1}, {2}}));
}

TEST(ModelIndex, MustTellTheTruth) {
  const TestFolder folder;
  const SomeModel model;
  ASSERT_TRUE(model.Write(folder.Path(), {.max_file_bytes = 60}).ok());
  const std::string good = folder.Read("model.safetensors.index.json");
  const struct {
    std::string line;
    std::string other;
    std::string culprit;
  } cases[] = {
      {R"("up": "model-00001)", R"("up": "model-00002)", "holds 'up', which"},
      {R"("up": "model-00001)", R"("down": "model-00001)", "'down' in 'model-00001"},
      {R"(safetensors",)", R"(safetensors","bias":"model-00001-of-00003.safetensors",)",
       "'bias' twice"},
      {R"(    "norm": "model-00002-of-00003.safetensors",)", "", "it lacks 'norm'"},
      {R"(    "bias": "model-00001-of-00003.safetensors",)", "", "holds 'bias', which"},
      {"model-00003-of", "model-00004-of", "model-00004-of-00003.safetensors"},
      {R"("scale": "model)", R"("scale": "/etc/model)", "no name of a file in its folder"},
      {R"("scale": "model)", R"("scale": "../model)", "no name of a file in its folder"},
      {R"("scale": "model-00003-of-00003.safetensors")", R"("scale": 3)",
       "a number as the file of 'scale'"},
      {R"("scale": "model-00003-of-00003.safetensors")", R"("scale": {"a": "b"})",
       "an object or array as the file of 'scale'"},
      {"weight_map", "weight_maps", "has no weight_map"},
      {R"("metadata": {)", R"("weight_map": {)", "a number as the file of 'total_size'"},
      {R"("metadata": {)", R"("weight_map": 3, "metadata": {)", "a number as weight_map"},
      {"}\n}", "}\n", "see byte"},
  };
  for (const auto& bad : cases) {
    std::string index = good;
    const std::size_t position = index.find(bad.line);
    ASSERT_NE(position, std::string::npos) << bad.line;
    folder.Write("model.safetensors.index.json",
                 index.replace(position, bad.line.size(), bad.other));
    const absl::Status status = ReadModelFiles(folder.Path(), model.parameters).status();
    EXPECT_FALSE(status.ok()) << bad.other;
    EXPECT_THAT(std::string(status.message()), HasSubstr(bad.culprit)) << bad.other;
  }
}

TEST(ModelIndex, MayHoldMoreThanItNeeds) {
  const auto map =
      ParseModelIndex(R"({"metadata":{"total_size":1.5e9,"by":[{"weight_map":null},[true,-1]]},)"
                      R"("weight_map":{"w":"f"},"more":"text","even":{"w":3}})");
  ASSERT_TRUE(map.ok()) << map.status();
  EXPECT_EQ(*map, (WeightMap{{"w", "f"}}));
}

}  // namespace
}  // namespace zerod
