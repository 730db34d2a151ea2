#ifndef ZEROD_COMM_INPROC_SINGLE_NODE_H_
#define ZEROD_COMM_INPROC_SINGLE_NODE_H_

#include <memory>

#include "comm/cluster.h"

namespace zerod {

// A cluster of one node, this process. Its worlds are InprocWorlds.
std::unique_ptr<Cluster> MakeSingleNodeCluster();

}  // namespace zerod

#endif  // ZEROD_COMM_INPROC_SINGLE_NODE_H_
