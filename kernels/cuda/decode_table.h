#ifndef ZEROD_KERNELS_CUDA_DECODE_TABLE_H_
#define ZEROD_KERNELS_CUDA_DECODE_TABLE_H_

namespace zerod {

// RobustCodec's DecodeM and DecodeV of every code, as the compiler computes them.
struct DecodeTable {
  float values[256];
};

// By code + 128.
constexpr DecodeTable MakeMTable() {
  DecodeTable table = {};
  for (int i = 0; i < 256; ++i) {
    const int q = i == 0 ? -127 : i - 128;
    table.values[i] = static_cast<float>(q) / static_cast<float>(254 - (q < 0 ? -q : q));
  }
  return table;
}

constexpr DecodeTable MakeVTable() {
  DecodeTable table = {};
  for (int i = 0; i < 256; ++i) {
    const float y = static_cast<float>(i) * static_cast<float>(i);
    table.values[i] = y * y;
  }
  return table;
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_DECODE_TABLE_H_
