#include "engine/spec_validation.h"

#include <fnmatch.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "engine/job_rule.h"

namespace zerod {
namespace {

absl::Status ValidateName(absl::string_view kind, const std::string& name) {
  if (name.empty())
    return absl::InvalidArgumentError(absl::StrCat("a ", kind, " has an empty name"));
  if (name.size() > kMaxNameBytes) {
    return absl::InvalidArgumentError(absl::StrCat("the name of ", kind, " '", name.substr(0, 32),
                                                   "...' has ", name.size(), " bytes; at most ",
                                                   kMaxNameBytes, " are allowed"));
  }
  return absl::OkStatus();
}

absl::Status ValidateHyperparameters(Optimizer optimizer, const Hyperparameters& hyperparameters,
                                     const std::string& group_name) {
  const absl::Status valid = Validate(optimizer, hyperparameters);
  if (valid.ok()) return valid;
  return absl::InvalidArgumentError(absl::StrCat("group '", group_name, "': ", valid.message()));
}

absl::Status ValidateGroups(const JobSpec& spec) {
  if (spec.groups.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("job '", spec.name, "' has no parameter group"));
  }
  std::set<std::string> names;
  const ParameterGroup* rest = nullptr;
  for (const ParameterGroup& group : spec.groups) {
    if (group.patterns.empty() && rest != nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("groups '", rest->name, "' and '", group.name,
                       "' have no patterns; only one group can take what is left"));
    }
    if (group.patterns.empty()) rest = &group;
    ZEROD_RETURN_IF_ERROR(ValidateName("group", group.name));
    if (!names.insert(group.name).second) {
      return absl::InvalidArgumentError(absl::StrCat("two groups are named '", group.name, "'"));
    }
    ZEROD_RETURN_IF_ERROR(
        ValidateHyperparameters(spec.optimizer, group.hyperparameters, group.name));
  }
  return absl::OkStatus();
}

absl::Status ValidateEnum(const std::string& owner, absl::string_view what, int value, int last) {
  if (value >= 1 && value <= last) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(owner, " has the ", what, " ", value, ", which does not exist"));
}

absl::Status ValidateFormats(const JobSpec& spec) {
  const std::string job = absl::StrCat("job '", spec.name, "'");
  ZEROD_RETURN_IF_ERROR(ValidateEnum(job, "optimizer", static_cast<int>(spec.optimizer), 5));
  ZEROD_RETURN_IF_ERROR(ValidateEnum(job, "codec", static_cast<int>(spec.codec), 3));
  ZEROD_RETURN_IF_ERROR(
      ValidateEnum(job, "master_rounding", static_cast<int>(spec.master_rounding), 2));
  for (const ParameterGroup& group : spec.groups) {
    const std::string owner = absl::StrCat("group '", group.name, "'");
    ZEROD_RETURN_IF_ERROR(ValidateEnum(owner, "absent policy", static_cast<int>(group.absent), 2));
    const int master = static_cast<int>(group.master.value_or(MasterFormat::k24));
    ZEROD_RETURN_IF_ERROR(ValidateEnum(owner, "master format", master, 3));
  }
  return absl::OkStatus();
}

bool Matches(const std::string& pattern, const ParameterSpec& parameter) {
  return fnmatch(pattern.c_str(), parameter.name.c_str(), 0) == 0;
}

// A misspelt pattern would leave its parameters in another group, silently.
absl::Status ValidatePatterns(const JobSpec& spec) {
  for (const ParameterGroup& group : spec.groups) {
    const auto matches_any = [&](const std::string& pattern) {
      return std::ranges::any_of(spec.parameters, [&](const ParameterSpec& parameter) {
        return Matches(pattern, parameter);
      });
    };
    if (group.patterns.empty() || std::ranges::any_of(group.patterns, matches_any)) continue;
    return absl::InvalidArgumentError(absl::StrCat("no pattern of group '", group.name, "' (",
                                                   absl::StrJoin(group.patterns, ", "),
                                                   ") matches a parameter"));
  }
  return absl::OkStatus();
}

bool IsPositive(double value) { return std::isfinite(value) && value > 0; }

}  // namespace

absl::StatusOr<std::uint64_t> ElementCount(const ParameterSpec& parameter) {
  std::uint64_t count = 1;
  for (std::int64_t extent : parameter.shape) {
    if (extent < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("parameter '", parameter.name, "' has the extent ", extent));
    }
    const std::uint64_t unsigned_extent = static_cast<std::uint64_t>(extent);
    if (unsigned_extent > 0 && count > kMaxElements / unsigned_extent) {
      return absl::InvalidArgumentError(absl::StrCat(
          "parameter '", parameter.name, "' has more than ", kMaxElements, " elements"));
    }
    count *= unsigned_extent;
  }
  return count;
}

absl::StatusOr<std::size_t> GroupIndex(const JobSpec& spec, const ParameterSpec& parameter) {
  for (std::size_t i = 0; i < spec.groups.size(); ++i) {
    for (const std::string& pattern : spec.groups[i].patterns) {
      if (Matches(pattern, parameter)) return i;
    }
  }
  for (std::size_t i = 0; i < spec.groups.size(); ++i) {
    if (spec.groups[i].patterns.empty()) return i;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("parameter '", parameter.name,
                   "' matches no group's patterns; add a group without patterns for the rest"));
}

absl::Status ValidateSpec(const JobSpec& spec) {
  ZEROD_RETURN_IF_ERROR(ValidateName("job", spec.name));
  ZEROD_RETURN_IF_ERROR(ValidateFormats(spec));
  ZEROD_RETURN_IF_ERROR(ValidateGroups(spec));
  if (spec.parameters.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("job '", spec.name, "' has no parameters"));
  }
  std::set<std::string> names;
  for (const ParameterSpec& parameter : spec.parameters) {
    ZEROD_RETURN_IF_ERROR(ValidateName("parameter", parameter.name));
    if (!names.insert(parameter.name).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("two parameters are named '", parameter.name, "'"));
    }
    ZEROD_RETURN_IF_ERROR(ValidateEnum(absl::StrCat("parameter '", parameter.name, "'"), "dtype",
                                       static_cast<int>(parameter.dtype), 3));
  }
  if (spec.bucket_bytes < 2 * kLineElements) {
    return absl::InvalidArgumentError(absl::StrCat("bucket_bytes is ", spec.bucket_bytes,
                                                   "; a bucket holds at least one line, ",
                                                   2 * kLineElements, " bytes"));
  }
  ZEROD_RETURN_IF_ERROR(ValidatePatterns(spec));
  return ValidateOpen({.micro_batches = spec.micro_batches});
}

absl::Status ValidateOpen(const OpenRequest& request) {
  if (const auto count = request.micro_batches;
      count && (*count < 1 || *count > kMaxMicroBatches)) {
    return absl::InvalidArgumentError(
        absl::StrCat("micro_batches is ", *count, "; it must be between 1 and ", kMaxMicroBatches));
  }
  if (!IsPositive(request.loss_scale)) {
    return absl::InvalidArgumentError(
        absl::StrCat("loss_scale is ", request.loss_scale, "; it must be positive and finite"));
  }
  return absl::OkStatus();
}

absl::Status ValidateStep(const StepRequest& request, const JobSpec& spec) {
  if (request.max_grad_norm != 0 && !IsPositive(request.max_grad_norm)) {
    return absl::InvalidArgumentError(
        absl::StrCat("max_grad_norm is ", request.max_grad_norm,
                     "; it must be positive and finite, or 0 for off"));
  }
  if (!request.hyperparameters.empty() && request.hyperparameters.size() != spec.groups.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("hyperparameters for ", request.hyperparameters.size(),
                     " groups were given; the job has ", spec.groups.size()));
  }
  for (std::size_t i = 0; i < request.hyperparameters.size(); ++i) {
    const Hyperparameters& hyperparameters = request.hyperparameters[i];
    const ParameterGroup& group = spec.groups[i];
    ZEROD_RETURN_IF_ERROR(ValidateHyperparameters(spec.optimizer, hyperparameters, group.name));
    if (!group.frozen && hyperparameters.momentum > 0 && !HasM(JobRule(spec))) {
      return absl::InvalidArgumentError(absl::StrCat(
          "group '", group.name, "': momentum is ", hyperparameters.momentum,
          ", but the job keeps no momentum, since no group had any when it was created; create the "
          "job with momentum > 0"));
    }
  }
  return absl::OkStatus();
}

}  // namespace zerod
