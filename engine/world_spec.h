#ifndef ZEROD_ENGINE_WORLD_SPEC_H_
#define ZEROD_ENGINE_WORLD_SPEC_H_

#include <cstdint>
#include <vector>

namespace zerod {

// How a job is spread over ranks; none of it changes a stored bit, but for the contributors and
// their order.
struct WorldSpec {
  std::vector<std::uint32_t> shard_weights;  // per rank; not all 0
  std::vector<int> contributors;             // ranks with a trainer, ascending; at least one

  int world_size() const { return static_cast<int>(shard_weights.size()); }
};

}  // namespace zerod

#endif  // ZEROD_ENGINE_WORLD_SPEC_H_
