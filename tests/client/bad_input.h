#ifndef ZEROD_TESTS_CLIENT_BAD_INPUT_H_
#define ZEROD_TESTS_CLIENT_BAD_INPUT_H_

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "zerod/engine/job_spec.h"

namespace zerod {

// A status with this code and a message that matches.
MATCHER_P2(IsError, code, message, "") {
  return arg.code() == code &&
         ExplainMatchResult(message, std::string(arg.message()), result_listener);
}

inline JobSpec TwoMatrices() {
  JobSpec spec;
  spec.parameters = {{.name = "first", .shape = {8, 8}}, {.name = "second", .shape = {8, 8}}};
  return spec;
}

}  // namespace zerod

#endif  // ZEROD_TESTS_CLIENT_BAD_INPUT_H_
