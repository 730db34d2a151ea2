#ifndef ZEROD_SERVICE_H_
#define ZEROD_SERVICE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "zerod/base/tensor_view.h"
#include "zerod/engine/job_spec.h"
#include "zerod/trainer.h"

namespace zerod {

struct ServiceOptions {
  std::string address;  // of the local daemon: unix:PATH, or tcp:HOST:PORT (which can't attach)
  absl::Duration connect_deadline = absl::Seconds(10);  // to reach it and agree on a protocol
  // Of every call that moves no values, and of fetching an attachment's memory.
  absl::Duration call_deadline = absl::Minutes(1);
  // Of a whole CreateJob: it moves all initial values.
  absl::Duration create_deadline = absl::Hours(1);
  // For mutual TLS over tcp: paths of PEM files. Without any of them, tcp is plain, which a daemon
  // only takes from its own host. A unix socket needs none.
  // Who may have signed the daemon's certificate. Empty, and tls_certificate is not: whom this host
  // trusts anyway (its system's roots).
  std::string tls_ca;
  std::string tls_certificate;  // this side's, with tls_key; both or neither
  std::string tls_key;
};

// How a job is spread over the cluster's ranks.
struct JobPlacement {
  std::vector<std::uint32_t> shard_weights;  // per rank; 0 owns nothing. Empty: 1 for every rank
  std::vector<int> contributors;             // ranks that take a trainer, ascending. Empty: all
};

struct AttachOptions {
  std::string job;
  std::string token;  // the job's
  std::optional<int>
      rank;  // of the local daemon. Unset: the first that takes a trainer and is free
  // What the trainer is about to train, if it knows: a job that differs is refused, and the first
  // difference is named.
  const JobSpec* expected = nullptr;
  bool replace = false;  // take the rank from a trainer that is still attached, but stuck
};

// A connection to the daemon of this host. Thread-safe.
class Service {
 public:
  // kUnavailable names the address when no daemon answers there; kFailedPrecondition names both
  // protocol versions when they have none in common.
  static absl::StatusOr<std::unique_ptr<Service>> Connect(const ServiceOptions& options);
  virtual ~Service() = default;  // trainers live on

  // Creates a job on all nodes; it belongs to nobody, and stays until it is deleted.
  // `initial_values` has one view per parameter, in the spec's order, bf16, fp16 or fp32; only read
  // during the call. kAlreadyExists; kInvalidArgument names the parameter, group or option that is
  // wrong; kResourceExhausted the rank and the kind of memory that does not fit.
  virtual absl::Status CreateJob(const JobSpec& spec, const JobPlacement& placement,
                                 const std::string& token,
                                 std::span<const ConstTensorView> initial_values) = 0;
  // kNotFound; kPermissionDenied: another token, or another user; kAlreadyExists names who holds
  // the rank; kFailedPrecondition names what differs from `expected`.
  virtual absl::StatusOr<std::unique_ptr<Trainer>> Attach(const AttachOptions& options) = 0;
  // Waits until the job exists, at most until `deadline` (kDeadlineExceeded): for trainers that did
  // not create it.
  virtual absl::Status WaitForJob(const std::string& job, absl::Time deadline) = 0;
  virtual absl::StatusOr<JobStatistics> Statistics(const std::string& job,
                                                   const std::string& token) = 0;
  // Its trainers' calls end with kNotFound.
  virtual absl::Status DeleteJob(const std::string& job, const std::string& token) = 0;
};

}  // namespace zerod

#endif  // ZEROD_SERVICE_H_
