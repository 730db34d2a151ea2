#include "examples/train_lm/attention.h"

#include <algorithm>
#include <cmath>

#include "examples/train_lm/blas.h"
#include "examples/train_lm/row_math.h"

namespace zerod::train_lm {
namespace {

// Where one head of one sequence lies in the tensors of all.
struct HeadOffsets {
  std::size_t q, k, v, probabilities, output;
};

HeadOffsets OffsetsOf(const AttentionShape& shape, int sequence, int head) {
  const std::size_t first_row = static_cast<std::size_t>(sequence) * shape.context;
  const std::size_t column = static_cast<std::size_t>(head) * shape.head_width();
  const std::size_t q = first_row * 3 * shape.width + column;
  const std::size_t square = static_cast<std::size_t>(shape.context) * shape.context;
  return {.q = q,
          .k = q + shape.width,
          .v = q + 2 * static_cast<std::size_t>(shape.width),
          .probabilities = (static_cast<std::size_t>(sequence) * shape.heads + head) * square,
          .output = first_row * shape.width + column};
}

template <typename Function>
void ForEachHead(const AttentionShape& shape, Function function) {
  for (int sequence = 0; sequence < shape.sequences; ++sequence) {
    for (int head = 0; head < shape.heads; ++head) function(OffsetsOf(shape, sequence, head));
  }
}

// Row i sees columns 0..i; the rest becomes zero, so the products below need no mask.
void CausalSoftmax(int context, float* scores) {
  for (int i = 0; i < context; ++i) {
    float* row = scores + static_cast<long>(i) * context;
    const float inverse = 1.0f / ExpRow(row, i + 1, Max(row, i + 1));
    for (int j = 0; j <= i; ++j) row[j] *= inverse;
    std::fill(row + i + 1, row + context, 0.0f);
  }
}

// Turns the probabilities' gradient into the scores'.
void CausalSoftmaxBackward(int context, const float* probabilities, float* gradient) {
  for (int i = 0; i < context; ++i) {
    const float* p = probabilities + static_cast<long>(i) * context;
    float* d = gradient + static_cast<long>(i) * context;
    const float mean = Dot(p, d, i + 1);
    for (int j = 0; j <= i; ++j) d[j] = p[j] * (d[j] - mean);
    std::fill(d + i + 1, d + context, 0.0f);
  }
}

float ScoreScale(const AttentionShape& shape) {
  return 1.0f / std::sqrt(static_cast<float>(shape.head_width()));
}

}  // namespace

void AttentionForward(const AttentionShape& shape, const float* qkv, float* probabilities,
                      float* output) {
  const int context = shape.context;
  const int qkv_stride = 3 * shape.width;
  const ProductShape scores{
      .rows = context, .columns = context, .inner = shape.head_width(), .scale = ScoreScale(shape)};
  const ProductShape mix{.rows = context, .columns = shape.head_width(), .inner = context};
  ForEachHead(shape, [&](const HeadOffsets& at) {
    float* p = probabilities + at.probabilities;
    Multiply(scores, {qkv + at.q, qkv_stride}, {qkv + at.k, qkv_stride, true}, {p, context});
    CausalSoftmax(context, p);
    Multiply(mix, {p, context}, {qkv + at.v, qkv_stride}, {output + at.output, shape.width});
  });
}

void AttentionBackward(const AttentionShape& shape, const AttentionBackwardArgs& args) {
  const int context = shape.context;
  const int stride = 3 * shape.width;
  const ProductShape to_scores{.rows = context, .columns = context, .inner = shape.head_width()};
  const ProductShape to_values{.rows = context, .columns = shape.head_width(), .inner = context};
  ProductShape to_queries = to_values;
  to_queries.scale = ScoreScale(shape);
  ForEachHead(shape, [&](const HeadOffsets& at) {
    const ConstMatrix d_output{args.output_gradient + at.output, shape.width};
    const float* p = args.probabilities + at.probabilities;
    float* d = args.scratch;
    Multiply(to_values, {p, context, true}, d_output, {args.qkv_gradient + at.v, stride});
    Multiply(to_scores, d_output, {args.qkv + at.v, stride, true}, {d, context});
    CausalSoftmaxBackward(context, p, d);
    Multiply(to_queries, {d, context}, {args.qkv + at.k, stride},
             {args.qkv_gradient + at.q, stride});
    Multiply(to_queries, {d, context, true}, {args.qkv + at.q, stride},
             {args.qkv_gradient + at.k, stride});
  });
}

}  // namespace zerod::train_lm
