#include "server/rank_table.h"

#include <numeric>

namespace zerod {

RankTable::RankTable(std::span<const int> ranks_per_node) {
  for (std::size_t node = 0; node < ranks_per_node.size(); ++node) {
    node_of_rank_.insert(node_of_rank_.end(), ranks_per_node[node], static_cast<int>(node));
    first_rank_.push_back(static_cast<int>(node_of_rank_.size()));
  }
}

std::vector<int> RankTable::RanksOf(int node) const {
  std::vector<int> ranks(rank_count(node));
  std::iota(ranks.begin(), ranks.end(), first_rank(node));
  return ranks;
}

}  // namespace zerod
