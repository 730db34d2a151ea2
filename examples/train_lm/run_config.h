#ifndef ZEROD_EXAMPLES_TRAIN_LM_RUN_CONFIG_H_
#define ZEROD_EXAMPLES_TRAIN_LM_RUN_CONFIG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "examples/train_lm/model_config.h"
#include "examples/train_lm/optimizer.h"

namespace zerod::train_lm {

// Which trainer of which job this process is, when every trainer is a process of its own.
struct ServiceConfig {
  std::string address;  // of this host's daemon; empty: zerod, if it is used, runs in this process
  std::string job = "train_lm";
  std::string token;              // which trainer 0 gives the job, and everybody must show
  int trainer = 0;                // it creates the job if it is 0, and waits for it otherwise
  std::vector<int> contributors;  // the rank of each trainer; empty: trainer I has rank I
  int wait_s = 300;               // at most, until the job exists, or a lost trainer is replaced
  bool resume = false;            // trainer 0: go on with a job that is there
  bool keep_job = false;          // trainer 0: do not delete it at the end
};

// Everything a person can say on the command line, with its default.
struct RunConfig {
  std::string text = "/usr/include/c++";
  std::string optimizer = "adamw";  // zerod's, or "adamw-fp32": without zerod
  std::string codec = "robust";
  std::string master_rounding = "nearest";
  ServiceConfig service;
  int trainers = 2;
  int ranks = 2;                             // of zerod in this process; daemons bring their own
  int threads_per_rank = 1;                  // as ranks
  std::vector<std::uint32_t> shard_weights;  // empty: equal ones
  ModelConfig model;
  int steps = 300;
  int batch = 8;  // windows per trainer and micro-batch
  double learning_rate = 3e-3;
  int warmup = 30;
  OptimizerSettings settings;
  std::uint64_t seed = 1;
  int eval_every = 50;
  std::string initial_weights;  // a file, an index or a folder; empty: the seed gives them
  std::string metrics_path;     // empty: none, as for the two below
  std::string summary_path;
  std::string export_weights;  // a folder
  std::string export_dtype = "own";

  bool UsesZerod() const { return optimizer != "adamw-fp32"; }
  // Whether this process is one trainer of several, with zerod in daemons.
  bool UsesService() const { return !service.address.empty(); }
  // Whether trainer 0, which validates and writes the files, is in this process.
  bool HasFirstTrainer() const { return !UsesService() || service.trainer == 0; }
};

// kInvalidArgument names the option that is wrong, and its value. Looks at no file.
absl::Status Validate(const RunConfig& config);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_RUN_CONFIG_H_
