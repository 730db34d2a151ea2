#ifndef ZEROD_SERVER_JOB_CREATION_H_
#define ZEROD_SERVER_JOB_CREATION_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/node.h"
#include "server/values_progress.h"
#include "zerod/v1/job.pb.h"

namespace zerod {

// Creates one job on all nodes, led by this one: Prepare, Load as often as there are values,
// Finish. Unless Finish succeeds, the job is dropped everywhere when this object dies. Used by one
// thread.
class JobCreation {
 public:
  explicit JobCreation(Node& node)
      : node_(node),
        number_(node.jobs->NewNumber(node.index, node.ranks.node_count())),
        in_flight_(node.ranks.node_count()) {}
  ~JobCreation();
  JobCreation(const JobCreation&) = delete;
  JobCreation& operator=(const JobCreation&) = delete;

  // Node 0 first: it decides who gets a name that two ask for.
  absl::Status Prepare(const v1::CreateJobHeader& header);
  // Passes a stretch of values on to all nodes; waits for answers to earlier ones when too many are
  // outstanding.
  absl::Status Load(v1::InitialValues values);
  // Returns the layout hash.
  absl::StatusOr<std::uint64_t> Finish();

 private:
  absl::Status PrepareOn(const std::vector<int>& nodes, const v1::CreateJobHeader& header);
  // Until at most `count` loads are outstanding at `node`.
  absl::Status AwaitLoads(int node, std::size_t count);

  Node& node_;
  const std::uint64_t number_;
  bool begun_ = false;  // some node may have prepared the job
  bool finished_ = false;
  std::shared_ptr<ServedJob> local_;
  std::optional<ValuesProgress> progress_;
  std::vector<std::deque<std::shared_ptr<Peers::Pending>>> in_flight_;  // loads, by node
};

}  // namespace zerod

#endif  // ZEROD_SERVER_JOB_CREATION_H_
