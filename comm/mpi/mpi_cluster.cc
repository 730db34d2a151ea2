#include "comm/mpi/mpi_cluster.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "comm/delivery.h"
#include "comm/meeting_world.h"
#include "comm/mpi/mpi_endpoint.h"
#include "comm/mpi/mpi_service.h"
#include "comm/mpi/world_router.h"

namespace zerod {
namespace {

class MpiCluster final : public Cluster {
 public:
  MpiCluster(MpiOptions options, std::shared_ptr<MpiService> service, MpiService::Place place)
      : options_(options),
        place_(place),
        service_(std::move(service)),
        router_(std::make_shared<WorldRouter>(
            WorldRouter::Options{
                .node = place.node_index, .node_count = place.node_count, .max_tag = place.max_tag},
            service_)) {
    service_->Listen(
        {.on_cluster_message =
             [this](int from_node, Message message) {
               delivery_.Put(from_node, std::move(message));
             },
         .on_world_message =
             [this](int from_node, const Message& message) {
               absl::Status read = router_->Receive(from_node, message);
               if (!read.ok()) router_->FailAll(read);
             },
         .on_failure = [this](const absl::Status& cause) { router_->FailAll(cause); }});
  }

  ~MpiCluster() override {
    service_->Stop();
    router_->FailAll(absl::CancelledError("this node has left its cluster"));
  }

  int node_index() const override { return place_.node_index; }
  int node_count() const override { return place_.node_count; }

  std::unique_ptr<World> FormWorld(WorldOptions options) override {
    ZEROD_CHECK(std::ranges::all_of(
        options.node_of_rank, [&](int node) { return node >= 0 && node < place_.node_count; }));
    return std::make_unique<MeetingWorld>(
        WorldRouter::Form(router_, {.job = options.job, .formation = options.formation},
                          {.node_of_rank = std::move(options.node_of_rank),
                           .node = place_.node_index,
                           .inline_bytes = options_.inline_bytes,
                           .chunk_bytes = options_.chunk_bytes,
                           .max_message_bytes = kMaxClusterMessageBytes,
                           .on_poison = std::move(options.on_poison)}));
  }

  void Send(int node, Message message) override {
    ZEROD_CHECK(node >= 0 && node < place_.node_count && message.size() <= kMaxClusterMessageBytes);
    if (node == place_.node_index) {
      delivery_.Put(node, std::move(message));
    } else {
      service_->SendClusterMessage(node, std::move(message));
    }
  }

  void SetHandler(Handler handler) override { delivery_.SetHandler(std::move(handler)); }

  absl::Status Leave(absl::Time deadline) override {
    absl::Status status = router_->AwaitAllClosed(deadline);
    absl::Status left = service_->Leave(deadline);
    delivery_.Stop();
    return status.ok() ? left : status;
  }

 private:
  const MpiOptions options_;
  const MpiService::Place place_;
  Delivery delivery_;
  const std::shared_ptr<MpiService> service_;
  const std::shared_ptr<WorldRouter> router_;
};

}  // namespace

bool StartedByMpi() {
  return std::ranges::any_of(std::to_array({"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"}),
                             [](const char* name) { return std::getenv(name) != nullptr; });
}

absl::StatusOr<std::unique_ptr<Cluster>> MakeMpiCluster(MpiOptions options) {
  constexpr std::size_t kMaxChunkBytes = std::size_t{1} << 30;
  if (options.chunk_bytes == 0 || options.chunk_bytes > kMaxChunkBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("chunk_bytes is ", options.chunk_bytes, "; it must be 1 to 2^30"));
  }
  // What all ranks of a world inline for one node goes in one message.
  constexpr std::size_t kMaxInlineBytes = std::size_t{64} << 10;
  if (options.inline_bytes > kMaxInlineBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("inline_bytes is ", options.inline_bytes, "; it may be at most 2^16"));
  }
  auto service = std::make_shared<MpiService>();
  ZEROD_ASSIGN_OR_RETURN(const MpiService::Place place, service->Start());
  return std::make_unique<MpiCluster>(options, std::move(service), place);
}

}  // namespace zerod
