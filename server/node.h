#ifndef ZEROD_SERVER_NODE_H_
#define ZEROD_SERVER_NODE_H_

#include <latch>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "base/memory_ledger.h"
#include "comm/cluster.h"
#include "ipc/handshake_listener.h"
#include "server/attachment_table.h"
#include "server/event_log.h"
#include "server/flags.h"
#include "server/idle_watch.h"
#include "server/job_registry.h"
#include "server/peers.h"
#include "server/rank_table.h"
#include "server/stop_latch.h"

namespace zerod {

// What all RPCs of a daemon share. The daemon owns it, and it outlives them.
struct Node {
  Flags flags;
  int index = 0;
  RankTable ranks;  // written before ranks_are_known, read after it
  std::latch ranks_are_known{1};
  absl::Time start_time;
  std::string handshake_path;  // empty: no trainer can attach here

  std::shared_ptr<MemoryBudget> budget;
  Cluster* cluster = nullptr;
  Peers* peers = nullptr;
  HandshakeListener* handshake = nullptr;  // null without a handshake_path
  std::unique_ptr<JobRegistry> jobs;
  std::unique_ptr<EventLog> events;
  AttachmentTable attachments;
  IdleWatch idle_watch;
  StopLatch* stop = nullptr;
};

}  // namespace zerod

#endif  // ZEROD_SERVER_NODE_H_
