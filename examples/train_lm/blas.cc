#include "examples/train_lm/blas.h"

#include <cblas.h>

namespace zerod::train_lm {

void Multiply(const ProductShape& shape, ConstMatrix a, ConstMatrix b, Matrix result) {
  cblas_sgemm(CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans,
              b.transposed ? CblasTrans : CblasNoTrans, shape.rows, shape.columns, shape.inner,
              shape.scale, a.elements, a.stride, b.elements, b.stride, shape.keep, result.elements,
              result.stride);
}

void UseOneBlasThread() { openblas_set_num_threads(1); }

}  // namespace zerod::train_lm
