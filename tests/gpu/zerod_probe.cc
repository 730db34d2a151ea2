// The kernels behind a C interface, for flashoptim_compare.py: host pointers go to the definition,
// device pointers to the CUDA launch. Not installed; it can change with the script.
#include <cuda_runtime_api.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

#include "kernels/codec_flash.h"
#include "kernels/cuda/update_launch.h"
#include "kernels/split_master.h"

namespace zerod {
namespace {

template <typename T>
T* CopyToDevice(const std::vector<T>& values) {
  void* memory = nullptr;
  const std::size_t bytes = values.size() * sizeof(T);
  if (cudaMalloc(&memory, bytes) != cudaSuccess) return nullptr;
  cudaMemcpy(memory, values.data(), bytes, cudaMemcpyHostToDevice);
  return static_cast<T*>(memory);
}

// Tensors of one optimizer, and what a launch over them needs.
struct ProbeTensors {
  UpdateLaunch launch;
  UpdateScalars* scalars = nullptr;
  UpdateTelemetry* telemetry = nullptr;
};

}  // namespace
}  // namespace zerod

extern "C" {

struct zerod_probe_tensor {
  std::uint64_t count;  // multiple of 32
  void* gradient;       // bf16
  void* weights;        // bf16
  void* correction;     // int8
  void* m;              // int8
  void* v;              // uint8
  void* scales;         // 2 x uint16 per 32 elements
};

struct zerod_probe_settings {
  double lr, beta1, beta2, eps, weight_decay;
  std::uint64_t step;  // from 1
};

// Codes and scales of `count` values, a multiple of 32, by codec flash. Host memory.
void zerod_probe_flash_m(const float* values, std::uint64_t count, std::int8_t* codes,
                         std::uint16_t* scales) {
  for (std::uint64_t begin = 0; begin < count; begin += zerod::kQuantGroupElements) {
    float most = 0.0f;
    for (std::uint64_t i = begin; i < begin + zerod::kQuantGroupElements; ++i) {
      most = std::max(most, std::fabs(values[i]));
    }
    scales[begin / zerod::kQuantGroupElements] = zerod::FlashCodec::MScaleCode(most);
    for (std::uint64_t i = begin; i < begin + zerod::kQuantGroupElements; ++i) {
      codes[i] = zerod::FlashCodec::EncodeM(values[i], zerod::FlashCodec::MUnit(most, 0), 0, 0);
    }
  }
}

void zerod_probe_flash_v(const float* values, std::uint64_t count, std::uint8_t* codes,
                         std::uint16_t* scales) {
  for (std::uint64_t begin = 0; begin < count; begin += zerod::kQuantGroupElements) {
    float most = 0.0f;
    for (std::uint64_t i = begin; i < begin + zerod::kQuantGroupElements; ++i) {
      most = std::max(most, std::sqrt(values[i]));
    }
    scales[begin / zerod::kQuantGroupElements] = zerod::FlashCodec::VScaleCode(most, {});
    for (std::uint64_t i = begin; i < begin + zerod::kQuantGroupElements; ++i) {
      codes[i] =
          zerod::FlashCodec::EncodeV(std::sqrt(values[i]), zerod::FlashCodec::VUnit(most, 0), 0);
    }
  }
}

void zerod_probe_flash_m_values(const std::int8_t* codes, const std::uint16_t* scales,
                                std::uint64_t count, float* values) {
  for (std::uint64_t i = 0; i < count; ++i) {
    values[i] = zerod::FlashCodec::DecodeM(codes[i]) *
                zerod::FlashCodec::MScale(scales[i / zerod::kQuantGroupElements]);
  }
}

void zerod_probe_flash_v_values(const std::uint8_t* codes, const std::uint16_t* scales,
                                std::uint64_t count, float* values) {
  for (std::uint64_t i = 0; i < count; ++i) {
    const float scale = zerod::FlashCodec::VScale(scales[i / zerod::kQuantGroupElements]);
    values[i] = zerod::FlashCodec::DecodeV(codes[i]) * zerod::FlashCodec::VScaleSquare(scale);
  }
}

// Masters of 24 bits, rounded to nearest, and back. Host memory.
void zerod_probe_split24(const float* values, std::uint64_t count, std::uint16_t* weights,
                         std::int8_t* correction) {
  for (std::uint64_t i = 0; i < count; ++i) {
    const zerod::Split24 split = zerod::SplitMaster24(zerod::BitsOf(values[i]), zerod::kNearest24);
    weights[i] = split.weight;
    correction[i] = split.correction;
  }
}

void zerod_probe_join24(const std::uint16_t* weights, const std::int8_t* correction,
                        std::uint64_t count, float* values) {
  for (std::uint64_t i = 0; i < count; ++i) {
    values[i] = zerod::FloatOf(zerod::JoinMaster24({weights[i], correction[i]}));
  }
}

// AdamW over tensors in device memory; null if there is no memory for the launch's own. `flash`: 1
// for codec flash, 0 for robust. Never freed: the script ends soon.
void* zerod_probe_open(const zerod_probe_tensor* tensors, std::uint32_t count, int flash) {
  auto probe = std::make_unique<zerod::ProbeTensors>();
  probe->scalars = zerod::CopyToDevice(std::vector<zerod::UpdateScalars>(1));
  probe->telemetry = zerod::CopyToDevice(std::vector<zerod::UpdateTelemetry>(1));
  std::vector<zerod::FusedUpdateTask> tasks;
  std::vector<std::uint64_t> counts;
  std::uint64_t flat = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    zerod::FusedUpdateTask task;
    task.task = {.flat_begin = flat,
                 .count = tensors[i].count,
                 .gradient = static_cast<const std::byte*>(tensors[i].gradient),
                 .weights = static_cast<std::byte*>(tensors[i].weights),
                 .correction = static_cast<std::byte*>(tensors[i].correction),
                 .m = static_cast<std::byte*>(tensors[i].m),
                 .v = static_cast<std::byte*>(tensors[i].v),
                 .scales = static_cast<std::uint16_t*>(tensors[i].scales),
                 .scalars = probe->scalars,
                 .telemetry = probe->telemetry};
    tasks.push_back(task);
    counts.push_back(tensors[i].count);
    flat += tensors[i].count;
  }
  const std::vector<std::uint64_t> begins = zerod::ChunkBegins(counts);
  probe->launch = {.tasks = zerod::CopyToDevice(tasks),
                   .chunk_begins = zerod::CopyToDevice(begins),
                   .task_count = count,
                   .chunk_count = begins.back()};
  if (flash != 0) probe->launch.context.codec = zerod::StateCodec::kFlash;
  const bool complete = probe->scalars != nullptr && probe->telemetry != nullptr &&
                        probe->launch.tasks != nullptr && probe->launch.chunk_begins != nullptr;
  return complete ? probe.release() : nullptr;
}

// One step on the stream. Returns a cudaError_t.
int zerod_probe_step(void* opened, const zerod_probe_settings* settings, void* stream) {
  auto* probe = static_cast<zerod::ProbeTensors*>(opened);
  const zerod::UpdateScalars scalars =
      zerod::MakeUpdateScalars(zerod::Optimizer::kAdamW,
                               {.lr = settings->lr,
                                .beta1 = settings->beta1,
                                .beta2 = settings->beta2,
                                .eps = settings->eps,
                                .weight_decay = settings->weight_decay},
                               settings->step, 1.0f);
  const auto cuda_stream = static_cast<cudaStream_t>(stream);
  const cudaError_t error = cudaMemcpyAsync(probe->scalars, &scalars, sizeof(scalars),
                                            cudaMemcpyHostToDevice, cuda_stream);
  if (error != cudaSuccess) return error;
  probe->launch.context.key = zerod::MakeStepKey(1, settings->step);
  return zerod::LaunchUpdate(probe->launch, cuda_stream);
}

}  // extern "C"
