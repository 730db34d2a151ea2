#ifndef ZEROD_EXAMPLES_TRAIN_LM_SERVICE_JOB_H_
#define ZEROD_EXAMPLES_TRAIN_LM_SERVICE_JOB_H_

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "examples/train_lm/service_config.h"
#include "examples/train_lm/zerod_job.h"
#include "zerod/service.h"

namespace zerod::train_lm {

struct ServiceOptions {
  ServiceConfig service;
  int trainers = 1;  // of the job
  // One per rank of the daemons' world; empty: equal ones.
  std::vector<std::uint32_t> shard_weights;
  ZerodJobOptions job;
};

// How a trainer has come to its job.
enum class Arrival { kCreated, kResumes, kJoins };

// The rank of each trainer. The job's sums go over them in rank order, so which trainer sits where
// decides bits.
std::vector<int> Contributors(const ServiceOptions& options);

// Of trainer 0. kAlreadyExists, unless the job is to be resumed, says how to go on.
absl::StatusOr<Arrival> CreateOrResumeJob(const ServiceOptions& options, const JobSpec& spec,
                                          std::span<const ConstTensorView> initial,
                                          Service& service);

// Of the others: waits until the job exists. kDeadlineExceeded says what to do; kCancelled:
// `stop_signal` became non-zero.
absl::Status AwaitJob(const ServiceConfig& config, const std::atomic<int>& stop_signal,
                      Service& service);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_SERVICE_JOB_H_
