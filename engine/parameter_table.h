#ifndef ZEROD_ENGINE_PARAMETER_TABLE_H_
#define ZEROD_ENGINE_PARAMETER_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/flat_range.h"
#include "zerod/engine/job_spec.h"

namespace zerod {

// A parameter of a validated job, at its place in the flat index.
struct Parameter {
  ParameterSpec spec;
  std::uint64_t element_count = 0;
  FlatRange flat;  // padded to whole quant groups
  std::size_t group_index = 0;
  MasterFormat master = MasterFormat::kNone;
  bool frozen = false;
};

// A job's parameters in canonical order. The flat index follows from the spec's parameters alone,
// so it is the same on every rank of every world.
class ParameterTable {
 public:
  // kInvalidArgument names the parameter, group or option of `spec` that is wrong.
  static absl::StatusOr<ParameterTable> Create(const JobSpec& spec);

  std::span<const Parameter> parameters() const { return parameters_; }
  std::span<const ParameterGroup> groups() const { return groups_; }
  std::uint64_t flat_end() const { return flat_end_; }  // padded to whole lines
  // Of everything that decides a stored bit: equal on all ranks and trainers of a job.
  std::uint64_t layout_hash() const { return layout_hash_; }

  absl::StatusOr<std::size_t> Find(absl::string_view name) const;
  // kInvalidArgument: no parameter has this index.
  absl::Status CheckIndex(std::size_t index) const;
  // Indices [first, last) of the parameters that may share elements with `range`.
  std::pair<std::size_t, std::size_t> Overlapping(FlatRange range) const;

 private:
  std::vector<Parameter> parameters_;
  std::vector<ParameterGroup> groups_;
  std::map<std::string, std::size_t> index_by_name_;
  std::uint64_t flat_end_ = 0;
  std::uint64_t layout_hash_ = 0;
};

}  // namespace zerod

#endif  // ZEROD_ENGINE_PARAMETER_TABLE_H_
