#include "kernels/parallel.h"

#include <algorithm>
#include <mutex>
#include <vector>

#include "base/check.h"
#include "kernels/cpu/reduce_reference.h"
#include "kernels/task_part.h"

namespace zerod {
namespace {

// Elements of one piece of work: some tens of microseconds, far more than handing it out takes.
constexpr std::uint64_t kPieceElements = 1 << 16;
static_assert(kPieceElements % kLineElements == 0);

struct Piece {
  std::size_t item;  // index of a task, or of a stretch of gradient
  std::uint64_t begin;
  std::uint64_t count;
};

// Cuts stretches so that every cut has a flat index that is a multiple of kPieceElements, and so of
// lines and groups.
class Cutter {
 public:
  void Add(std::size_t item, std::uint64_t flat_begin, std::uint64_t count) {
    for (std::uint64_t begin = 0; begin < count;) {
      const std::uint64_t to_cut = kPieceElements - (flat_begin + begin) % kPieceElements;
      const std::uint64_t taken = std::min(to_cut, count - begin);
      pieces.push_back({item, begin, taken});
      begin += taken;
    }
  }

  std::vector<Piece> pieces;
};

}  // namespace

void UpdateWeights(const UpdateContext& context, std::span<const UpdateTask> tasks,
                   WorkerTeam& team) {
  if (team.size() == 1) return UpdateWeights(context, tasks);
  Cutter cutter;
  for (std::size_t n = 0; n < tasks.size(); ++n) {
    cutter.Add(n, tasks[n].flat_begin, tasks[n].count);
  }
  std::mutex mutex;
  team.Run(cutter.pieces.size(), [&](int, std::size_t n) {
    const Piece& piece = cutter.pieces[n];
    const UpdateTask& task = tasks[piece.item];
    UpdateTelemetry telemetry;
    UpdateTask part = PartOf(context, task, piece.begin, piece.count);
    part.telemetry = &telemetry;
    UpdateWeights(context, std::span(&part, 1));
    std::lock_guard lock(mutex);
    task.telemetry->Merge(telemetry);
  });
}

void ReduceContributions(const ReduceTask& task, WorkerTeam& team) {
  if (team.size() == 1) return ReduceContributions(task);
  CheckReduceTask(task);
  Cutter cutter;
  cutter.Add(0, 0, task.count);
  team.Run(cutter.pieces.size(), [&](int, std::size_t n) {
    const Piece& piece = cutter.pieces[n];
    std::vector<const std::byte*> contributions(task.contributions.begin(),
                                                task.contributions.end());
    for (const std::byte*& bytes : contributions) bytes += piece.begin * DTypeBytes(task.dtype);
    ReduceTask part = task;
    part.contributions = contributions;
    part.count = piece.count;
    part.valid_count =
        std::min(piece.count, task.valid_count - std::min(piece.begin, task.valid_count));
    part.reduced += piece.begin * DTypeBytes(task.reduced_dtype);
    ReduceContributions(part);
  });
}

void AccumulateNorm(std::span<const ReducedPiece> pieces, GradientNorm* norm, WorkerTeam& team) {
  if (team.size() == 1) return AccumulateNorm(pieces, norm);
  // Stretches that share a line must be summed together: whole lines of a stretch may go anywhere,
  // so work is handed out by cuts of the flat index.
  Cutter cutter;
  std::uint64_t covered_end = 0;
  for (std::size_t n = 0; n < pieces.size(); ++n) {
    ZEROD_CHECK(pieces[n].flat_begin >= covered_end);
    covered_end = pieces[n].flat_begin + pieces[n].count;
    cutter.Add(n, pieces[n].flat_begin, pieces[n].count);
  }
  const std::vector<Piece>& cut = cutter.pieces;
  const auto window = [&](const Piece& piece) {
    return (pieces[piece.item].flat_begin + piece.begin) / kPieceElements;
  };
  std::vector<std::size_t> window_begins;
  for (std::size_t n = 0; n < cut.size(); ++n) {
    if (n == 0 || window(cut[n]) != window(cut[n - 1])) window_begins.push_back(n);
  }
  window_begins.push_back(cut.size());
  std::mutex mutex;
  team.Run(window_begins.size() - 1, [&](int, std::size_t w) {
    std::vector<ReducedPiece> parts;
    for (std::size_t n = window_begins[w]; n < window_begins[w + 1]; ++n) {
      ReducedPiece part = pieces[cut[n].item];
      part.flat_begin += cut[n].begin;
      part.reduced += cut[n].begin * DTypeBytes(part.dtype);
      part.count = cut[n].count;
      parts.push_back(part);
    }
    GradientNorm local;
    AccumulateNorm(parts, &local);
    std::lock_guard lock(mutex);
    norm->sum_of_squares.Merge(local.sum_of_squares);
    norm->nonfinite_count += local.nonfinite_count;
    norm->overflowed_lines += local.overflowed_lines;
  });
}

}  // namespace zerod
