#include "examples/train_lm/corpus.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace zerod::train_lm {
namespace {

constexpr std::size_t kBlockCount = 20;    // one in so many is held out
constexpr std::size_t kHeldOutBlock = 10;  // which one
constexpr std::size_t kMaxBlockBytes = 1 << 16;

absl::Status PathError(const std::string& path, const std::error_code& error) {
  const std::string message = absl::StrCat("text '", path, "': ", error.message());
  return error == std::errc::permission_denied ? absl::PermissionDeniedError(message)
                                               : absl::NotFoundError(message);
}

absl::Status AppendFile(const std::string& path, std::vector<std::uint8_t>& text) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return PathError(path, std::error_code(errno, std::generic_category()));
  text.insert(text.end(), std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  if (file.bad()) return PathError(path, std::make_error_code(std::errc::io_error));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> FilesBelow(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  std::filesystem::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::recursive_directory_iterator();
       entry.increment(error)) {
    if (entry->is_regular_file(error)) paths.push_back(entry->path().string());
  }
  if (error) return PathError(folder, error);
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

absl::StatusOr<Corpus> Corpus::Load(const std::string& path, std::size_t window_bytes) {
  std::vector<std::string> paths = {path};
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (error) return PathError(path, error);
  if (std::filesystem::is_directory(status)) {
    ZEROD_ASSIGN_OR_RETURN(paths, FilesBelow(path));
  } else if (!std::filesystem::is_regular_file(status)) {
    return absl::InvalidArgumentError(
        absl::StrCat("text '", path, "' is neither a file nor a folder"));
  }
  std::vector<std::uint8_t> text;
  for (const std::string& file : paths) ZEROD_RETURN_IF_ERROR(AppendFile(file, text));
  return FromText(std::move(text), path, window_bytes);
}

absl::StatusOr<Corpus> Corpus::FromText(std::vector<std::uint8_t> text, const std::string& source,
                                        std::size_t window_bytes) {
  if (text.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("text '", source, "' is empty"));
  }
  // Every block must hold a window, or there might be none to validate on.
  if (text.size() / kBlockCount < window_bytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "text '", source, "' has ", text.size(), " bytes; a context of ", window_bytes - 1,
        " needs at least ", kBlockCount * window_bytes, ": name more text or lower --context"));
  }
  Corpus corpus;
  corpus.text_ = std::move(text);
  corpus.window_bytes_ = window_bytes;
  corpus.CutIntoRuns(
      std::max(window_bytes, std::min(kMaxBlockBytes, corpus.text_.size() / kBlockCount)));
  return corpus;
}

void Corpus::CutIntoRuns(std::size_t block_bytes) {
  std::size_t run_begin = 0;
  auto end_training_run = [&](std::size_t end) {
    if (end < run_begin + window_bytes_) return;
    training_window_count_ +=
        AddRun(run_begin, end - run_begin - window_bytes_ + 1, training_runs_);
  };
  for (std::size_t block = kHeldOutBlock; (block + 1) * block_bytes <= text_.size();
       block += kBlockCount) {
    end_training_run(block * block_bytes);
    run_begin = (block + 1) * block_bytes;
    // Validation windows do not overlap: none counts twice.
    validation_window_count_ +=
        AddRun(block * block_bytes, block_bytes / window_bytes_, validation_runs_);
  }
  end_training_run(text_.size());
}

std::size_t Corpus::AddRun(std::size_t begin, std::size_t window_count, std::vector<Run>& runs) {
  const std::size_t first = runs.empty() ? 0 : runs.back().first_window + runs.back().window_count;
  runs.push_back({begin, window_count, first});
  return window_count;
}

const Corpus::Run& Corpus::RunOf(const std::vector<Run>& runs, std::size_t window) {
  const auto after = std::upper_bound(
      runs.begin(), runs.end(), window,
      [](std::size_t window, const Run& run) { return window < run.first_window; });
  return *std::prev(after);
}

std::span<const std::uint8_t> Corpus::TrainingWindow(std::size_t i) const {
  const Run& run = RunOf(training_runs_, i);
  return std::span(text_).subspan(run.begin + (i - run.first_window), window_bytes_);
}

std::vector<std::span<const std::uint8_t>> Corpus::ValidationWindows(std::size_t count) const {
  std::vector<std::span<const std::uint8_t>> windows;
  count = std::min(count, validation_window_count_);
  for (std::size_t n = 0; n < count; ++n) {
    const std::size_t i = n * validation_window_count_ / count;
    const Run& run = RunOf(validation_runs_, i);
    windows.push_back(std::span(text_).subspan(run.begin + (i - run.first_window) * window_bytes_,
                                               window_bytes_));
  }
  return windows;
}

}  // namespace zerod::train_lm
