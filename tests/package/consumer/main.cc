// Pulls four weights towards zero: one rank and its trainer, both in this process.
#include <cstdio>
#include <vector>

#include "zerod/embedded.h"

absl::Status OneStep(zerod::Trainer& trainer) {
  if (auto status = trainer.WaitForWeights(0); !status.ok()) return status;
  const float* weights = trainer.Weights(0).fp32();
  float* gradient = trainer.Gradient(0).fp32();
  for (int i = 0; i < 4; ++i) gradient[i] = weights[i];  // of the loss |w|^2 / 2
  if (auto status = trainer.MarkGradientReady(0); !status.ok()) return status;
  if (auto status = trainer.Step({.max_grad_norm = 1.0}); !status.ok()) return status;
  return trainer.WaitForAllWeights();
}

absl::Status Train() {
  const std::vector<float> start = {1.0f, -2.0f, 3.0f, -4.0f};
  const std::vector<zerod::ConstTensorView> values = {zerod::ConstTensorView::Of(start)};
  zerod::JobSpec spec;
  spec.parameters = {{.name = "w", .shape = {4}, .dtype = zerod::DType::kFp32}};
  spec.groups[0].hyperparameters.lr = 0.1;

  auto job = zerod::Embedded::Create({}, spec, values);
  if (!job.ok()) return job.status();
  auto trainer = (*job)->Attach(/*rank=*/0);
  if (!trainer.ok()) return trainer.status();
  for (int step = 1; step <= 3; ++step) {
    if (auto status = OneStep(**trainer); !status.ok()) return status;
    const float* w = (*trainer)->Weights(0).fp32();
    std::printf("after step %d: %.2f %.2f %.2f %.2f\n", step, w[0], w[1], w[2], w[3]);
  }
  return absl::OkStatus();
}

int main() {
  const absl::Status status = Train();
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
