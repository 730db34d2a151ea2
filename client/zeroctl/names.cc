#include "client/zeroctl/names.h"

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"

namespace zerod {
namespace {

// From the message's own name of it, such as EVENT_KIND_JOB_CREATED.
std::string Shorten(const std::string& name, const char* prefix) {
  if (name.empty()) return "unknown";
  return absl::AsciiStrToLower(absl::StripPrefix(name, prefix));
}

}  // namespace

std::string OptimizerName(v1::Optimizer optimizer) {
  return Shorten(v1::Optimizer_Name(optimizer), "OPTIMIZER_");
}

std::string CodecName(v1::StateCodec codec) {
  return Shorten(v1::StateCodec_Name(codec), "STATE_CODEC_");
}

std::string RoundingName(v1::MasterRounding rounding) {
  return Shorten(v1::MasterRounding_Name(rounding), "MASTER_ROUNDING_");
}

std::string MasterName(v1::MasterFormat master) {
  if (master == v1::MASTER_FORMAT_UNSPECIFIED) return "automatic";
  return Shorten(v1::MasterFormat_Name(master), "MASTER_FORMAT_");
}

std::string OutcomeName(v1::StepOutcome outcome) {
  return Shorten(v1::StepOutcome_Name(outcome), "STEP_OUTCOME_");
}

std::string EventName(v1::EventKind kind) {
  return Shorten(v1::EventKind_Name(kind), "EVENT_KIND_");
}

}  // namespace zerod
