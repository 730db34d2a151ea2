#ifndef ZEROD_TESTS_SERVER_RAW_CLIENT_H_
#define ZEROD_TESTS_SERVER_RAW_CLIENT_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "zerod/v1/cluster.grpc.pb.h"
#include "zerod/v1/job.grpc.pb.h"
#include "zerod/v1/trainer.grpc.pb.h"

namespace zerod {

// The daemon's services as the wire has them, for what a well-behaved client never says.
struct RawClient {
  explicit RawClient(const std::string& address);

  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::Cluster::Stub> cluster;
  std::unique_ptr<v1::Jobs::Stub> jobs;
  std::unique_ptr<v1::Trainers::Stub> trainers;
};

// A job of two parameters, 'a' of 4 fp32 elements and 'b' of 2.
v1::CreateJobRequest SmallJobHeader(const std::string& name);
v1::CreateJobRequest ValuesOf(std::uint32_t parameter, std::uint64_t first, int count,
                              float value = 0.5f);
// What the daemon says to a stream of `messages`.
absl::Status CreateJob(RawClient& client, const std::vector<v1::CreateJobRequest>& messages);
// The whole small job.
absl::Status CreateSmallJob(RawClient& client, const std::string& name);
absl::Status DeleteJob(RawClient& client, const std::string& name, const std::string& token);
v1::NodeStatus StatusOfFirstNode(RawClient& client);

}  // namespace zerod

#endif  // ZEROD_TESTS_SERVER_RAW_CLIENT_H_
