#include "ipc/control_page.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace zerod {
namespace {

constexpr std::size_t kCacheLineBytes = 64;

std::size_t ArrayBytes(std::size_t count) {
  const std::size_t size_bytes = count * sizeof(SharedWord);
  return (size_bytes + kCacheLineBytes - 1) / kCacheLineBytes * kCacheLineBytes;
}

std::span<SharedWord> ArrayAt(std::byte* first, std::size_t count) {
  return {reinterpret_cast<SharedWord*>(first), count};
}

}  // namespace

std::size_t TrainerPageBytes(std::size_t bucket_count, std::size_t parameter_count) {
  return sizeof(TrainerHeader) + ArrayBytes(bucket_count) + ArrayBytes(parameter_count);
}

std::size_t RankPageBytes(std::size_t bucket_count) {
  return sizeof(RankHeader) + 2 * ArrayBytes(bucket_count);
}

TrainerPage ViewTrainerPage(std::span<std::byte> memory, std::size_t bucket_count,
                            std::size_t parameter_count) {
  ZEROD_CHECK(memory.size() >= TrainerPageBytes(bucket_count, parameter_count));
  std::byte* rung = memory.data() + sizeof(TrainerHeader);
  return {.header = reinterpret_cast<TrainerHeader*>(memory.data()),
          .rung = ArrayAt(rung, bucket_count),
          .marked = ArrayAt(rung + ArrayBytes(bucket_count), parameter_count)};
}

RankPage ViewRankPage(std::span<std::byte> memory, std::size_t bucket_count) {
  ZEROD_CHECK(memory.size() >= RankPageBytes(bucket_count));
  std::byte* taken = memory.data() + sizeof(RankHeader);
  return {.header = reinterpret_cast<RankHeader*>(memory.data()),
          .taken = ArrayAt(taken, bucket_count),
          .weights_ready = ArrayAt(taken + ArrayBytes(bucket_count), bucket_count)};
}

void PutMessage(MessageText& target, absl::string_view text) {
  const std::size_t count = std::min(text.size(), target.size() - 1);
  std::copy_n(text.data(), count, target.data());
  target[count] = '\0';
}

absl::string_view MessageOf(const MessageText& text) {
  return {text.data(), strnlen(text.data(), text.size())};
}

}  // namespace zerod
