#include "engine/agreement.h"

#include <cstring>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/job_specs.h"

namespace zerod {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class AgreementTest : public testing::Test {
 protected:
  OpenRecord GoodOpen(bool contributes) const {
    return {.layout_hash = layout_->table.layout_hash(),
            .step = 3,
            .contributes = contributes,
            .micro_batches = contributes ? 2u : 0u,
            .loss_scale = 4.0};
  }
  CommitRecord GoodCommit() const {
    CommitRecord record{.step = 3, .max_grad_norm = 1.0};
    for (const ParameterGroup& group : layout_->table.groups()) {
      record.hyperparameters.push_back(group.hyperparameters);
    }
    record.absent.resize(layout_->table.parameters().size());
    return record;
  }

  std::shared_ptr<const JobLayout> layout_ =
      *JobLayout::Create(OddModel(), {.shard_weights = {1, 1, 1}, .contributors = {0, 2}});
};

TEST_F(AgreementTest, OpenGivesTheScaleOfTheMean) {
  const std::vector<OpenRecord> records = {GoodOpen(true), GoodOpen(false), GoodOpen(true)};
  const AgreedOpen agreed = *AgreeOnOpen(*layout_, records);
  EXPECT_EQ(agreed.micro_batches, 2u);
  EXPECT_EQ(agreed.gradient_scale, 1.0f / (2 * 2 * 4));
}

TEST_F(AgreementTest, OpenNamesTheRankThatDiffersAndBothValues) {
  const auto disagreement = [&](auto change) {
    std::vector<OpenRecord> records = {GoodOpen(true), GoodOpen(false), GoodOpen(true)};
    change(records[2]);
    return std::string(AgreeOnOpen(*layout_, records).status().message());
  };
  EXPECT_EQ(disagreement([](OpenRecord& r) { r.micro_batches = 5; }),
            "rank 2's micro_batches is 5, rank 0's is 2");
  EXPECT_EQ(disagreement([](OpenRecord& r) { r.step = 4; }), "rank 2's step is 4, rank 0's is 3");
  EXPECT_EQ(disagreement([](OpenRecord& r) { r.loss_scale = 8; }),
            "rank 2's loss_scale is 8, rank 0's is 4");
  EXPECT_THAT(disagreement([](OpenRecord& r) { r.layout_hash ^= 1; }),
              HasSubstr("rank 2's layout hash"));
  EXPECT_THAT(disagreement([](OpenRecord& r) { r.contributes = 0; }),
              HasSubstr("rank 2's trainer has left"));
}

TEST_F(AgreementTest, CommitIntersectsAbsence) {
  std::vector<CommitRecord> records = {GoodCommit(), GoodCommit()};
  records[0].absent[0] = records[0].absent[1] = 1;
  records[1].absent[1] = records[1].absent[2] = 1;
  const AgreedCommit agreed = *AgreeOnCommit(*layout_, records);
  EXPECT_EQ(agreed.absent_everywhere[0], 0);
  EXPECT_EQ(agreed.absent_everywhere[1], 1);
  EXPECT_EQ(agreed.absent_everywhere[2], 0);
}

TEST_F(AgreementTest, CommitNamesRankGroupAndBothValues) {
  std::vector<CommitRecord> records = {GoodCommit(), GoodCommit()};
  records[1].hyperparameters[2].lr = 0.5;
  EXPECT_THAT(
      std::string(AgreeOnCommit(*layout_, records).status().message()),
      AllOf(HasSubstr("rank 2's lr of group 'experts' is 0.5"), HasSubstr("rank 0's is 0.001")));
  records = {GoodCommit(), GoodCommit()};
  records[1].hyperparameters[3].momentum = 0.5;
  EXPECT_THAT(std::string(AgreeOnCommit(*layout_, records).status().message()),
              HasSubstr("rank 2's momentum of group 'rest' is 0.5"));
  records = {GoodCommit(), GoodCommit()};
  records[1].hyperparameters[3].nesterov = true;
  EXPECT_THAT(std::string(AgreeOnCommit(*layout_, records).status().message()),
              HasSubstr("rank 2's nesterov of group 'rest' is 1, rank 0's is 0"));
  records = {GoodCommit(), GoodCommit()};
  records[1].hyperparameters[3].initial_lr = 0.5;
  EXPECT_THAT(std::string(AgreeOnCommit(*layout_, records).status().message()),
              HasSubstr("rank 2's initial_lr of group 'rest' is 0.5"));
  records = {GoodCommit(), GoodCommit()};
  records[1].max_grad_norm = 2.0;
  EXPECT_THAT(std::string(AgreeOnCommit(*layout_, records).status().message()),
              HasSubstr("rank 2's max_grad_norm is 2, rank 0's is 1"));
}

TEST_F(AgreementTest, CommitRecordsSurviveTheWire) {
  CommitRecord record = GoodCommit();
  record.absent[4] = 1;
  record.hyperparameters[1] = {.lr = 1,
                               .beta1 = 2,
                               .beta2 = 3,
                               .eps = 4,
                               .weight_decay = 5,
                               .momentum = 6,
                               .nesterov = true,
                               .initial_lr = 7};
  const CommitRecord read = *DecodeCommit(*layout_, EncodeCommit(record));
  EXPECT_EQ(read.step, record.step);
  EXPECT_EQ(read.hyperparameters, record.hyperparameters);
  EXPECT_EQ(read.absent, record.absent);
  EXPECT_FALSE(DecodeCommit(*layout_, std::vector<std::byte>(5)).ok());
}

// Equal records are equal bytes: nothing that was never written is sent.
TEST_F(AgreementTest, CommitRecordsHoldTheirValuesOnly) {
  CommitRecord record = GoodCommit();
  CommitRecord other = GoodCommit();
  for (Hyperparameters& hyperparameters : other.hyperparameters) {
    const Hyperparameters copy = hyperparameters;
    std::memset(static_cast<void*>(&hyperparameters), 0xa5, sizeof(hyperparameters));
    const auto& [lr, beta1, beta2, eps, weight_decay, momentum, nesterov, initial_lr] = copy;
    hyperparameters.lr = lr;
    hyperparameters.beta1 = beta1;
    hyperparameters.beta2 = beta2;
    hyperparameters.eps = eps;
    hyperparameters.weight_decay = weight_decay;
    hyperparameters.momentum = momentum;
    hyperparameters.nesterov = nesterov;
    hyperparameters.initial_lr = initial_lr;
  }
  EXPECT_EQ(EncodeCommit(record), EncodeCommit(other));
}

}  // namespace
}  // namespace zerod
