#ifndef ZEROD_TESTS_COMM_MPI_ENVIRONMENT_H_
#define ZEROD_TESTS_COMM_MPI_ENVIRONMENT_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "comm/cluster.h"

namespace zerod {

// The cluster of a test program that mpirun has started: all its processes run the same tests in
// the same order. main() makes it before the first test and leaves it after the last.
Cluster& TestCluster();

// The number of a job that no test before has used; the same on all nodes.
std::uint64_t NextJob();

struct Letter {
  int from_node = 0;
  Cluster::Message message;
};

// The next messages of the cluster to this node, in the order of their arrival.
std::vector<Letter> AwaitLetters(std::size_t count);

// Waits for all nodes: what tests before did is over.
void MeetAllNodes();

}  // namespace zerod

#endif  // ZEROD_TESTS_COMM_MPI_ENVIRONMENT_H_
