#include "engine/step_plan.h"

#include "absl/strings/str_cat.h"

namespace zerod {

StepPlan MakeStepPlan(const JobLayout& layout) {
  StepPlan plan;
  for (std::size_t bucket = 0; bucket < layout.buckets.size(); ++bucket) {
    if (layout.gradients.BytesIn(layout.buckets[bucket]) > 0) plan.buckets.push_back(bucket);
  }
  return plan;
}

std::string DescribeStepPlan(const StepPlan& plan, std::uint32_t micro_batches) {
  std::string text;
  for (std::uint32_t micro_batch = 0; micro_batch < micro_batches; ++micro_batch) {
    for (auto bucket = plan.buckets.rbegin(); bucket != plan.buckets.rend(); ++bucket) {
      absl::StrAppend(&text, "reduce bucket ", *bucket, " micro-batch ", micro_batch, "\n");
    }
  }
  absl::StrAppend(&text, "commit\n");
  for (std::size_t bucket : plan.buckets) {
    absl::StrAppend(&text, "update bucket ", bucket, "\ngather bucket ", bucket, "\n");
  }
  return absl::StrCat(text, "acknowledge\n");
}

}  // namespace zerod
