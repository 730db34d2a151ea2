#ifndef ZEROD_EXAMPLES_TRAIN_LM_SERVICE_CONFIG_H_
#define ZEROD_EXAMPLES_TRAIN_LM_SERVICE_CONFIG_H_

#include <string>
#include <vector>

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

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_SERVICE_CONFIG_H_
