// Every field of a job survives the way into a message and back; what no job can have is refused.
#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/convert.h"
#include "proto/limits.h"
#include "tests/proto/full_values.h"

namespace zerod {

// Named one by one, so that a field that is added has to be compared here too.
bool operator==(const ParameterSpec& a, const ParameterSpec& b) {
  const auto& [name, shape, dtype] = a;
  return name == b.name && shape == b.shape && dtype == b.dtype;
}

bool operator==(const ParameterGroup& a, const ParameterGroup& b) {
  const auto& [name, patterns, hyperparameters, absent, frozen, master] = a;
  return name == b.name && patterns == b.patterns && hyperparameters == b.hyperparameters &&
         absent == b.absent && frozen == b.frozen && master == b.master;
}

bool operator==(const JobSpec& a, const JobSpec& b) {
  const auto& [name, seed, parameters, groups, optimizer, codec, master_rounding, micro_batches,
               bucket_bytes] = a;
  return name == b.name && seed == b.seed && parameters == b.parameters && groups == b.groups &&
         optimizer == b.optimizer && codec == b.codec && master_rounding == b.master_rounding &&
         micro_batches == b.micro_batches && bucket_bytes == b.bucket_bytes;
}

namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(JobSpecConversion, RoundTripThroughBytes) {
  v1::JobSpec parsed;
  ASSERT_TRUE(parsed.ParseFromString(ToProto(FullSpec()).SerializeAsString()));
  const absl::StatusOr<JobSpec> spec = FromProto(parsed);
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_TRUE(*spec == FullSpec());
  EXPECT_FALSE(*spec == JobSpec{});
}

// A number per value, and no two the same.
TEST(JobSpecConversion, EveryOptimizerAndDType) {
  for (const char* name : {"adamw", "adam", "sgdw", "sgd", "lion"}) {
    JobSpec spec = FullSpec();
    spec.optimizer = *ParseOptimizer(name);
    EXPECT_EQ(OptimizerName(FromProto(ToProto(spec))->optimizer), name);
  }
  for (const char* name : {"bf16", "fp16", "fp32"}) {
    JobSpec spec = FullSpec();
    spec.parameters[2].dtype = *ParseDType(name);
    EXPECT_EQ(DTypeName(FromProto(ToProto(spec))->parameters[2].dtype), name);
  }
}

TEST(JobSpecConversion, NothingOfTheDefaultsIsKept) {
  JobSpec empty;
  empty.groups.clear();
  const absl::StatusOr<JobSpec> spec = FromProto(ToProto(empty));
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_TRUE(spec->groups.empty());
}

// What comes of the full spec's message after `change`.
std::string Refusal(const std::function<void(v1::JobSpec&)>& change) {
  v1::JobSpec message = ToProto(FullSpec());
  change(message);
  const absl::StatusOr<JobSpec> spec = FromProto(message);
  EXPECT_EQ(spec.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(spec.status().message());
}

TEST(JobSpecConversion, UnknownEnumsNameFieldAndValue) {
  EXPECT_THAT(Refusal([](auto& spec) { spec.set_codec(static_cast<v1::StateCodec>(9)); }),
              AllOf(HasSubstr("codec is 9"), HasSubstr("gpt")));
  EXPECT_THAT(Refusal([](auto& spec) { spec.set_optimizer(static_cast<v1::Optimizer>(6)); }),
              AllOf(HasSubstr("optimizer is 6"), HasSubstr("gpt")));
  EXPECT_THAT(
      Refusal([](auto& spec) { spec.set_master_rounding(static_cast<v1::MasterRounding>(-1)); }),
      HasSubstr("master_rounding is -1"));
  EXPECT_THAT(Refusal([](auto& spec) {
                spec.mutable_parameters(1)->set_dtype(static_cast<v1::DType>(77));
              }),
              AllOf(HasSubstr("'b.weight'"), HasSubstr("dtype is 77")));
  EXPECT_THAT(Refusal([](auto& spec) {
                spec.mutable_groups(0)->set_absent(static_cast<v1::AbsentPolicy>(3));
              }),
              AllOf(HasSubstr("'first'"), HasSubstr("absent is 3")));
  EXPECT_THAT(Refusal([](auto& spec) {
                spec.mutable_groups(0)->set_master(static_cast<v1::MasterFormat>(4));
              }),
              AllOf(HasSubstr("'first'"), HasSubstr("master is 4")));
}

TEST(JobSpecConversion, MissingFieldsAreNamed) {
  EXPECT_THAT(Refusal([](auto& spec) { spec.clear_codec(); }), HasSubstr("codec is not set"));
  EXPECT_THAT(Refusal([](auto& spec) { spec.clear_optimizer(); }),
              HasSubstr("optimizer is not set"));
  EXPECT_THAT(Refusal([](auto& spec) { spec.clear_master_rounding(); }),
              HasSubstr("master_rounding is not set"));
  EXPECT_THAT(Refusal([](auto& spec) { spec.mutable_parameters(0)->clear_dtype(); }),
              HasSubstr("dtype is not set"));
  EXPECT_THAT(Refusal([](auto& spec) { spec.mutable_groups(1)->clear_absent(); }),
              HasSubstr("absent is not set"));
  EXPECT_THAT(Refusal([](auto& spec) { spec.mutable_groups(1)->clear_hyperparameters(); }),
              HasSubstr("group 'second': hyperparameters are not set"));
}

TEST(JobSpecConversion, Limits) {
  EXPECT_THAT(Refusal([](auto& spec) { spec.set_name(std::string(2000, 'x')); }),
              AllOf(HasSubstr("job name"), HasSubstr("2000 bytes")));
  EXPECT_THAT(Refusal([](auto& spec) { spec.set_name("a\xff"); }), HasSubstr("'a?' is not UTF-8"));
  EXPECT_THAT(
      Refusal([](auto& spec) { spec.mutable_parameters(0)->set_name(std::string(1025, 'x')); }),
      HasSubstr("parameter name"));
  EXPECT_THAT(
      Refusal([](auto& spec) { spec.mutable_groups(0)->set_patterns(0, std::string(1025, '*')); }),
      HasSubstr("group 'first': pattern"));
  EXPECT_THAT(
      Refusal([](auto& spec) { spec.mutable_parameters(2)->mutable_shape()->Resize(33, 1); }),
      AllOf(HasSubstr("'c.weight'"), HasSubstr("33 entries")));
  EXPECT_THAT(Refusal([](auto& spec) {
                for (std::size_t i = 0; i < kMaxGroups; ++i) spec.add_groups();
              }),
              HasSubstr("spec.groups has 1027"));
  EXPECT_THAT(Refusal([](auto& spec) {
                for (std::size_t i = 0; i < kMaxParameters; ++i) spec.add_parameters();
              }),
              HasSubstr("spec.parameters has 262147"));
  EXPECT_THAT(Refusal([](auto& spec) {
                for (int i = 0; i < (1 << 12); ++i) spec.add_parameters();
                for (int i = 0; i < (1 << 12); ++i) spec.mutable_groups(0)->add_patterns();
              }),
              HasSubstr("4099 patterns for 4099 parameters"));
}

TEST(Token, Limits) {
  EXPECT_TRUE(CheckToken("").ok());
  EXPECT_TRUE(CheckToken(std::string(256, 'x')).ok());
  EXPECT_THAT(std::string(CheckToken(std::string(257, 'x')).message()), HasSubstr("257 bytes"));
  EXPECT_THAT(std::string(CheckToken("\x80").message()), HasSubstr("UTF-8"));
}

TEST(JobKey, Limits) {
  EXPECT_TRUE(CheckJobKey("größe", "t").ok());
  EXPECT_TRUE(CheckJobKey(std::string(1024, 'x'), "").ok());
  const auto refusal = [](absl::string_view job, absl::string_view token) {
    const absl::Status status = CheckJobKey(job, token);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  };
  EXPECT_THAT(refusal(std::string(1025, 'x'), ""),
              AllOf(HasSubstr("the job name 'xxx"), HasSubstr("1025 bytes; at most 1024")));
  EXPECT_EQ(refusal("gpt\xff", ""), "the job name 'gpt?' is not UTF-8");
  EXPECT_EQ(refusal("gpt", "\xff"), "the token is not UTF-8");
}

}  // namespace
}  // namespace zerod
