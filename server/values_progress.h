#ifndef ZEROD_SERVER_VALUES_PROGRESS_H_
#define ZEROD_SERVER_VALUES_PROGRESS_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "engine/parameter_table.h"

namespace zerod {

// Checks that a new job's initial values come once each, in order: the parameters in the spec's
// order, each one's elements from the first to the last in stretches of any length. Parameters
// without elements may be left out.
class ValuesProgress {
 public:
  // `parameters` outlive this object.
  explicit ValuesProgress(std::span<const Parameter> parameters);

  // kInvalidArgument names the parameter whose values come twice, too early or not at all.
  absl::Status Take(std::size_t parameter, std::uint64_t first, std::uint64_t count);
  // kInvalidArgument names the first parameter that lacks values.
  absl::Status Finish() const;

 private:
  // Goes on to the next parameter that lacks values.
  void SkipComplete();

  const std::span<const Parameter> parameters_;
  std::size_t parameter_ = 0;
  std::uint64_t next_ = 0;  // element of it
  // First of the parameters without elements that may still be mentioned. Once is enough: a client
  // could keep a creation, and its memory, for ever with messages that say nothing.
  std::size_t next_empty_ = 0;
};

}  // namespace zerod

#endif  // ZEROD_SERVER_VALUES_PROGRESS_H_
