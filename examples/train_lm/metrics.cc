#include "examples/train_lm/metrics.h"

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace zerod::train_lm {
namespace {

absl::Status FileError(const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("metrics file '", path, "' cannot be written"));
}

}  // namespace

absl::Status MetricsFile::Open(const std::string& path, bool append) {
  if (path.empty()) return absl::OkStatus();
  path_ = path;
  file_.open(path, append ? std::ios::app : std::ios::trunc);
  return file_ ? absl::OkStatus() : FileError(path);
}

absl::Status MetricsFile::Append(const StepMetrics& metrics) {
  if (!file_.is_open()) return absl::OkStatus();
  nlohmann::ordered_json line = {{"step", metrics.step}, {"train_loss", metrics.train_loss}};
  if (metrics.validation_loss) line["validation_loss"] = *metrics.validation_loss;
  line["learning_rate"] = metrics.learning_rate;
  line["gradient_norm"] = metrics.gradient_norm;
  line["tokens_per_second"] = metrics.tokens_per_second;
  line["seconds"] = metrics.seconds;
  file_ << line.dump() + "\n" << std::flush;
  return file_ ? absl::OkStatus() : FileError(path_);
}

}  // namespace zerod::train_lm
