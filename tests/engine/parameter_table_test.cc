#include "engine/parameter_table.h"

#include <functional>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/job_specs.h"

namespace zerod {
namespace {

using testing::HasSubstr;

TEST(ParameterTable, EveryParameterStartsOnAQuantGroup) {
  const ParameterTable table = *ParameterTable::Create(OddModel());
  std::uint64_t flat = 0;
  for (const Parameter& parameter : table.parameters()) {
    EXPECT_EQ(parameter.flat.begin, flat);
    EXPECT_EQ(parameter.flat.count() % kQuantGroupElements, 0u);
    EXPECT_GE(parameter.flat.count(), parameter.element_count);
    EXPECT_LT(parameter.flat.count() - parameter.element_count, kQuantGroupElements);
    flat = parameter.flat.end;
  }
  EXPECT_EQ(table.flat_end() % kLineElements, 0u);
  EXPECT_LT(table.flat_end() - flat, kLineElements);
}

TEST(ParameterTable, GroupsAndMastersFollowTheRules) {
  const ParameterTable table = *ParameterTable::Create(OddModel());
  const auto parameter = [&](const char* name) { return table.parameters()[*table.Find(name)]; };
  EXPECT_EQ(parameter("embedding.weight").master, MasterFormat::k24);
  EXPECT_EQ(parameter("block.norm.weight").master, MasterFormat::k32);
  EXPECT_EQ(parameter("router.weight").master, MasterFormat::kNone);
  EXPECT_EQ(table.groups()[parameter("block.linear.bias").group_index].name, "no_decay");
  EXPECT_EQ(table.groups()[parameter("head.weight").group_index].name, "rest");
  EXPECT_TRUE(parameter("frozen.weight").frozen);
  EXPECT_EQ(parameter("temperature").element_count, 1u);
  EXPECT_EQ(parameter("empty").element_count, 0u);
}

TEST(ParameterTable, OverlappingFindsExactlyWhatSharesElements) {
  const ParameterTable table = *ParameterTable::Create(OddModel());
  for (std::uint64_t begin = 0; begin < table.flat_end(); begin += kLineElements) {
    const FlatRange line{begin, begin + kLineElements};
    const auto [first, last] = table.Overlapping(line);
    for (std::size_t i = 0; i < table.parameters().size(); ++i) {
      const bool overlaps = !Intersect(table.parameters()[i].flat, line).empty();
      EXPECT_TRUE(!overlaps || (first <= i && i < last)) << i;
    }
  }
}

TEST(ParameterTable, TheHashFollowsWhatDecidesBitsOnly) {
  const auto hash = [](const std::function<void(JobSpec&)>& change) {
    JobSpec spec = OddModel();
    change(spec);
    return ParameterTable::Create(spec)->layout_hash();
  };
  const std::uint64_t same = hash([](JobSpec&) {});
  EXPECT_EQ(same, hash([](JobSpec& spec) { spec.bucket_bytes = 512; }));
  EXPECT_EQ(same, hash([](JobSpec& spec) { spec.groups[1].hyperparameters.lr = 1; }));
  EXPECT_NE(same, hash([](JobSpec& spec) { spec.seed = 8; }));
  EXPECT_NE(same, hash([](JobSpec& spec) { spec.codec = StateCodec::kFlash; }));
  EXPECT_NE(same, hash([](JobSpec& spec) { spec.parameters[0].name = "other"; }));
  EXPECT_NE(same, hash([](JobSpec& spec) { spec.parameters[0].shape = {51, 37}; }));
  EXPECT_NE(same, hash([](JobSpec& spec) { spec.parameters[0].dtype = DType::kFp32; }));
  EXPECT_NE(same, hash([](JobSpec& spec) { spec.groups[3].master = MasterFormat::k32; }));
}

struct BadSpec {
  const char* what;
  std::function<void(JobSpec&)> change;
  const char* named;
};

class BadSpecTest : public testing::TestWithParam<BadSpec> {};

TEST_P(BadSpecTest, IsRefusedByName) {
  JobSpec spec = OddModel();
  GetParam().change(spec);
  const absl::Status status = ParameterTable::Create(spec).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr(GetParam().named));
}

INSTANTIATE_TEST_SUITE_P(
    ParameterTable, BadSpecTest,
    testing::Values(
        BadSpec{"NoParameters", [](JobSpec& s) { s.parameters.clear(); }, "has no parameters"},
        BadSpec{"DuplicateName", [](JobSpec& s) { s.parameters[3].name = "head.weight"; },
                "two parameters are named 'head.weight'"},
        BadSpec{"EmptyName", [](JobSpec& s) { s.parameters[3].name = ""; }, "empty name"},
        BadSpec{"LongName", [](JobSpec& s) { s.parameters[3].name.assign(1 << 20, 'x'); },
                "1048576 bytes"},
        BadSpec{"NegativeExtent",
                [](JobSpec& s) {
                  s.parameters[2].shape = {3, -1};
                },
                "'block.linear.weight' has the extent -1"},
        BadSpec{"HugeShape",
                [](JobSpec& s) {
                  s.parameters[2].shape = {1ll << 40, 1ll << 40};
                },
                "'block.linear.weight' has more than"},
        BadSpec{"UnknownDType", [](JobSpec& s) { s.parameters[2].dtype = DType{77}; },
                "'block.linear.weight' has the dtype 77"},
        BadSpec{"UnknownCodec", [](JobSpec& s) { s.codec = StateCodec{9}; }, "has the codec 9"},
        BadSpec{"UnknownRounding", [](JobSpec& s) { s.master_rounding = MasterRounding{9}; },
                "has the master_rounding 9"},
        BadSpec{"UnknownMaster", [](JobSpec& s) { s.groups[1].master = MasterFormat{9}; },
                "group 'no_decay' has the master format 9"},
        BadSpec{"UnknownPolicy", [](JobSpec& s) { s.groups[1].absent = AbsentPolicy{9}; },
                "group 'no_decay' has the absent policy 9"},
        BadSpec{"MisspeltPattern", [](JobSpec& s) { s.groups[1].patterns = {"*.bais"}; },
                "no pattern of group 'no_decay' (*.bais) matches"},
        BadSpec{"NoGroup", [](JobSpec& s) { s.groups.clear(); }, "no parameter group"},
        BadSpec{"DuplicateGroup", [](JobSpec& s) { s.groups[1].name = "rest"; },
                "groups are named 'rest'"},
        BadSpec{"TwoGroupsForTheRest", [](JobSpec& s) { s.groups[2].patterns.clear(); },
                "groups 'experts' and 'rest' have no patterns"},
        BadSpec{"NoGroupTakesIt", [](JobSpec& s) { s.groups.pop_back(); },
                "'embedding.weight' matches no group"},
        BadSpec{"NanLr",
                [](JobSpec& s) {
                  s.groups[2].hyperparameters.lr = std::numeric_limits<double>::quiet_NaN();
                },
                "group 'experts': lr"},
        BadSpec{"NegativeDecay", [](JobSpec& s) { s.groups[3].hyperparameters.weight_decay = -1; },
                "group 'rest': weight_decay"},
        BadSpec{"ZeroEps", [](JobSpec& s) { s.groups[3].hyperparameters.eps = 0; },
                "group 'rest': eps"},
        BadSpec{"BetaOne", [](JobSpec& s) { s.groups[3].hyperparameters.beta2 = 1; },
                "group 'rest': beta2"},
        BadSpec{"NoMicroBatch", [](JobSpec& s) { s.micro_batches = 0; }, "micro_batches is 0"},
        BadSpec{"TinyBucket", [](JobSpec& s) { s.bucket_bytes = 511; }, "bucket_bytes is 511"}),
    [](const testing::TestParamInfo<BadSpec>& info) { return info.param.what; });

}  // namespace
}  // namespace zerod
