#ifndef ZEROD_CLIENT_SERVICE_SERVICE_IMPL_H_
#define ZEROD_CLIENT_SERVICE_SERVICE_IMPL_H_

#include <memory>
#include <string>
#include <utility>

#include "client/service/connection.h"
#include "zerod/service.h"

namespace zerod {

// One call per file.
class ServiceImpl final : public Service {
 public:
  explicit ServiceImpl(std::shared_ptr<const Connection> connection)
      : connection_(std::move(connection)) {}

  absl::Status CreateJob(const JobSpec& spec, const JobPlacement& placement,
                         const std::string& token,
                         std::span<const ConstTensorView> initial_values) override;
  absl::StatusOr<std::unique_ptr<Trainer>> Attach(const AttachOptions& options) override;
  absl::Status WaitForJob(const std::string& job, absl::Time deadline) override;
  absl::StatusOr<JobStatistics> Statistics(const std::string& job,
                                           const std::string& token) override;
  absl::Status DeleteJob(const std::string& job, const std::string& token) override;

 private:
  const std::shared_ptr<const Connection> connection_;
};

// What an RPC of a job begins with.
struct JobKey {
  std::string name;
  std::string token;
};
absl::StatusOr<v1::JobDescription> DescribeJob(const Connection& connection, const JobKey& job,
                                               bool with_spec);
absl::Status DeleteJob(const Connection& connection, const JobKey& job);

}  // namespace zerod

#endif  // ZEROD_CLIENT_SERVICE_SERVICE_IMPL_H_
