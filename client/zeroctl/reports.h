#ifndef ZEROD_CLIENT_ZEROCTL_REPORTS_H_
#define ZEROD_CLIENT_ZEROCTL_REPORTS_H_

#include <string>

#include "absl/time/time.h"
#include "nlohmann/json.hpp"
#include "zerod/v1/cluster.pb.h"
#include "zerod/v1/job.pb.h"

namespace zerod {

// What the daemon said, for people (whole lines) and for programs. Pure. Numbers that are not
// finite become null when the JSON is written.
std::string StatusText(const v1::GetStatusResponse& status);
nlohmann::json StatusJson(const v1::GetStatusResponse& status);

std::string JobsText(const v1::ListJobsResponse& jobs);
nlohmann::json JobsJson(const v1::ListJobsResponse& jobs);

std::string JobText(const v1::JobDescription& job);
// The part of JobText() that lists the groups' hyperparameters.
std::string HyperparameterText(const v1::JobDescription& job);
nlohmann::json JobJson(const v1::JobDescription& job);

std::string EventText(const v1::Event& event, absl::TimeZone zone);
nlohmann::json EventJson(const v1::Event& event);

}  // namespace zerod

#endif  // ZEROD_CLIENT_ZEROCTL_REPORTS_H_
