#ifndef ZEROD_SERVER_PEER_HANDLER_H_
#define ZEROD_SERVER_PEER_HANDLER_H_

#include "server/node.h"
#include "zerod/v1/cluster.pb.h"
#include "zerod/v1/peer.pb.h"

namespace zerod {

// What node `from_node`, which may be this one, gets in answer to `request`.
v1::PeerResponse HandlePeerRequest(Node& node, int from_node, const v1::PeerRequest& request);

// Without its first rank, which depends on the other nodes.
v1::NodeStatus DescribeNode(const Node& node);

}  // namespace zerod

#endif  // ZEROD_SERVER_PEER_HANDLER_H_
