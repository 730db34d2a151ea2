#include "engine/attachment.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace zerod {
namespace {

std::size_t LinesFor(std::size_t size_bytes) {
  return (size_bytes + sizeof(Attachment::CacheLine) - 1) / sizeof(Attachment::CacheLine);
}

struct PageSizes {
  explicit PageSizes(const JobLayout& layout)
      : trainer_page_bytes(
            TrainerPageBytes(layout.buckets.size(), layout.table.parameters().size())),
        rank_page_bytes(RankPageBytes(layout.buckets.size())) {}
  std::size_t trainer_page_bytes;
  std::size_t rank_page_bytes;
};

absl::StatusOr<std::shared_ptr<Attachment>> ReservePages(const PageSizes& sizes, int rank,
                                                         MemoryLedger& ledger) {
  auto attachment = std::make_shared<Attachment>();
  ZEROD_ASSIGN_OR_RETURN(
      Reservation pages,
      ledger.Reserve(rank, MemoryKind::kControl, sizes.trainer_page_bytes + sizes.rank_page_bytes));
  attachment->reservations.push_back(std::move(pages));
  return attachment;
}

void ViewPages(const JobLayout& layout, std::span<std::byte> trainer_page,
               std::span<std::byte> rank_page, Attachment& attachment) {
  attachment.trainer_page =
      ViewTrainerPage(trainer_page, layout.buckets.size(), layout.table.parameters().size());
  attachment.rank_page = ViewRankPage(rank_page, layout.buckets.size());
}

}  // namespace

absl::StatusOr<std::shared_ptr<Attachment>> MakePrivateAttachment(const JobLayout& layout, int rank,
                                                                  MemoryLedger& ledger,
                                                                  Buffer spare) {
  const PageSizes sizes(layout);
  ZEROD_ASSIGN_OR_RETURN(std::shared_ptr<Attachment> attachment, ReservePages(sizes, rank, ledger));
  const std::size_t trainer_lines = LinesFor(sizes.trainer_page_bytes);
  attachment->private_pages.resize(trainer_lines + LinesFor(sizes.rank_page_bytes));
  const auto pages = std::as_writable_bytes(std::span(attachment->private_pages));
  const std::size_t first_bytes = trainer_lines * sizeof(Attachment::CacheLine);
  ViewPages(layout, pages.first(first_bytes), pages.subspan(first_bytes), *attachment);
  if (spare.size_bytes() == 0) {
    ZEROD_ASSIGN_OR_RETURN(
        spare, ledger.Allocate(rank, MemoryKind::kGradients, layout.gradients.total_bytes()));
  }
  attachment->private_gradients = std::move(spare);
  attachment->gradients = attachment->private_gradients.bytes();
  return attachment;
}

absl::StatusOr<std::shared_ptr<Attachment>> MakeSharedAttachment(const JobLayout& layout, int rank,
                                                                 MemoryLedger& ledger) {
  const PageSizes sizes(layout);
  ZEROD_ASSIGN_OR_RETURN(std::shared_ptr<Attachment> attachment, ReservePages(sizes, rank, ledger));
  const std::uint64_t gradient_bytes = layout.gradients.total_bytes();
  ZEROD_ASSIGN_OR_RETURN(Reservation gradients,
                         ledger.Reserve(rank, MemoryKind::kGradients, gradient_bytes));
  attachment->reservations.push_back(std::move(gradients));
  const auto make_arena = [&](absl::string_view kind, std::uint64_t size_bytes, PeerAccess access) {
    return Arena::Create(
        absl::StrCat("zerod-", kind, "-", rank, "-", layout.spec.name.substr(0, 64)), size_bytes,
        access);
  };
  ZEROD_ASSIGN_OR_RETURN(attachment->gradient_arena,
                         make_arena("gradients", gradient_bytes, PeerAccess::kReadWrite));
  ZEROD_ASSIGN_OR_RETURN(
      attachment->trainer_page_arena,
      make_arena("trainer-page", sizes.trainer_page_bytes, PeerAccess::kReadWrite));
  ZEROD_ASSIGN_OR_RETURN(attachment->rank_page_arena,
                         make_arena("rank-page", sizes.rank_page_bytes, PeerAccess::kRead));
  attachment->gradients = attachment->gradient_arena.bytes();
  ViewPages(layout, attachment->trainer_page_arena.bytes(), attachment->rank_page_arena.bytes(),
            *attachment);
  return attachment;
}

}  // namespace zerod
