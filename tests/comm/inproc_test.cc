#include "comm/inproc/inproc_world.h"
#include "tests/contract/communicator_contract.h"

namespace zerod {
namespace {

std::vector<std::unique_ptr<Communicator>> MakeInprocWorld(int world_size) {
  InprocWorld world(world_size);
  std::vector<std::unique_ptr<Communicator>> communicators;
  for (int rank = 0; rank < world_size; ++rank) communicators.push_back(world.Connect(rank));
  return communicators;
}

INSTANTIATE_TEST_SUITE_P(Inproc, CommunicatorContract,
                         testing::Values(CommunicatorBackend{"inproc", MakeInprocWorld}));

}  // namespace
}  // namespace zerod
