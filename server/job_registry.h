#ifndef ZEROD_SERVER_JOB_REGISTRY_H_
#define ZEROD_SERVER_JOB_REGISTRY_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/job.h"
#include "server/job_events.h"

namespace zerod {

// This node's part of a job.
struct ServedJob {
  std::uint64_t number = 0;  // the same on all nodes; never used again
  std::string name;
  std::string token;
  std::unique_ptr<JobEvents> observer;
  std::unique_ptr<Job> job;  // goes before its observer
};

// All jobs of a node. A job is first reserved (its name and place are taken), then loading, then
// started; only started ones are found by name. Thread-safe.
class JobRegistry {
 public:
  explicit JobRegistry(int max_jobs) : max_jobs_(max_jobs) {}

  // One that no other job of the cluster has: node `node_index` gives out every
  // `node_count`-th.
  std::uint64_t NewNumber(int node_index, int node_count);
  // kAlreadyExists; kResourceExhausted names --max-jobs; kUnavailable after Close.
  absl::Status Reserve(const std::string& name, std::uint64_t number);
  // The reserved job can take its values. kAborted: it was taken out meanwhile.
  absl::Status BeginLoading(std::shared_ptr<ServedJob> job);
  // kNotFound: it was dropped, or is not loading.
  absl::StatusOr<std::shared_ptr<ServedJob>> FindLoading(std::uint64_t number) const;
  absl::Status MarkStarted(std::uint64_t number);

  // kNotFound names it; kUnavailable after Close.
  absl::StatusOr<std::shared_ptr<ServedJob>> Find(const std::string& name) const;
  // The same, once `token` is its token; kPermissionDenied.
  absl::StatusOr<std::shared_ptr<ServedJob>> Find(const std::string& name,
                                                  const std::string& token) const;
  // Null: there is no such started job.
  std::shared_ptr<ServedJob> FindStarted(std::uint64_t number) const;

  struct Listed {
    std::shared_ptr<ServedJob> job;
    bool is_started = false;
  };
  // Loading and started ones, by name.
  std::vector<Listed> List() const;
  int count() const;

  // Takes the job out, and frees its name. What was loading or started is returned, else null.
  Listed Take(std::uint64_t number);
  // kUnavailable after Close.
  absl::Status CheckOpen() const;
  // Refuses new jobs, and takes all out.
  std::vector<Listed> Close();

 private:
  enum class Phase { kReserved, kLoading, kStarted };
  struct Entry {
    std::string name;
    Phase phase = Phase::kReserved;
    std::shared_ptr<ServedJob> job;  // null while it is reserved
  };

  const int max_jobs_;
  mutable std::mutex mutex_;  // guards everything below
  std::map<std::uint64_t, Entry> jobs_;
  std::map<std::string, std::uint64_t> number_by_name_;
  std::uint64_t numbers_given_ = 0;
  bool closed_ = false;
};

// For messages: at most 64 bytes of a name that somebody sent.
std::string ShortName(const std::string& name);

}  // namespace zerod

#endif  // ZEROD_SERVER_JOB_REGISTRY_H_
