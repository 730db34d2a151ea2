#include "engine/step_plan.h"

#include "absl/strings/str_cat.h"

namespace zerod {

std::vector<StepAction> MakeStepPlan(const JobLayout& layout, std::uint32_t micro_batches) {
  std::vector<std::size_t> trainable;
  for (std::size_t bucket = 0; bucket < layout.buckets.size(); ++bucket) {
    if (layout.gradients.BytesIn(layout.buckets[bucket]) > 0) trainable.push_back(bucket);
  }
  std::vector<StepAction> plan;
  for (std::uint32_t micro_batch = 0; micro_batch < micro_batches; ++micro_batch) {
    for (auto bucket = trainable.rbegin(); bucket != trainable.rend(); ++bucket) {
      plan.push_back({StepActionKind::kReduce, *bucket, micro_batch});
    }
  }
  plan.push_back({StepActionKind::kCommit});
  for (std::size_t bucket : trainable) {
    plan.push_back({StepActionKind::kUpdate, bucket});
    plan.push_back({StepActionKind::kGather, bucket});
  }
  plan.push_back({StepActionKind::kAcknowledge});
  return plan;
}

std::string DescribeStepPlan(const std::vector<StepAction>& plan) {
  std::string text;
  for (const StepAction& action : plan) {
    switch (action.kind) {
      case StepActionKind::kReduce:
        absl::StrAppend(&text, "reduce bucket ", action.bucket, " micro-batch ", action.micro_batch,
                        "\n");
        break;
      case StepActionKind::kCommit:
        absl::StrAppend(&text, "commit\n");
        break;
      case StepActionKind::kUpdate:
        absl::StrAppend(&text, "update bucket ", action.bucket, "\n");
        break;
      case StepActionKind::kGather:
        absl::StrAppend(&text, "gather bucket ", action.bucket, "\n");
        break;
      case StepActionKind::kAcknowledge:
        absl::StrAppend(&text, "acknowledge\n");
        break;
    }
  }
  return text;
}

}  // namespace zerod
