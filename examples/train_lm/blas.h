#ifndef ZEROD_EXAMPLES_TRAIN_LM_BLAS_H_
#define ZEROD_EXAMPLES_TRAIN_LM_BLAS_H_

namespace zerod::train_lm {

// A row-major matrix: element (i, j) is at elements[i * stride + j].
struct ConstMatrix {
  const float* elements = nullptr;
  int stride = 0;
  bool transposed = false;  // multiply by its transpose
};

struct Matrix {
  float* elements = nullptr;
  int stride = 0;
};

// result = scale * a b + keep * result, with a [rows, inner] and b [inner, columns] after their
// transpositions.
struct ProductShape {
  int rows = 0;
  int columns = 0;
  int inner = 0;
  float scale = 1.0f;
  float keep = 0.0f;
};
void Multiply(const ProductShape& shape, ConstMatrix a, ConstMatrix b, Matrix result);

// Every trainer is a thread with a core of its own, so the library must not start threads beside
// them. Call once, before the trainers start.
void UseOneBlasThread();

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_BLAS_H_
