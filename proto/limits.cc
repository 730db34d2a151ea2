#include "proto/limits.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "engine/spec_validation.h"
#include "proto/convert.h"
#include "proto/utf8.h"

namespace zerod {
namespace {

absl::Status CheckCount(absl::string_view what, std::size_t count, std::size_t limit) {
  if (count <= limit) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(what, " has ", count, " entries; at most ", limit, " are allowed"));
}

absl::Status CheckName(absl::string_view what, absl::string_view name) {
  if (name.size() > kMaxNameBytes) {
    return absl::InvalidArgumentError(absl::StrCat(what, " '", MendUtf8(name, 32), "...' has ",
                                                   name.size(), " bytes; at most ", kMaxNameBytes,
                                                   " are allowed"));
  }
  if (!IsUtf8(name)) {
    return absl::InvalidArgumentError(
        absl::StrCat(what, " '", MendUtf8(name, name.size()), "' is not UTF-8"));
  }
  return absl::OkStatus();
}

absl::Status CheckGroup(const v1::ParameterGroup& group) {
  ZEROD_RETURN_IF_ERROR(CheckName("the group name", group.name()));
  for (const std::string& pattern : group.patterns()) {
    ZEROD_RETURN_IF_ERROR(CheckName(absl::StrCat("group '", group.name(), "': pattern"), pattern));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckToken(absl::string_view token) {
  if (token.size() > kMaxTokenBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the token has ", token.size(), " bytes; at most ", kMaxTokenBytes, " are allowed"));
  }
  if (!IsUtf8(token)) return absl::InvalidArgumentError("the token is not UTF-8");
  return absl::OkStatus();
}

absl::Status CheckJobKey(absl::string_view job, absl::string_view token) {
  ZEROD_RETURN_IF_ERROR(CheckName("the job name", job));
  return CheckToken(token);
}

absl::Status CheckJobSpecLimits(const v1::JobSpec& spec) {
  ZEROD_RETURN_IF_ERROR(CheckName("the job name", spec.name()));
  ZEROD_RETURN_IF_ERROR(CheckCount("spec.parameters", spec.parameters_size(), kMaxParameters));
  ZEROD_RETURN_IF_ERROR(CheckCount("spec.groups", spec.groups_size(), kMaxGroups));
  std::uint64_t pattern_count = 0;
  for (const v1::ParameterGroup& group : spec.groups()) {
    ZEROD_RETURN_IF_ERROR(CheckGroup(group));
    pattern_count += group.patterns_size();
  }
  const auto parameter_count = static_cast<std::uint64_t>(spec.parameters_size());
  if (pattern_count * parameter_count > kMaxPatternTrials) {
    return absl::InvalidArgumentError(
        absl::StrCat("spec.groups has ", pattern_count, " patterns for ", parameter_count,
                     " parameters; their product may be at most ", kMaxPatternTrials));
  }
  for (const v1::ParameterSpec& parameter : spec.parameters()) {
    ZEROD_RETURN_IF_ERROR(CheckName("the parameter name", parameter.name()));
    ZEROD_RETURN_IF_ERROR(CheckCount(absl::StrCat("the shape of '", parameter.name(), "'"),
                                     parameter.shape_size(), kMaxDimensions));
  }
  return absl::OkStatus();
}

}  // namespace zerod
