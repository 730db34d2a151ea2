#ifndef ZEROD_SERVER_LOCAL_JOBS_H_
#define ZEROD_SERVER_LOCAL_JOBS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/node.h"
#include "zerod/v1/job.pb.h"

namespace zerod {

// This node's part of what happens to a job; whoever leads asks all nodes for theirs.

// Reserves the name, and allocates. Leaves nothing behind when it fails.
absl::Status PrepareLocally(Node& node, std::uint64_t number, const v1::CreateJobHeader& header);
absl::Status LoadLocally(Node& node, std::uint64_t number, const v1::InitialValues& values);
absl::Status StartLocally(Node& node, std::uint64_t number);
// Whatever state it is in; nothing when there is none. Its trainers' calls end with kNotFound.
void DropLocally(Node& node, std::uint64_t number);
// All of a started job, but with the local ranks only.
absl::StatusOr<v1::JobDescription> DescribeLocally(Node& node, std::uint64_t number);

// Ends a job that has been taken out of the registry: its trainers' calls end with `why`.
void EndJob(Node& node, JobRegistry::Listed ended, const absl::Status& why);

}  // namespace zerod

#endif  // ZEROD_SERVER_LOCAL_JOBS_H_
