// Whatever changes a job's layout hash has a name, and nothing else has.
#include "proto/name_difference.h"

#include <functional>

#include "engine/parameter_table.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/job_specs.h"

namespace zerod {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::uint64_t Hash(const JobSpec& spec) { return ParameterTable::Create(spec)->layout_hash(); }

// The difference between the odd model here and one that was changed in the job.
std::string Difference(const std::function<void(JobSpec&)>& change) {
  JobSpec theirs = OddModel();
  change(theirs);
  const std::string difference = NameDifference(OddModel(), theirs);
  EXPECT_EQ(difference.empty(), Hash(OddModel()) == Hash(theirs)) << difference;
  EXPECT_EQ(difference.empty(), NameDifference(theirs, OddModel()).empty());
  return difference;
}

TEST(NameDifference, NamesParameterAndBothValues) {
  EXPECT_EQ(Difference([](JobSpec& spec) {
              spec.parameters[9].shape = {51, 40};
            }),
            "parameter 'head.weight' has the shape [51, 41] here, and [51, 40] in the job");
  EXPECT_EQ(Difference([](JobSpec& spec) { spec.parameters[0].dtype = DType::kFp32; }),
            "parameter 'embedding.weight' has the dtype bf16 here, and fp32 in the job");
  EXPECT_EQ(Difference([](JobSpec& spec) { spec.parameters[0].name = "other"; }),
            "parameter 0 is 'embedding.weight' here, and 'other' in the job");
  EXPECT_EQ(Difference([](JobSpec& spec) { spec.groups[0].frozen = false; }),
            "parameter 'frozen.weight' has frozen = true here, and false in the job");
  EXPECT_EQ(Difference([](JobSpec& spec) { spec.groups[3].master = MasterFormat::k32; }),
            "parameter 'embedding.weight' has the master format 24 here, and 32 in the job");
  EXPECT_EQ(Difference([](JobSpec& spec) { spec.groups[2].absent = AbsentPolicy::kZeroGradient; }),
            "parameter 'expert.weight' has the absent policy skip here, and zero_gradient in the "
            "job");
  EXPECT_EQ(Difference([](JobSpec& spec) { spec.groups[1].patterns.emplace_back("router.*"); }),
            "parameter 'router.weight' is in group 3 ('rest') here, and in group 1 ('no_decay') in "
            "the job");
}

TEST(NameDifference, NamesWhatIsMissing) {
  EXPECT_THAT(Difference([](JobSpec& spec) { spec.parameters.pop_back(); }),
              AllOf(HasSubstr("10 parameters here, and 9"), HasSubstr("this one has is 'head")));
  EXPECT_THAT(Difference([](JobSpec& spec) { spec.parameters.push_back({.name = "extra"}); }),
              AllOf(HasSubstr("and 11 in the job"), HasSubstr("the job has is 'extra'")));
}

TEST(NameDifference, NamesWhatTheWholeJobHas) {
  EXPECT_EQ(Difference([](JobSpec& spec) { spec.optimizer = Optimizer::kLion; }),
            "the optimizer is adamw here, and lion in the job");
  EXPECT_EQ(Difference([](JobSpec& spec) { spec.codec = StateCodec::kFlash; }),
            "the codec is robust here, and flash in the job");
  EXPECT_EQ(Difference([](JobSpec& spec) { spec.master_rounding = MasterRounding::kStochastic; }),
            "master_rounding is nearest here, and stochastic in the job");
  EXPECT_EQ(Difference([](JobSpec& spec) { spec.seed = 8; }),
            "the seed is 7 here, and 8 in the job");
}

TEST(NameDifference, NamesMomentumThatIsKept) {
  JobSpec mine = OddModel();
  mine.optimizer = Optimizer::kSgd;
  for (ParameterGroup& group : mine.groups) group.hyperparameters = {};
  JobSpec theirs = mine;
  theirs.groups[3].hyperparameters.momentum = 0.9;
  EXPECT_EQ(NameDifference(mine, theirs), "the job keeps momentum; here no group has momentum > 0");
  EXPECT_EQ(NameDifference(theirs, mine),
            "the job keeps no momentum; here some group has momentum > 0");
  EXPECT_NE(Hash(mine), Hash(theirs));
  // How much there is may change from step to step.
  mine.groups[3].hyperparameters.momentum = 0.5;
  EXPECT_EQ(NameDifference(mine, theirs), "");
  EXPECT_EQ(Hash(mine), Hash(theirs));
}

TEST(NameDifference, WhatMayDiffer) {
  EXPECT_EQ(Difference([](JobSpec&) {}), "");
  EXPECT_EQ(Difference([](JobSpec& spec) { spec.name = "another"; }), "");
  EXPECT_EQ(Difference([](JobSpec& spec) { spec.groups[3].hyperparameters.lr = 0.5; }), "");
  EXPECT_EQ(Difference([](JobSpec& spec) { spec.groups[3].name = "others"; }), "");
  EXPECT_EQ(Difference([](JobSpec& spec) { spec.bucket_bytes = 4096; }), "");
  EXPECT_EQ(Difference([](JobSpec& spec) { spec.micro_batches = 4; }), "");
}

TEST(NameDifference, AJobThatCannotBe) {
  JobSpec broken = OddModel();
  broken.parameters[1].name = "embedding.weight";
  EXPECT_THAT(NameDifference(OddModel(), broken), HasSubstr("two parameters"));
}

}  // namespace
}  // namespace zerod
