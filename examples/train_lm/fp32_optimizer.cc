#include "examples/train_lm/fp32_optimizer.h"

#include <algorithm>
#include <cmath>

#include "base/status_macros.h"
#include "examples/train_lm/adamw_fp32.h"
#include "examples/train_lm/weight_files.h"

namespace zerod::train_lm {

class Fp32Seat : public TrainerSeat {
 public:
  Fp32Seat(Fp32Optimizer& optimizer, int trainer)
      : optimizer_(optimizer), trainer_(trainer), own_(optimizer.replicas_[trainer]) {}
  ~Fp32Seat() override { optimizer_.meeting_.Leave(); }

  absl::StatusOr<const float*> Weights(std::size_t parameter) override {
    return own_.weights.data() + optimizer_.table_.all[parameter].offset;
  }
  float* Gradient(std::size_t parameter) override {
    std::vector<float>& buffer = micro_batches_begun_ > 1 ? own_.micro_gradient : own_.gradient;
    return buffer.data() + optimizer_.table_.all[parameter].offset;
  }
  absl::Status GradientReady(std::size_t parameter) override {
    if (micro_batches_begun_ <= 1) return absl::OkStatus();
    const Parameter& which = optimizer_.table_.all[parameter];
    for (std::size_t i = which.offset; i < which.offset + which.count; ++i) {
      own_.gradient[i] += own_.micro_gradient[i];
    }
    return absl::OkStatus();
  }
  absl::Status BeginGradients() override {
    ++micro_batches_begun_;
    return absl::OkStatus();
  }

  absl::StatusOr<StepReport> Step(double learning_rate) override {
    micro_batches_begun_ = 0;
    ZEROD_RETURN_IF_ERROR(optimizer_.meeting_.Arrive());  // all gradients are complete
    AverageOwnPart();
    ZEROD_RETURN_IF_ERROR(optimizer_.meeting_.Arrive());  // all parts are averaged
    const double norm = GradientNorm();
    if (!std::isfinite(norm)) {
      ++own_.skipped_steps;
      return StepReport{.skipped = true, .gradient_norm = norm};
    }
    Update(learning_rate, norm);
    own_.last_updated_step = updates_ + own_.skipped_steps;
    return StepReport{.gradient_norm = norm};
  }

  absl::Status Finish() override { return absl::OkStatus(); }
  absl::Status ExportWeights(const std::string& folder) override {
    return ExportFp32(folder, optimizer_.table_, own_.weights);
  }

 private:
  void AverageOwnPart() {
    std::vector<Fp32Optimizer::Replica>& replicas = optimizer_.replicas_;
    const std::size_t trainers = replicas.size();
    const std::size_t count = optimizer_.table_.element_count;
    const std::size_t begin = count * trainer_ / trainers;
    const std::size_t end = count * (trainer_ + 1) / trainers;
    const float share = 1.0f / static_cast<float>(trainers * optimizer_.settings_.micro_batches);
    std::vector<float>& sum = replicas[0].gradient;
    for (std::size_t t = 1; t < trainers; ++t) {
      for (std::size_t i = begin; i < end; ++i) sum[i] += replicas[t].gradient[i];
    }
    for (std::size_t i = begin; i < end; ++i) sum[i] *= share;
    for (std::size_t t = 1; t < trainers; ++t) {
      std::copy(sum.begin() + begin, sum.begin() + end, replicas[t].gradient.begin() + begin);
    }
    // Out: the other parts, to their owners; and the own part's mean, to everybody else.
    own_.moved_bytes += sizeof(float) * ((count - (end - begin)) + (trainers - 1) * (end - begin));
  }

  // The same on every trainer, which all hold the same averages.
  double GradientNorm() const {
    double square = 0.0;
    for (const Parameter& parameter : optimizer_.table_.all) {
      for (std::size_t i = parameter.offset; i < parameter.offset + parameter.count; ++i) {
        square += static_cast<double>(own_.gradient[i]) * own_.gradient[i];
      }
    }
    return std::sqrt(square);
  }

  void Update(double learning_rate, double norm) {
    const OptimizerSettings& settings = optimizer_.settings_;
    ++updates_;
    AdamWStep step{.update = updates_, .learning_rate = learning_rate};
    if (settings.max_gradient_norm > 0) {
      step.gradient_factor =
          static_cast<float>(std::min(1.0, settings.max_gradient_norm / (norm + 1e-6)));
    }
    for (const Parameter& parameter : optimizer_.table_.all) {
      step.weight_decay = parameter.shape.size() < 2 ? 0.0 : settings.weight_decay;
      auto part = [&](std::vector<float>& all) {
        return std::span(all).subspan(parameter.offset, parameter.count);
      };
      UpdateAdamWFp32(settings, step,
                      {part(own_.weights), part(own_.gradient), part(own_.m), part(own_.v)});
    }
  }

  Fp32Optimizer& optimizer_;
  const int trainer_;
  Fp32Optimizer::Replica& own_;
  int micro_batches_begun_ = 0;  // in this step
  std::uint64_t updates_ = 0;
};

Fp32Optimizer::Fp32Optimizer(int trainers, const OptimizerSettings& settings,
                             const ParameterTable& table, std::span<const float> initial)
    : settings_(settings), table_(table), replicas_(trainers), meeting_(trainers) {
  for (Replica& replica : replicas_) {
    replica.weights.assign(initial.begin(), initial.end());
    replica.gradient.resize(table.element_count);
    replica.m.resize(table.element_count);
    replica.v.resize(table.element_count);
    if (settings.micro_batches > 1) replica.micro_gradient.resize(table.element_count);
  }
}

absl::StatusOr<std::unique_ptr<TrainerSeat>> Fp32Optimizer::Attach(int trainer) {
  return std::make_unique<Fp32Seat>(*this, trainer);
}

absl::Status Fp32Optimizer::ExportMasterWeights(const std::string& folder) const {
  return ExportFp32(folder, table_, replicas_.front().weights);
}

absl::StatusOr<OptimizerUsage> Fp32Optimizer::Usage() const {
  OptimizerUsage usage;
  for (std::size_t trainer = 0; trainer < replicas_.size(); ++trainer) {
    const Replica& replica = replicas_[trainer];
    auto bytes = [](const std::vector<float>& values) { return values.size() * sizeof(float); };
    usage.ranks.push_back(
        {.rank = static_cast<int>(trainer),
         .has_trainer = true,
         .bytes_by_kind = {{"weights", bytes(replica.weights)},
                           {"gradients", bytes(replica.gradient) + bytes(replica.micro_gradient)},
                           {"m", bytes(replica.m)},
                           {"v", bytes(replica.v)}},
         .optimizer_state_bytes = bytes(replica.m) + bytes(replica.v),
         .sent_bytes = replica.moved_bytes,
         .received_bytes = replica.moved_bytes});
    usage.skipped_steps = replica.skipped_steps;
    usage.last_updated_step = replica.last_updated_step;
  }
  return usage;
}

}  // namespace zerod::train_lm
