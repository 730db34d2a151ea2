#include "client/model_files/shard_list.h"

namespace zerod {

std::vector<std::vector<std::size_t>> MakeShardList(std::span<const std::uint64_t> size_bytes,
                                                    std::uint64_t max_file_bytes) {
  std::vector<std::vector<std::size_t>> shards(1);
  std::uint64_t room = max_file_bytes;
  for (std::size_t i = 0; i < size_bytes.size(); ++i) {
    if (size_bytes[i] > room && !shards.back().empty()) {
      shards.emplace_back();
      room = max_file_bytes;
    }
    shards.back().push_back(i);
    room -= size_bytes[i] < room ? size_bytes[i] : room;
  }
  return shards;
}

}  // namespace zerod
