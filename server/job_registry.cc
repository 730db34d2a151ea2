#include "server/job_registry.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "server/secrets.h"

namespace zerod {
namespace {

constexpr std::size_t kShownNameBytes = 64;

absl::Status Stopping() { return absl::UnavailableError("the daemon is stopping"); }

absl::Status NoSuchJob(const std::string& name) {
  return absl::NotFoundError(absl::StrCat("there is no job '", ShortName(name), "'"));
}

}  // namespace

std::string ShortName(const std::string& name) {
  const bool is_long = name.size() > kShownNameBytes;
  return absl::StrCat(absl::Utf8SafeCEscape(absl::string_view(name).substr(0, kShownNameBytes)),
                      is_long ? "..." : "");
}

std::uint64_t JobRegistry::NewNumber(int node_index, int node_count) {
  const std::lock_guard lock(mutex_);
  return numbers_given_++ * static_cast<std::uint64_t>(node_count) +
         static_cast<std::uint64_t>(node_index) + 1;
}

absl::Status JobRegistry::Reserve(const std::string& name, std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  if (closed_) return Stopping();
  const auto namesake = number_by_name_.find(name);
  if (namesake != number_by_name_.end()) {
    const bool is_started = jobs_.at(namesake->second).phase == Phase::kStarted;
    return absl::AlreadyExistsError(absl::StrCat("job '", ShortName(name), "' ",
                                                 is_started ? "exists" : "is being created",
                                                 " already; delete it or choose another name"));
  }
  if (static_cast<int>(jobs_.size()) >= max_jobs_) {
    return absl::ResourceExhaustedError(
        absl::StrCat("job '", ShortName(name), "' does not fit: there are ", jobs_.size(),
                     " jobs already, and --max-jobs is ", max_jobs_));
  }
  if (!jobs_.emplace(number, Entry{.name = name}).second) {
    return absl::InternalError(absl::StrCat("job number ", number, " is in use"));
  }
  number_by_name_[name] = number;
  return absl::OkStatus();
}

absl::Status JobRegistry::BeginLoading(std::shared_ptr<ServedJob> job) {
  const std::lock_guard lock(mutex_);
  const auto entry = jobs_.find(job->number);
  if (entry == jobs_.end()) {
    return absl::AbortedError(
        absl::StrCat("job '", ShortName(job->name), "' was dropped while it was being prepared"));
  }
  entry->second.phase = Phase::kLoading;
  entry->second.job = std::move(job);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<ServedJob>> JobRegistry::FindLoading(std::uint64_t number) const {
  const std::lock_guard lock(mutex_);
  if (closed_) return Stopping();
  const auto entry = jobs_.find(number);
  if (entry != jobs_.end() && entry->second.phase == Phase::kLoading) return entry->second.job;
  return absl::NotFoundError(absl::StrCat("job number ", number, " takes no values any more"));
}

absl::Status JobRegistry::MarkStarted(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  if (closed_) return Stopping();
  const auto entry = jobs_.find(number);
  if (entry == jobs_.end() || entry->second.phase != Phase::kLoading) {
    return absl::NotFoundError(absl::StrCat("job number ", number, " was dropped as it started"));
  }
  entry->second.phase = Phase::kStarted;
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<ServedJob>> JobRegistry::Find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  if (closed_) return Stopping();
  const auto number = number_by_name_.find(name);
  if (number == number_by_name_.end()) return NoSuchJob(name);
  const Entry& entry = jobs_.at(number->second);
  if (entry.phase != Phase::kStarted) {
    return absl::NotFoundError(
        absl::StrCat("job '", ShortName(name), "' is still being created; try again"));
  }
  return entry.job;
}

absl::StatusOr<std::shared_ptr<ServedJob>> JobRegistry::Find(const std::string& name,
                                                             const std::string& token) const {
  ZEROD_ASSIGN_OR_RETURN(std::shared_ptr<ServedJob> job, Find(name));
  if (SecretsAreEqual(job->token, token)) return job;
  return absl::PermissionDeniedError(absl::StrCat(
      "job '", ShortName(name), token.empty() ? "' wants a token" : "' has another token"));
}

std::shared_ptr<ServedJob> JobRegistry::FindStarted(std::uint64_t number) const {
  const std::lock_guard lock(mutex_);
  const auto entry = jobs_.find(number);
  if (entry == jobs_.end() || entry->second.phase != Phase::kStarted) return nullptr;
  return entry->second.job;
}

std::vector<JobRegistry::Listed> JobRegistry::List() const {
  const std::lock_guard lock(mutex_);
  std::vector<Listed> listed;
  for (const auto& [name, number] : number_by_name_) {
    const Entry& entry = jobs_.at(number);
    if (entry.job != nullptr) listed.push_back({entry.job, entry.phase == Phase::kStarted});
  }
  return listed;
}

int JobRegistry::count() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(jobs_.size());
}

JobRegistry::Listed JobRegistry::Take(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  const auto entry = jobs_.find(number);
  if (entry == jobs_.end()) return {};
  const Listed taken{std::move(entry->second.job), entry->second.phase == Phase::kStarted};
  number_by_name_.erase(entry->second.name);
  jobs_.erase(entry);
  return taken;
}

absl::Status JobRegistry::CheckOpen() const {
  const std::lock_guard lock(mutex_);
  return closed_ ? Stopping() : absl::OkStatus();
}

std::vector<JobRegistry::Listed> JobRegistry::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  std::vector<Listed> taken;
  for (auto& [number, entry] : jobs_) {
    if (entry.job != nullptr) taken.push_back({entry.job, entry.phase == Phase::kStarted});
  }
  jobs_.clear();
  number_by_name_.clear();
  return taken;
}

}  // namespace zerod
