#include "comm/mpi/mpi_cluster.h"
#include "gmock/gmock.h"
#include "tests/comm/mpi_environment.h"
#include "tests/contract/communicator_contract.h"

namespace zerod {
namespace {

using NodeOfRank = std::function<int(int rank, int node_count)>;

MakeWorld SpreadBy(const NodeOfRank& node_of_rank) {
  return [node_of_rank](int world_size) {
    Cluster& cluster = TestCluster();
    WorldOptions options{.job = NextJob()};
    for (int rank = 0; rank < world_size; ++rank) {
      options.node_of_rank.push_back(node_of_rank(rank, cluster.node_count()));
    }
    std::vector<std::unique_ptr<Communicator>> communicators(static_cast<std::size_t>(world_size));
    std::unique_ptr<World> world;
    for (int rank = 0; rank < world_size; ++rank) {
      if (options.node_of_rank[rank] != cluster.node_index()) continue;
      if (world == nullptr) world = cluster.FormWorld(options);
      communicators[rank] = world->Connect(rank);
    }
    return communicators;
  };
}

// In turn, from the last node down: its coordinator is not node 0.
int InTurn(int rank, int node_count) { return node_count - 1 - rank % node_count; }

// Many ranks on one node, few on others, none on some.
int Unevenly(int rank, int node_count) { return rank * rank % 5 % node_count; }

int OnOneNode(int, int node_count) { return node_count / 2; }

INSTANTIATE_TEST_SUITE_P(Mpi, CommunicatorContract,
                         testing::Values(CommunicatorBackend{"in_turn", SpreadBy(InTurn)},
                                         CommunicatorBackend{"unevenly", SpreadBy(Unevenly)},
                                         CommunicatorBackend{"on_one_node", SpreadBy(OnOneNode)}));

}  // namespace
}  // namespace zerod
