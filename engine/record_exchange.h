#ifndef ZEROD_ENGINE_RECORD_EXCHANGE_H_
#define ZEROD_ENGINE_RECORD_EXCHANGE_H_

#include <numeric>
#include <span>
#include <type_traits>
#include <vector>

#include "absl/status/statusor.h"
#include "base/byte_io.h"
#include "comm/communicator.h"

namespace zerod {

// All ranks of `comm`, ascending.
inline std::vector<int> AllRanks(const Communicator& comm) {
  std::vector<int> ranks(static_cast<std::size_t>(comm.world_size()));
  std::iota(ranks.begin(), ranks.end(), 0);
  return ranks;
}

// Shows `own` to all ranks; returns all ranks' records, in rank order.
template <typename Record>
absl::StatusOr<std::vector<Record>> ExchangeRecords(Communicator& comm, const Record& own,
                                                    absl::Time deadline) {
  static_assert(std::is_trivially_copyable_v<Record> && kHasNoPadding<Record>);
  std::vector<Record> records(static_cast<std::size_t>(comm.world_size()));
  std::vector<Bytes> receive;
  receive.reserve(records.size());
  for (Record& record : records) {
    receive.push_back(std::as_writable_bytes(std::span(&record, 1)));
  }
  const absl::Status gathered =
      comm.AllGatherV(std::as_bytes(std::span(&own, 1)), receive, AllRanks(comm), deadline);
  if (!gathered.ok()) return gathered;
  return records;
}

}  // namespace zerod

#endif  // ZEROD_ENGINE_RECORD_EXCHANGE_H_
