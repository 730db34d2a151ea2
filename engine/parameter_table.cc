#include "engine/parameter_table.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "engine/layout_hash.h"
#include "engine/spec_validation.h"

namespace zerod {
namespace {

std::uint64_t RoundUp(std::uint64_t value, std::uint64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

MasterFormat ChooseMaster(const ParameterSpec& parameter, const ParameterGroup& group) {
  if (parameter.dtype == DType::kFp32 || group.frozen) return MasterFormat::kNone;
  if (group.master) return *group.master;
  return parameter.shape.size() < 2 ? MasterFormat::k32 : MasterFormat::k24;
}

}  // namespace

absl::StatusOr<ParameterTable> ParameterTable::Create(const JobSpec& spec) {
  ZEROD_RETURN_IF_ERROR(ValidateSpec(spec));
  ParameterTable table;
  table.groups_ = spec.groups;
  std::uint64_t flat = 0;
  for (const ParameterSpec& parameter : spec.parameters) {
    ZEROD_ASSIGN_OR_RETURN(const std::uint64_t element_count, ElementCount(parameter));
    ZEROD_ASSIGN_OR_RETURN(const std::size_t group_index, GroupIndex(spec, parameter));
    const FlatRange range{flat, flat + RoundUp(element_count, kQuantGroupElements)};
    const ParameterGroup& group = spec.groups[group_index];
    table.index_by_name_[parameter.name] = table.parameters_.size();
    table.parameters_.push_back({.spec = parameter,
                                 .element_count = element_count,
                                 .flat = range,
                                 .group_index = group_index,
                                 .master = ChooseMaster(parameter, group),
                                 .frozen = group.frozen});
    flat = range.end;
    if (flat > kMaxElements) {
      return absl::InvalidArgumentError(absl::StrCat("job '", spec.name, "' has more than ",
                                                     kMaxElements, " elements with parameter '",
                                                     parameter.name, "'"));
    }
  }
  table.flat_end_ = RoundUp(flat, kLineElements);
  table.layout_hash_ = LayoutHash(spec, table.parameters_);
  return table;
}

absl::StatusOr<std::size_t> ParameterTable::Find(absl::string_view name) const {
  const auto found = index_by_name_.find(static_cast<std::string>(name));
  if (found == index_by_name_.end()) {
    return absl::NotFoundError(absl::StrCat("the job has no parameter '", name, "'"));
  }
  return found->second;
}

absl::Status ParameterTable::CheckIndex(std::size_t index) const {
  if (index < parameters_.size()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("there is no parameter ", index, "; the job has ", parameters_.size()));
}

std::pair<std::size_t, std::size_t> ParameterTable::Overlapping(FlatRange range) const {
  const auto first = std::ranges::partition_point(
      parameters_, [&](const Parameter& p) { return p.flat.end <= range.begin; });
  const auto last = std::ranges::partition_point(
      parameters_, [&](const Parameter& p) { return p.flat.begin < range.end; });
  const auto begin = parameters_.begin();
  return {static_cast<std::size_t>(first - begin),
          static_cast<std::size_t>(std::max(first, last) - begin)};
}

}  // namespace zerod
