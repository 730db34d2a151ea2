#include "server/values_progress.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace zerod {

ValuesProgress::ValuesProgress(std::span<const Parameter> parameters) : parameters_(parameters) {
  SkipComplete();
}

void ValuesProgress::SkipComplete() {
  while (parameter_ < parameters_.size() && next_ == parameters_[parameter_].element_count) {
    ++parameter_;
    next_ = 0;
  }
}

absl::Status ValuesProgress::Take(std::size_t parameter, std::uint64_t first, std::uint64_t count) {
  if (parameter >= parameters_.size()) {
    return absl::InvalidArgumentError(absl::StrCat("values came for parameter ", parameter,
                                                   "; the job has ", parameters_.size()));
  }
  if (count == 0 && parameters_[parameter].element_count == 0 && parameter >= next_empty_) {
    next_empty_ = parameter + 1;
    return absl::OkStatus();
  }
  if (parameter == parameter_ && first == next_ && count > 0 &&
      count <= parameters_[parameter].element_count - first) {
    next_ += count;
    SkipComplete();
    return absl::OkStatus();
  }
  const std::string expected = parameter_ == parameters_.size()
                                   ? "all values had come already"
                                   : absl::StrCat("element ", next_, " of parameter '",
                                                  parameters_[parameter_].spec.name, "' was next");
  return absl::InvalidArgumentError(
      absl::StrCat(count, " values of parameter '", parameters_[parameter].spec.name, "' (",
                   parameters_[parameter].element_count, " elements) came from element ", first,
                   " on; ", expected));
}

absl::Status ValuesProgress::Finish() const {
  if (parameter_ == parameters_.size()) return absl::OkStatus();
  const Parameter& parameter = parameters_[parameter_];
  return absl::InvalidArgumentError(absl::StrCat("the values of parameter '", parameter.spec.name,
                                                 "' end after ", next_, " of ",
                                                 parameter.element_count, " elements"));
}

}  // namespace zerod
