#ifndef ZEROD_CLIENT_ZEROCTL_NAMES_H_
#define ZEROD_CLIENT_ZEROCTL_NAMES_H_

#include <string>

#include "zerod/v1/cluster.pb.h"
#include "zerod/v1/job.pb.h"

namespace zerod {

// As people and programs read them: "updated", "trainer_lost". "unknown" for those of a newer
// daemon.
std::string OptimizerName(v1::Optimizer optimizer);
std::string CodecName(v1::StateCodec codec);
std::string RoundingName(v1::MasterRounding rounding);
std::string MasterName(v1::MasterFormat master);  // "automatic" where the group leaves it to zerod
std::string OutcomeName(v1::StepOutcome outcome);
std::string EventName(v1::EventKind kind);

}  // namespace zerod

#endif  // ZEROD_CLIENT_ZEROCTL_NAMES_H_
