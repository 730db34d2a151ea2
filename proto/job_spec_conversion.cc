#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "proto/convert.h"

namespace zerod {
namespace {

// The numbers are the same, so that a cast converts.
static_assert(static_cast<int>(DType::kFp32) == v1::DTYPE_FP32);
static_assert(static_cast<int>(DType::kFp16) == v1::DTYPE_FP16);
static_assert(static_cast<int>(Optimizer::kAdamW) == v1::OPTIMIZER_ADAMW);
static_assert(static_cast<int>(Optimizer::kAdam) == v1::OPTIMIZER_ADAM);
static_assert(static_cast<int>(Optimizer::kSgdW) == v1::OPTIMIZER_SGDW);
static_assert(static_cast<int>(Optimizer::kSgd) == v1::OPTIMIZER_SGD);
static_assert(static_cast<int>(Optimizer::kLion) == v1::OPTIMIZER_LION);
static_assert(static_cast<int>(StateCodec::kFp32) == v1::STATE_CODEC_FP32);
static_assert(static_cast<int>(StateCodec::kFlash) == v1::STATE_CODEC_FLASH);
static_assert(static_cast<int>(StateCodec::kRobust) == v1::STATE_CODEC_ROBUST);
static_assert(static_cast<int>(MasterFormat::kNone) == v1::MASTER_FORMAT_NONE);
static_assert(static_cast<int>(MasterFormat::k24) == v1::MASTER_FORMAT_24);
static_assert(static_cast<int>(MasterFormat::k32) == v1::MASTER_FORMAT_32);
static_assert(static_cast<int>(MasterRounding::kStochastic) == v1::MASTER_ROUNDING_STOCHASTIC);
static_assert(static_cast<int>(AbsentPolicy::kSkip) == v1::ABSENT_POLICY_SKIP);
static_assert(static_cast<int>(DType::kBf16) == v1::DTYPE_BF16);
static_assert(static_cast<int>(MasterRounding::kNearest) == v1::MASTER_ROUNDING_NEAREST);
static_assert(static_cast<int>(AbsentPolicy::kZeroGradient) == v1::ABSENT_POLICY_ZERO_GRADIENT);

// The values of a message's enum are 0 for unspecified, and 1 to `last`.
template <typename Enum>
absl::Status ReadEnum(absl::string_view field, int value, int last, Enum& target) {
  if (value == 0) return absl::InvalidArgumentError(absl::StrCat(field, " is not set"));
  if (value < 0 || value > last) {
    return absl::InvalidArgumentError(
        absl::StrCat(field, " is ", value, ", which this build of zerod does not know"));
  }
  target = static_cast<Enum>(value);
  return absl::OkStatus();
}

v1::ParameterSpec ToProto(const ParameterSpec& parameter) {
  const auto& [name, shape, dtype] = parameter;
  v1::ParameterSpec message;
  message.set_name(name);
  message.mutable_shape()->Assign(shape.begin(), shape.end());
  message.set_dtype(static_cast<v1::DType>(dtype));
  return message;
}

absl::StatusOr<ParameterSpec> FromProto(const v1::ParameterSpec& message) {
  ParameterSpec parameter;
  parameter.name = message.name();
  parameter.shape.assign(message.shape().begin(), message.shape().end());
  ZEROD_RETURN_IF_ERROR(ReadEnum(absl::StrCat("parameter '", message.name(), "': dtype"),
                                 message.dtype(), v1::DType_MAX, parameter.dtype));
  return parameter;
}

v1::ParameterGroup ToProto(const ParameterGroup& group) {
  const auto& [name, patterns, hyperparameters, absent, frozen, master] = group;
  v1::ParameterGroup message;
  message.set_name(name);
  message.mutable_patterns()->Assign(patterns.begin(), patterns.end());
  *message.mutable_hyperparameters() = ToProto(hyperparameters);
  message.set_absent(static_cast<v1::AbsentPolicy>(absent));
  message.set_frozen(frozen);
  if (master) message.set_master(static_cast<v1::MasterFormat>(*master));
  return message;
}

absl::StatusOr<ParameterGroup> FromProto(const v1::ParameterGroup& message) {
  const std::string owner = absl::StrCat("group '", message.name(), "': ");
  if (!message.has_hyperparameters()) {
    return absl::InvalidArgumentError(absl::StrCat(owner, "hyperparameters are not set"));
  }
  ParameterGroup group;
  group.name = message.name();
  group.patterns.assign(message.patterns().begin(), message.patterns().end());
  group.hyperparameters = zerod::FromProto(message.hyperparameters());
  ZEROD_RETURN_IF_ERROR(ReadEnum(absl::StrCat(owner, "absent"), message.absent(),
                                 v1::AbsentPolicy_MAX, group.absent));
  group.frozen = message.frozen();
  if (message.master() != v1::MASTER_FORMAT_UNSPECIFIED) {
    ZEROD_RETURN_IF_ERROR(ReadEnum(absl::StrCat(owner, "master"), message.master(),
                                   v1::MasterFormat_MAX, group.master.emplace()));
  }
  return group;
}

}  // namespace

v1::Hyperparameters ToProto(const Hyperparameters& hyperparameters) {
  const auto& [lr, beta1, beta2, eps, weight_decay, momentum, nesterov, initial_lr] =
      hyperparameters;
  v1::Hyperparameters message;
  message.set_lr(lr);
  message.set_beta1(beta1);
  message.set_beta2(beta2);
  message.set_eps(eps);
  message.set_weight_decay(weight_decay);
  message.set_momentum(momentum);
  message.set_nesterov(nesterov);
  message.set_initial_lr(initial_lr);
  return message;
}

Hyperparameters FromProto(const v1::Hyperparameters& hyperparameters) {
  return {.lr = hyperparameters.lr(),
          .beta1 = hyperparameters.beta1(),
          .beta2 = hyperparameters.beta2(),
          .eps = hyperparameters.eps(),
          .weight_decay = hyperparameters.weight_decay(),
          .momentum = hyperparameters.momentum(),
          .nesterov = hyperparameters.nesterov(),
          .initial_lr = hyperparameters.initial_lr()};
}

v1::JobSpec ToProto(const JobSpec& spec) {
  // Here and elsewhere: a field that is added stops this from compiling until it is converted.
  const auto& [name, seed, parameters, groups, optimizer, codec, master_rounding, micro_batches,
               bucket_bytes] = spec;
  v1::JobSpec message;
  message.set_name(name);
  message.set_seed(seed);
  for (const ParameterSpec& parameter : parameters) {
    *message.add_parameters() = ToProto(parameter);
  }
  for (const ParameterGroup& group : groups) *message.add_groups() = ToProto(group);
  message.set_optimizer(static_cast<v1::Optimizer>(optimizer));
  message.set_codec(static_cast<v1::StateCodec>(codec));
  message.set_master_rounding(static_cast<v1::MasterRounding>(master_rounding));
  message.set_micro_batches(micro_batches);
  message.set_bucket_bytes(bucket_bytes);
  return message;
}

absl::StatusOr<JobSpec> FromProto(const v1::JobSpec& message) {
  ZEROD_RETURN_IF_ERROR(CheckJobSpecLimits(message));
  JobSpec spec;
  spec.name = message.name();
  spec.seed = message.seed();
  for (const v1::ParameterSpec& parameter : message.parameters()) {
    ZEROD_ASSIGN_OR_RETURN(spec.parameters.emplace_back(), FromProto(parameter));
  }
  spec.groups.clear();
  for (const v1::ParameterGroup& group : message.groups()) {
    ZEROD_ASSIGN_OR_RETURN(spec.groups.emplace_back(), FromProto(group));
  }
  const std::string owner = absl::StrCat("job '", message.name(), "': ");
  ZEROD_RETURN_IF_ERROR(ReadEnum(absl::StrCat(owner, "optimizer"), message.optimizer(),
                                 v1::Optimizer_MAX, spec.optimizer));
  ZEROD_RETURN_IF_ERROR(
      ReadEnum(absl::StrCat(owner, "codec"), message.codec(), v1::StateCodec_MAX, spec.codec));
  ZEROD_RETURN_IF_ERROR(ReadEnum(absl::StrCat(owner, "master_rounding"), message.master_rounding(),
                                 v1::MasterRounding_MAX, spec.master_rounding));
  spec.micro_batches = message.micro_batches();
  spec.bucket_bytes = message.bucket_bytes();
  return spec;
}

}  // namespace zerod
