#ifndef ZEROD_TESTS_GPU_DEVICE_STATE_H_
#define ZEROD_TESTS_GPU_DEVICE_STATE_H_

#include <cuda_runtime_api.h>

#include <cstddef>
#include <utility>
#include <vector>

#include "base/check.h"
#include "kernels/cuda/update_launch.h"
#include "tests/kernels/update_state.h"

namespace zerod {

inline bool HaveDevice() {
  int device_count = 0;
  const cudaError_t status = cudaGetDeviceCount(&device_count);
  // Without a device there may be no driver, either. Everything else is a failure, not a reason to
  // skip.
  if (status == cudaErrorNoDevice || status == cudaErrorInsufficientDriver) return false;
  ZEROD_CHECK(status == cudaSuccess);
  return device_count != 0;
}

// A host vector's copy in device memory, `offset_bytes` behind an aligned address. Move-only.
template <typename T>
class DeviceVector {
 public:
  explicit DeviceVector(const std::vector<T>& values, std::size_t offset_bytes = 0)
      : count_(values.size()) {
    if (count_ == 0) return;
    ZEROD_CHECK(cudaMalloc(&memory_, offset_bytes + count_ * sizeof(T)) == cudaSuccess);
    data_ = reinterpret_cast<T*>(static_cast<std::byte*>(memory_) + offset_bytes);
    Set(values);
  }
  DeviceVector(DeviceVector&& other) noexcept
      : memory_(std::exchange(other.memory_, nullptr)), data_(other.data_), count_(other.count_) {}
  DeviceVector& operator=(DeviceVector&&) = delete;
  ~DeviceVector() { ZEROD_CHECK(cudaFree(memory_) == cudaSuccess); }

  void Set(const std::vector<T>& values) {
    ZEROD_CHECK(values.size() == count_);
    if (count_ == 0) return;
    ZEROD_CHECK(cudaMemcpy(data_, values.data(), count_ * sizeof(T), cudaMemcpyDefault) ==
                cudaSuccess);
  }
  void Get(std::vector<T>* values) const {
    values->resize(count_);
    if (count_ == 0) return;
    ZEROD_CHECK(cudaMemcpy(values->data(), data_, count_ * sizeof(T), cudaMemcpyDefault) ==
                cudaSuccess);
  }
  T* data() const { return data_; }

 private:
  void* memory_ = nullptr;
  T* data_ = nullptr;
  std::size_t count_ = 0;
};

// An UpdateState's copy in device memory, aligned no better than a quant group needs it.
class DeviceState {
 public:
  explicit DeviceState(const UpdateState& host)
      : gradient_(host.gradient, 64),
        weights_(host.weights, 64),
        correction_(host.correction, 32),
        m_(host.m, 32),
        v_(host.v, 32),
        scales_(host.scales, 4),
        telemetry_({host.telemetry}) {}

  void SetGradient(const UpdateState& host) { gradient_.Set(host.gradient); }
  // A task over this state; `scalars` in device memory.
  FusedUpdateTask Task(UpdateTask host_task, const UpdateScalars* scalars) const {
    host_task.gradient = gradient_.data();
    host_task.weights = weights_.data();
    host_task.correction = correction_.data();
    host_task.m = m_.data();
    host_task.v = v_.data();
    host_task.scales = scales_.data();
    host_task.scalars = scalars;
    host_task.telemetry = telemetry_.data();
    return {.task = host_task, .source = {}, .copies = {}};
  }
  void Read(UpdateState* host) const {
    weights_.Get(&host->weights);
    correction_.Get(&host->correction);
    m_.Get(&host->m);
    v_.Get(&host->v);
    scales_.Get(&host->scales);
    std::vector<UpdateTelemetry> telemetry;
    telemetry_.Get(&telemetry);
    host->telemetry = telemetry[0];
  }

 private:
  DeviceVector<std::byte> gradient_, weights_, correction_, m_, v_;
  DeviceVector<std::uint16_t> scales_;
  DeviceVector<UpdateTelemetry> telemetry_;
};

}  // namespace zerod

#endif  // ZEROD_TESTS_GPU_DEVICE_STATE_H_
