#ifndef ZEROD_TESTS_PROTO_FULL_VALUES_H_
#define ZEROD_TESTS_PROTO_FULL_VALUES_H_

#include "zerod/engine/job_spec.h"
#include "zerod/engine/statistics.h"

namespace zerod {

// Every field differs from its default, and from its neighbours.
inline JobSpec FullSpec() {
  JobSpec spec;
  spec.name = "gpt-größe";
  spec.seed = 0xfedcba9876543210;
  spec.parameters = {{.name = "a.weight", .shape = {3, 5}, .dtype = DType::kFp32},
                     {.name = "b.weight", .shape = {}, .dtype = DType::kFp16},
                     {.name = "c.weight", .shape = {7}, .dtype = DType::kBf16}};
  spec.groups = {{.name = "first",
                  .patterns = {"a.*", "c.*"},
                  .hyperparameters = {.lr = 0.1,
                                      .beta1 = 0.2,
                                      .beta2 = 0.3,
                                      .eps = 0.4,
                                      .weight_decay = 0.5,
                                      .momentum = 0.6,
                                      .nesterov = true,
                                      .initial_lr = 0.7},
                  .absent = AbsentPolicy::kSkip,
                  .frozen = true,
                  .master = MasterFormat::k32},
                 {.name = "second", .master = MasterFormat::kNone},
                 {.name = "third", .patterns = {"b.*"}, .master = std::nullopt}};
  spec.optimizer = Optimizer::kSgd;
  spec.codec = StateCodec::kFlash;
  spec.master_rounding = MasterRounding::kStochastic;
  spec.micro_batches = 11;
  spec.bucket_bytes = 1 << 13;
  return spec;
}

inline JobStatistics FullStatistics() {
  RankStatistics rank{
      .rank = 1,
      .shard_weight = 2,
      .has_trainer = true,
      .trainer = "process 4711",
      .owned_elements = 3,
      .memory = {},
      .sent_bytes = 4,
      .received_bytes = 5,
      .nonfinite_updates = 6,
      .groups = {{.element_count = 20, .unmoved_count = 5, .floor_count = 2, .max_update = 1.5f},
                 {.element_count = 30, .unmoved_count = 3, .floor_count = 1, .max_update = 0.5f}},
      .last_step = {.wait = 1.5, .reduce = 2.5, .commit = 3.5, .update = 4.5, .gather = 5.5},
      .total = {.wait = 11, .reduce = 12, .commit = 13, .update = 14, .gather = 15}};
  for (std::size_t kind = 0; kind < kMemoryKindCount; ++kind) {
    rank.memory.by_kind[kind] = 1000 + kind;
  }
  return {.parameter_count = 7,
          .element_count = 8,
          .trainable_element_count = 9,
          .wide_master_parameters = {"b.weight", "c.weight"},
          .wide_master_element_count = 10,
          .optimizer = Optimizer::kAdam,
          .codec = StateCodec::kFlash,
          .master_rounding = MasterRounding::kStochastic,
          .has_v_codes = true,
          .groups = {{.name = "first",
                      .frozen = true,
                      .master = MasterFormat::k32,
                      .hyperparameters = FullSpec().groups[0].hyperparameters,
                      .update_count = 18,
                      .update_bound = 7.25f,
                      .telemetry = rank.groups[0]},
                     {.name = "second", .master = {}, .telemetry = rank.groups[1]}},
          .last_updated_step = 17,
          .step = 11,
          .skipped_steps = 12,
          .aborted_attempts = 13,
          .last_result = {.step = 14,
                          .attempt = 15,
                          .outcome = StepOutcome::kSkipped,
                          .gradient_norm = 16.5,
                          .clip_factor = 0.25f},
          .ranks = {rank, {}}};
}

}  // namespace zerod

#endif  // ZEROD_TESTS_PROTO_FULL_VALUES_H_
