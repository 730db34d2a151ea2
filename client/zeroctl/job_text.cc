#include "absl/strings/str_cat.h"
#include "client/zeroctl/names.h"
#include "client/zeroctl/reports.h"
#include "client/zeroctl/table.h"
#include "client/zeroctl/units.h"

namespace zerod {
namespace {

std::string LastResult(const v1::JobDescription& job) {
  const v1::StepResult& result = job.last_result();
  if (result.step() == 0) return "none yet";
  return absl::StrCat(OutcomeName(result.outcome()), " at attempt ", result.attempt(),
                      ", gradient norm ", HumanNumber(result.gradient_norm()), ", clip factor ",
                      HumanNumber(result.clip_factor()));
}

std::string Elements(const v1::JobDescription& job) {
  return absl::StrCat(HumanCount(job.element_count()), " in ", job.parameter_count(),
                      " parameters; ", HumanCount(job.trainable_element_count()), " trainable, ",
                      HumanCount(job.wide_master_element_count()), " with 32-bit masters");
}

// Bytes of some kinds together.
std::uint64_t Sum(const v1::RankDescription& rank, std::initializer_list<const char*> kinds) {
  std::uint64_t sum = 0;
  for (const char* kind : kinds) {
    const auto found = rank.bytes().find(kind);
    if (found != rank.bytes().end()) sum += found->second;
  }
  return sum;
}

std::string MemoryTable(const v1::JobDescription& job) {
  Table table({{"RANK", Align::kRight},
               {"NODE", Align::kRight},
               {"SHARE", Align::kRight},
               {"OWNED", Align::kRight},
               {"WEIGHTS", Align::kRight},
               {"GRADIENTS", Align::kRight},
               {"REDUCED", Align::kRight},
               {"STATE", Align::kRight},
               {"STAGING", Align::kRight},
               {"CONTROL", Align::kRight},
               {"TRAINER"}});
  for (const v1::RankDescription& rank : job.ranks()) {
    const std::string nobody = rank.takes_trainer() ? "(waits for one)" : "(takes none)";
    table.Add({absl::StrCat(rank.rank()), absl::StrCat(rank.node()),
               absl::StrCat(rank.shard_weight()), HumanCount(rank.owned_elements()),
               HumanBytes(Sum(rank, {"weights"})), HumanBytes(Sum(rank, {"gradients"})),
               HumanBytes(Sum(rank, {"reduced_gradients"})),
               HumanBytes(Sum(rank, {"correction", "m", "v", "scales"})),
               HumanBytes(Sum(rank, {"staging"})), HumanBytes(Sum(rank, {"control"})),
               rank.trainer().empty() ? nobody : Printable(rank.trainer())});
  }
  return table.Text();
}

std::string StepTable(const v1::JobDescription& job) {
  Table table({{"RANK", Align::kRight},
               {"WAIT", Align::kRight},
               {"REDUCE", Align::kRight},
               {"COMMIT", Align::kRight},
               {"UPDATE", Align::kRight},
               {"GATHER", Align::kRight},
               {"SENT", Align::kRight},
               {"RECEIVED", Align::kRight}});
  for (const v1::RankDescription& rank : job.ranks()) {
    const v1::PhaseSeconds& last = rank.last_step();
    table.Add({absl::StrCat(rank.rank()), HumanSeconds(last.wait()), HumanSeconds(last.reduce()),
               HumanSeconds(last.commit()), HumanSeconds(last.update()),
               HumanSeconds(last.gather()), HumanBytes(rank.sent_bytes()),
               HumanBytes(rank.received_bytes())});
  }
  return table.Text();
}

std::string GroupTable(const v1::JobDescription& job) {
  Table table({{"GROUP"},
               {"WEIGHTS", Align::kRight},
               {"UNMOVED", Align::kRight},
               {"V AT FLOOR", Align::kRight},
               {"LARGEST UPDATE", Align::kRight},
               {"BOUND", Align::kRight}});
  for (const v1::GroupDescription& group : job.groups()) {
    const v1::GroupTelemetry& telemetry = group.telemetry();
    const std::uint64_t count = telemetry.element_count();
    table.Add({Printable(group.name()), HumanCount(count),
               HumanShare(telemetry.unmoved_count(), count),
               job.has_v_codes() ? HumanShare(telemetry.floor_count(), count) : "-",
               count == 0 ? "-" : absl::StrCat(HumanNumber(telemetry.max_update()), " lr"),
               group.update_bound() > 0 ? HumanNumber(group.update_bound()) : "-"});
  }
  return table.Text();
}

std::string Updates(const v1::JobDescription& job) {
  if (job.last_updated_step() == 0) return "";
  return absl::StrCat("\nUpdates of step ", job.last_updated_step(), ":\n", GroupTable(job));
}

}  // namespace

std::string JobText(const v1::JobDescription& job) {
  return absl::StrCat("job               ", Printable(job.name()),                  //
                      "\noptimizer         ", OptimizerName(job.optimizer()),       //
                      "\ncodec             ", CodecName(job.codec()),               //
                      "\nmaster rounding   ", RoundingName(job.master_rounding()),  //
                      "\nstep              ", job.step(),                           //
                      "\nlast result       ", LastResult(job),                      //
                      "\nskipped steps     ", job.skipped_steps(),                  //
                      "\naborted attempts  ", job.aborted_attempts(), "\nelements          ",
                      Elements(job),  //
                      "\n\n", MemoryTable(job),
                      "\nThe last step's time, and all bytes moved so far:\n", StepTable(job),
                      HyperparameterText(job), Updates(job));
}

}  // namespace zerod
