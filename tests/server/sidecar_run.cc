#include "tests/server/sidecar_run.h"

#include <algorithm>
#include <numeric>
#include <thread>

#include "gtest/gtest.h"

namespace zerod {
namespace {

std::vector<int> NodeOfRank(const std::vector<int>& ranks_per_node) {
  std::vector<int> nodes;
  for (std::size_t node = 0; node < ranks_per_node.size(); ++node) {
    nodes.insert(nodes.end(), ranks_per_node[node], static_cast<int>(node));
  }
  return nodes;
}

std::vector<int> Contributors(int rank_count, const JobPlacement& placement) {
  if (!placement.contributors.empty()) return placement.contributors;
  std::vector<int> all(rank_count);
  std::iota(all.begin(), all.end(), 0);
  return all;
}

// One trainer, from attach to its last step.
void TrainOne(const Daemons& daemons, int node, const AttachOptions& attach, int contributor,
              const RunOptions& run, RunBits& bits) {
  const auto service = daemons.Connect(node);
  ASSERT_NE(service, nullptr);
  ASSERT_TRUE(service->WaitForJob(attach.job, absl::Now() + absl::Minutes(1)).ok());
  const auto trainer = service->Attach(attach);
  ASSERT_TRUE(trainer.ok()) << trainer.status();
  std::vector<double> norms;
  const auto result = RunTrainer(**trainer, contributor, 1, run, &norms);
  EXPECT_TRUE(result.ok()) << result.status();
  if (contributor == 0) bits.norms = norms;
  for (std::size_t i = 0; i < (*trainer)->parameters().size(); ++i) {
    const ConstTensorView weights = (*trainer)->Weights(i);
    bits.weights[contributor].emplace_back(weights.bytes.begin(), weights.bytes.end());
  }
}

}  // namespace

RunBits TrainOnService(const Daemons& daemons, const std::vector<int>& ranks_per_node,
                       const JobSpec& spec, const JobPlacement& placement, const RunOptions& run) {
  const InitialValues initial(spec);
  const auto service = daemons.Connect();
  if (service == nullptr) return {};
  const absl::Status created = service->CreateJob(spec, placement, "secret", initial.views);
  EXPECT_TRUE(created.ok()) << created;
  if (!created.ok()) return {};
  const std::vector<int> nodes = NodeOfRank(ranks_per_node);
  const std::vector<int> contributors = Contributors(static_cast<int>(nodes.size()), placement);
  RunBits bits;
  bits.weights.resize(contributors.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < contributors.size(); ++i) {
    threads.emplace_back([&, i, rank = contributors[i]] {
      TrainOne(daemons, nodes[rank],
               {.job = spec.name, .token = "secret", .rank = rank, .expected = &spec},
               static_cast<int>(i), run, bits);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(service->DeleteJob(spec.name, "secret").ok());
  return bits;
}

EmbeddedOptions EmbeddedWorld(int rank_count, const JobPlacement& placement) {
  EmbeddedOptions options;
  options.ranks.clear();
  const std::vector<int> contributors = Contributors(rank_count, placement);
  for (int rank = 0; rank < rank_count; ++rank) {
    options.ranks.push_back(
        {.shard_weight = placement.shard_weights.empty() ? 1 : placement.shard_weights[rank],
         .trainer = std::ranges::find(contributors, rank) != contributors.end()});
  }
  return options;
}

}  // namespace zerod
