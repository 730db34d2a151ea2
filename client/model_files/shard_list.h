#ifndef ZEROD_CLIENT_MODEL_FILES_SHARD_LIST_H_
#define ZEROD_CLIENT_MODEL_FILES_SHARD_LIST_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace zerod {

// Which parameters, of `size_bytes`, lie in which file: in their order, as many in each as fit into
// `max_file_bytes`, and never a part of one. At least one file.
std::vector<std::vector<std::size_t>> MakeShardList(std::span<const std::uint64_t> size_bytes,
                                                    std::uint64_t max_file_bytes);

}  // namespace zerod

#endif  // ZEROD_CLIENT_MODEL_FILES_SHARD_LIST_H_
