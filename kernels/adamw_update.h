#ifndef ZEROD_KERNELS_ADAMW_UPDATE_H_
#define ZEROD_KERNELS_ADAMW_UPDATE_H_

#include "kernels/adamw.h"
#include "kernels/float_ops.h"
#include "kernels/host_device.h"

namespace zerod {

// What one element's update starts from: master weight and moments, and the reduced gradient.
struct AdamWElement {
  float p;
  float m;
  float v;
  float gradient;
};

struct AdamWResult {
  float p;
  float m;
  float v;
  float root;  // sqrt(v): the codecs need it too
};

// AdamW (Loshchilov and Hutter, arXiv 1711.05101) with the update clamped to what exact moments can
// give.
ZEROD_HOST_DEVICE inline AdamWResult AdamWUpdate(const AdamWElement& old,
                                                 const AdamWScalars& scalars) {
  const float g = Multiply(old.gradient, scalars.clip);
  const float m = FusedMultiplyAdd(scalars.one_minus_beta1, g, Multiply(scalars.beta1, old.m));
  const float v =
      FusedMultiplyAdd(Multiply(scalars.one_minus_beta2, g), g, Multiply(scalars.beta2, old.v));
  const float root = SquareRoot(v);
  const float u = Clamp(Divide(m, FusedMultiplyAdd(root, scalars.k2, scalars.eps)),
                        -scalars.update_bound, scalars.update_bound);
  const float p = FusedMultiplyAdd(-scalars.a, u, Multiply(old.p, scalars.decay));
  return {p, m, v, root};
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_ADAMW_UPDATE_H_
