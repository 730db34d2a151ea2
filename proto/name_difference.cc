#include "proto/name_difference.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/job_rule.h"
#include "engine/parameter_table.h"

namespace zerod {
namespace {

std::string Text(DType dtype) { return std::string(DTypeName(dtype)); }
std::string Text(Optimizer optimizer) { return std::string(OptimizerName(optimizer)); }
std::string Text(StateCodec codec) { return std::string(StateCodecName(codec)); }
std::string Text(MasterFormat format) { return std::string(MasterFormatName(format)); }
std::string Text(MasterRounding rounding) { return std::string(MasterRoundingName(rounding)); }
std::string Text(AbsentPolicy policy) {
  switch (policy) {
    case AbsentPolicy::kZeroGradient:
      return "zero_gradient";
    case AbsentPolicy::kSkip:
      return "skip";
  }
  return "unknown policy";
}
std::string Text(bool value) { return value ? "true" : "false"; }
std::string Text(std::uint64_t value) { return absl::StrCat(value); }
std::string Text(const std::vector<std::int64_t>& shape) {
  return absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
}

template <typename Value>
std::string Compare(absl::string_view what, const Value& mine, const Value& theirs) {
  if (mine == theirs) return "";
  return absl::StrCat(what, " ", Text(mine), " here, and ", Text(theirs), " in the job");
}

std::string CompareMomentum(bool mine_keeps, bool theirs_keeps) {
  if (mine_keeps == theirs_keeps) return "";
  return mine_keeps ? "the job keeps no momentum; here some group has momentum > 0"
                    : "the job keeps momentum; here no group has momentum > 0";
}

// A job's table with what the hash takes from its spec.
struct Side {
  const JobSpec& spec;
  const ParameterTable& table;

  const ParameterGroup& Group(const Parameter& parameter) const {
    return spec.groups[parameter.group_index];
  }
};

std::string CompareParameter(const Side& mine, const Side& theirs, std::size_t index) {
  const Parameter& a = mine.table.parameters()[index];
  const Parameter& b = theirs.table.parameters()[index];
  if (a.spec.name != b.spec.name) {
    return absl::StrCat("parameter ", index, " is '", a.spec.name, "' here, and '", b.spec.name,
                        "' in the job");
  }
  const std::string owner = absl::StrCat("parameter '", a.spec.name, "' has");
  std::string found = Compare(absl::StrCat(owner, " the shape"), a.spec.shape, b.spec.shape);
  const auto compare = [&](absl::string_view what, const auto& my_value, const auto& their_value) {
    if (found.empty()) found = Compare(absl::StrCat(owner, " ", what), my_value, their_value);
  };
  compare("the dtype", a.spec.dtype, b.spec.dtype);
  compare("frozen =", a.frozen, b.frozen);
  compare("the master format", a.master, b.master);
  compare("the absent policy", mine.Group(a).absent, theirs.Group(b).absent);
  if (found.empty() && a.group_index != b.group_index) {
    found = absl::StrCat("parameter '", a.spec.name, "' is in group ", a.group_index, " ('",
                         mine.Group(a).name, "') here, and in group ", b.group_index, " ('",
                         theirs.Group(b).name, "') in the job");
  }
  return found;
}

std::string CompareTables(const Side& mine, const Side& theirs) {
  const std::span<const Parameter> a = mine.table.parameters();
  const std::span<const Parameter> b = theirs.table.parameters();
  for (std::size_t index = 0; index < std::min(a.size(), b.size()); ++index) {
    if (std::string found = CompareParameter(mine, theirs, index); !found.empty()) return found;
  }
  if (a.size() == b.size()) return "";
  const bool extra_here = a.size() > b.size();
  const Parameter& extra = extra_here ? a[b.size()] : b[a.size()];
  return absl::StrCat("there are ", a.size(), " parameters here, and ", b.size(),
                      " in the job; the first that only ", extra_here ? "this one" : "the job",
                      " has is '", extra.spec.name, "'");
}

}  // namespace

std::string NameDifference(const JobSpec& mine, const JobSpec& theirs) {
  const absl::StatusOr<ParameterTable> my_table = ParameterTable::Create(mine);
  if (!my_table.ok()) return std::string(my_table.status().message());
  const absl::StatusOr<ParameterTable> their_table = ParameterTable::Create(theirs);
  if (!their_table.ok()) return std::string(their_table.status().message());
  std::string found = CompareTables({mine, *my_table}, {theirs, *their_table});
  if (found.empty()) found = Compare("the optimizer is", mine.optimizer, theirs.optimizer);
  if (found.empty()) {
    found = CompareMomentum(HasM(JobRule(mine)), HasM(JobRule(theirs)));
  }
  if (found.empty()) found = Compare("the codec is", mine.codec, theirs.codec);
  if (found.empty()) {
    found = Compare("master_rounding is", mine.master_rounding, theirs.master_rounding);
  }
  if (found.empty()) found = Compare("the seed is", mine.seed, theirs.seed);
  return found;
}

}  // namespace zerod
