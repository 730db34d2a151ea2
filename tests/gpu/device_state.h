#ifndef ZEROD_TESTS_GPU_DEVICE_STATE_H_
#define ZEROD_TESTS_GPU_DEVICE_STATE_H_

#include <cuda_runtime_api.h>

#include <cstddef>
#include <utility>
#include <vector>

#include "base/check.h"
#include "tests/kernels/adamw_state.h"

namespace zerod {

// A host vector's copy in device memory. Move-only.
template <typename T>
class DeviceVector {
 public:
  explicit DeviceVector(const std::vector<T>& values) : count_(values.size()) {
    if (count_ == 0) return;
    ZEROD_CHECK(cudaMalloc(reinterpret_cast<void**>(&data_), count_ * sizeof(T)) == cudaSuccess);
    Set(values);
  }
  DeviceVector(DeviceVector&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), count_(other.count_) {}
  DeviceVector& operator=(DeviceVector&&) = delete;
  ~DeviceVector() { ZEROD_CHECK(cudaFree(data_) == cudaSuccess); }

  void Set(const std::vector<T>& values) {
    ZEROD_CHECK(values.size() == count_);
    ZEROD_CHECK(cudaMemcpy(data_, values.data(), count_ * sizeof(T), cudaMemcpyDefault) ==
                cudaSuccess);
  }
  void Get(std::vector<T>* values) const {
    values->resize(count_);
    ZEROD_CHECK(cudaMemcpy(values->data(), data_, count_ * sizeof(T), cudaMemcpyDefault) ==
                cudaSuccess);
  }
  T* data() const { return data_; }

 private:
  T* data_ = nullptr;
  std::size_t count_ = 0;
};

// An AdamWState's copy in device memory.
class DeviceState {
 public:
  explicit DeviceState(const AdamWState& host)
      : gradient_(host.gradient),
        weights_(host.weights),
        correction_(host.correction),
        m_(host.m),
        v_(host.v),
        scales_(host.scales) {}

  void SetGradient(const AdamWState& host) { gradient_.Set(host.gradient); }
  // A task over this state; `scalars` in device memory.
  AdamWTask Task(AdamWTask host_task, const AdamWScalars* scalars) const {
    host_task.gradient = gradient_.data();
    host_task.weights = weights_.data();
    host_task.correction = correction_.data();
    host_task.m = m_.data();
    host_task.v = v_.data();
    host_task.scales = scales_.data();
    host_task.scalars = scalars;
    return host_task;
  }
  void Read(AdamWState* host) const {
    weights_.Get(&host->weights);
    correction_.Get(&host->correction);
    m_.Get(&host->m);
    v_.Get(&host->v);
    scales_.Get(&host->scales);
  }

 private:
  DeviceVector<std::byte> gradient_, weights_, correction_, m_, v_;
  DeviceVector<std::uint16_t> scales_;
};

}  // namespace zerod

#endif  // ZEROD_TESTS_GPU_DEVICE_STATE_H_
