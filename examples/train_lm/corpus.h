#ifndef ZEROD_EXAMPLES_TRAIN_LM_CORPUS_H_
#define ZEROD_EXAMPLES_TRAIN_LM_CORPUS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace zerod::train_lm {

// Text as bytes, cut into blocks of which every twentieth is held out for validation. Blocks rather
// than a tail: the end of a sorted folder is another kind of text than its beginning. Immutable, so
// all trainers share one.
class Corpus {
 public:
  // Reads a file, or every regular file below a folder in the order of their paths. `window_bytes`
  // is the length of the longest window that will be asked for. kNotFound or kPermissionDenied when
  // the path, or a file below it, cannot be read; kInvalidArgument when there is too little text
  // for windows of both kinds.
  static absl::StatusOr<Corpus> Load(const std::string& path, std::size_t window_bytes);
  // The same from memory; `source` names it in errors.
  static absl::StatusOr<Corpus> FromText(std::vector<std::uint8_t> text, const std::string& source,
                                         std::size_t window_bytes);

  // How many windows of `window_bytes` lie wholly inside training text, and the i-th of them.
  std::size_t training_window_count() const { return training_window_count_; }
  std::span<const std::uint8_t> TrainingWindow(std::size_t i) const;

  // `count` windows spread evenly over the held-out text, in a fixed order that knows no seed;
  // fewer when it is short.
  std::vector<std::span<const std::uint8_t>> ValidationWindows(std::size_t count) const;

  std::size_t window_bytes() const { return window_bytes_; }
  std::size_t text_bytes() const { return text_.size(); }

 private:
  // Text without a break, and the windows before it in the numbering of its kind.
  struct Run {
    std::size_t begin = 0;
    std::size_t window_count = 0;
    std::size_t first_window = 0;
  };

  void CutIntoRuns(std::size_t block_bytes);
  static std::size_t AddRun(std::size_t begin, std::size_t window_count, std::vector<Run>& runs);
  static const Run& RunOf(const std::vector<Run>& runs, std::size_t window);

  std::vector<std::uint8_t> text_;
  std::size_t window_bytes_ = 0;
  std::vector<Run> training_runs_, validation_runs_;
  std::size_t training_window_count_ = 0, validation_window_count_ = 0;
};

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_CORPUS_H_
