#ifndef ZEROD_TESTS_CONTRACT_COMMUNICATOR_CONTRACT_H_
#define ZEROD_TESTS_CONTRACT_COMMUNICATOR_CONTRACT_H_

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "gtest/gtest.h"

namespace zerod {

// Makes the connected communicators of one world, in rank order. Where ranks live in several
// processes each of them runs the same tests in the same order, and gets null for ranks of others.
using MakeWorld = std::function<std::vector<std::unique_ptr<Communicator>>(int world_size)>;

struct CommunicatorBackend {
  std::string name;
  MakeWorld make_world;

  friend void PrintTo(const CommunicatorBackend& backend, std::ostream* out) {
    *out << backend.name;
  }
};

// What every Communicator promises. A backend instantiates it:
//   INSTANTIATE_TEST_SUITE_P(Inproc, CommunicatorContract,
//   testing::Values(CommunicatorBackend{...}));
class CommunicatorContract : public testing::TestWithParam<CommunicatorBackend> {
 protected:
  // Runs `body` on every rank of a fresh world that lives in this process, a thread each. Ranks
  // share nothing but the world.
  void OnAllRanks(int world_size, const std::function<void(Communicator&)>& body);
};

// A deadline that a passing test does not reach.
absl::Time Soon();

}  // namespace zerod

#endif  // ZEROD_TESTS_CONTRACT_COMMUNICATOR_CONTRACT_H_
