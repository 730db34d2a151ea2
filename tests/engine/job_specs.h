#ifndef ZEROD_TESTS_ENGINE_JOB_SPECS_H_
#define ZEROD_TESTS_ENGINE_JOB_SPECS_H_

#include "zerod/engine/job_spec.h"

namespace zerod {

// A small model with every kind of parameter: matrices that cross buckets, a norm, fp32, a scalar,
// an empty and a frozen tensor; sizes that are no multiple of anything.
inline JobSpec OddModel() {
  JobSpec spec;
  spec.name = "odd";
  spec.seed = 7;
  spec.parameters = {
      {.name = "embedding.weight", .shape = {37, 51}},
      {.name = "block.norm.weight", .shape = {51}},
      {.name = "block.linear.weight", .shape = {51, 83}},
      {.name = "block.linear.bias", .shape = {83}},
      {.name = "frozen.weight", .shape = {29, 13}},
      {.name = "empty", .shape = {0, 4}},
      {.name = "temperature", .shape = {}, .dtype = DType::kFp32},
      {.name = "router.weight", .shape = {19, 51}, .dtype = DType::kFp32},
      {.name = "expert.weight", .shape = {51, 23}},
      {.name = "head.weight", .shape = {51, 41}},
  };
  spec.groups = {
      {.name = "frozen", .patterns = {"frozen.*"}, .frozen = true},
      {.name = "no_decay",
       .patterns = {"*.bias", "*norm*", "temperature"},
       .hyperparameters = {.lr = 2e-3, .weight_decay = 0}},
      {.name = "experts",
       .patterns = {"expert.*"},
       .hyperparameters = {.lr = 1e-3, .beta2 = 0.99, .weight_decay = 0.05},
       .absent = AbsentPolicy::kSkip},
      {.name = "rest", .hyperparameters = {.lr = 1e-3, .weight_decay = 0.1}},
  };
  return spec;
}

// The same with tensors that several threads share.
inline JobSpec LargeModel() {
  JobSpec spec = OddModel();
  spec.parameters[2].shape = {500, 401};
  spec.parameters[7].shape = {300, 301};
  return spec;
}

}  // namespace zerod

#endif  // ZEROD_TESTS_ENGINE_JOB_SPECS_H_
