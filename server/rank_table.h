#ifndef ZEROD_SERVER_RANK_TABLE_H_
#define ZEROD_SERVER_RANK_TABLE_H_

#include <span>
#include <vector>

namespace zerod {

// Which rank lives on which node: ranks are numbered node by node. The same on all nodes.
class RankTable {
 public:
  RankTable() = default;
  explicit RankTable(std::span<const int> ranks_per_node);

  int rank_count() const { return static_cast<int>(node_of_rank_.size()); }
  int node_count() const { return static_cast<int>(first_rank_.size()) - 1; }
  const std::vector<int>& node_of_rank() const { return node_of_rank_; }
  int first_rank(int node) const { return first_rank_[node]; }
  int rank_count(int node) const { return first_rank_[node + 1] - first_rank_[node]; }
  std::vector<int> RanksOf(int node) const;

 private:
  std::vector<int> node_of_rank_;
  std::vector<int> first_rank_ = {0};  // per node, and where the one behind the last would begin
};

}  // namespace zerod

#endif  // ZEROD_SERVER_RANK_TABLE_H_
