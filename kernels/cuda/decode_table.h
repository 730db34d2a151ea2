#ifndef ZEROD_KERNELS_CUDA_DECODE_TABLE_H_
#define ZEROD_KERNELS_CUDA_DECODE_TABLE_H_

namespace zerod {

// A codec's DecodeM or DecodeV of every code, as the compiler computes them; m's by code + 128.
struct DecodeTable {
  float values[256];
};

constexpr DecodeTable MakeRobustMTable() {
  DecodeTable table = {};
  for (int i = 0; i < 256; ++i) {
    const int q = i == 0 ? -127 : i - 128;
    table.values[i] = static_cast<float>(q) / static_cast<float>(254 - (q < 0 ? -q : q));
  }
  return table;
}

constexpr DecodeTable MakeRobustVTable() {
  DecodeTable table = {};
  for (int i = 0; i < 256; ++i) {
    const float y = static_cast<float>(i) * static_cast<float>(i);
    table.values[i] = y * y;
  }
  return table;
}

constexpr DecodeTable MakeFlashMTable() {
  DecodeTable table = {};
  for (int i = 0; i < 256; ++i) {
    const float y = static_cast<float>(i == 0 ? -127 : i - 128) / 127.0f;
    table.values[i] = y / (2.0f - (y < 0.0f ? -y : y));
  }
  return table;
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_DECODE_TABLE_H_
