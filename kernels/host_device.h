#ifndef ZEROD_KERNELS_HOST_DEVICE_H_
#define ZEROD_KERNELS_HOST_DEVICE_H_

// Marks a function of the numerics that host and device share: written once, compiled for both.
#if defined(__CUDACC__)
#define ZEROD_HOST_DEVICE __host__ __device__
#else
#define ZEROD_HOST_DEVICE
#endif

#endif  // ZEROD_KERNELS_HOST_DEVICE_H_
