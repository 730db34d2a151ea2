#include "engine/attachment.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace zerod {
namespace {

std::size_t LinesFor(std::size_t size_bytes) {
  return (size_bytes + sizeof(Attachment::CacheLine) - 1) / sizeof(Attachment::CacheLine);
}

absl::StatusOr<Arena> MakeArena(const JobLayout& layout, int rank, absl::string_view kind,
                                std::uint64_t size_bytes, PeerAccess access) {
  return Arena::Create(absl::StrCat("zerod-", kind, "-", rank, "-", layout.spec.name.substr(0, 64)),
                       size_bytes, access);
}

}  // namespace

absl::StatusOr<std::shared_ptr<Attachment>> MakeAttachment(const JobLayout& layout, int rank,
                                                           MemoryLedger& ledger, Buffer spare,
                                                           bool share_memory) {
  const std::size_t buckets = layout.buckets.size();
  const std::size_t parameters = layout.table.parameters().size();
  const std::size_t trainer_page_bytes = TrainerPageBytes(buckets, parameters);
  const std::size_t rank_page_bytes = RankPageBytes(buckets);
  const std::uint64_t gradient_bytes = layout.gradients.total_bytes();
  auto attachment = std::make_shared<Attachment>();
  const auto reserve = [&](MemoryKind kind, std::uint64_t size_bytes) -> absl::Status {
    ZEROD_ASSIGN_OR_RETURN(Reservation reservation, ledger.Reserve(rank, kind, size_bytes));
    attachment->reservations.push_back(std::move(reservation));
    return absl::OkStatus();
  };
  ZEROD_RETURN_IF_ERROR(reserve(MemoryKind::kControl, trainer_page_bytes + rank_page_bytes));
  if (!share_memory) {
    const std::size_t trainer_lines = LinesFor(trainer_page_bytes);
    attachment->private_pages.resize(trainer_lines + LinesFor(rank_page_bytes));
    const auto pages = std::as_writable_bytes(std::span(attachment->private_pages));
    const std::size_t first_bytes = trainer_lines * sizeof(Attachment::CacheLine);
    attachment->trainer_page = ViewTrainerPage(pages.first(first_bytes), buckets, parameters);
    attachment->rank_page = ViewRankPage(pages.subspan(first_bytes), buckets);
    if (spare.size_bytes() == 0) {
      ZEROD_ASSIGN_OR_RETURN(spare, ledger.Allocate(rank, MemoryKind::kGradients, gradient_bytes));
    }
    attachment->private_gradients = std::move(spare);
    attachment->gradients = attachment->private_gradients.bytes();
    return attachment;
  }
  ZEROD_RETURN_IF_ERROR(reserve(MemoryKind::kGradients, gradient_bytes));
  ZEROD_ASSIGN_OR_RETURN(
      attachment->gradient_arena,
      MakeArena(layout, rank, "gradients", gradient_bytes, PeerAccess::kReadWrite));
  ZEROD_ASSIGN_OR_RETURN(
      attachment->trainer_page_arena,
      MakeArena(layout, rank, "trainer-page", trainer_page_bytes, PeerAccess::kReadWrite));
  ZEROD_ASSIGN_OR_RETURN(attachment->rank_page_arena,
                         MakeArena(layout, rank, "rank-page", rank_page_bytes, PeerAccess::kRead));
  attachment->gradients = attachment->gradient_arena.bytes();
  attachment->trainer_page =
      ViewTrainerPage(attachment->trainer_page_arena.bytes(), buckets, parameters);
  attachment->rank_page = ViewRankPage(attachment->rank_page_arena.bytes(), buckets);
  return attachment;
}

}  // namespace zerod
