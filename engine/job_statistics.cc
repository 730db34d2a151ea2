#include "engine/job.h"
#include "zerod/kernels/formats.h"

namespace zerod {

JobStatistics Job::Statistics() const {
  JobStatistics statistics = ranks_.front().worker->job_statistics();
  statistics.optimizer = layout().spec.optimizer;
  statistics.codec = layout().spec.codec;
  statistics.master_rounding = layout().spec.master_rounding;
  statistics.has_v_codes = HasV(layout().rule) && ScaleBytes(layout().spec.codec) > 0;
  for (const Parameter& parameter : layout().table.parameters()) {
    ++statistics.parameter_count;
    statistics.element_count += parameter.element_count;
    if (!parameter.frozen) statistics.trainable_element_count += parameter.element_count;
    if (parameter.master == MasterFormat::k32) {
      statistics.wide_master_parameters.push_back(parameter.spec.name);
      statistics.wide_master_element_count += parameter.element_count;
    }
  }
  for (const Rank& rank : ranks_) {
    statistics.ranks.push_back(rank.worker->statistics());
    RankStatistics& added = statistics.ranks.back();
    added.memory = ledger_->Held(added.rank);
    if (rank.port) added.trainer = rank.port->trainer();
    for (std::size_t group = 0; group < added.groups.size(); ++group) {
      statistics.groups[group].telemetry.Merge(added.groups[group]);
    }
  }
  return statistics;
}

}  // namespace zerod
