#ifndef ZEROD_COMM_COLLECTIVE_CHECK_H_
#define ZEROD_COMM_COLLECTIVE_CHECK_H_

#include <span>

#include "absl/status/status.h"
#include "comm/collective_call.h"

namespace zerod {

// Whether the calls of all ranks, in rank order, fit together. kInternal names the first two ranks
// that don't, and what each said.
absl::Status CheckCollective(std::span<const CallShape> shapes);

}  // namespace zerod

#endif  // ZEROD_COMM_COLLECTIVE_CHECK_H_
