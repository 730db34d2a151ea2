#include "engine/agreement.h"

#include <cmath>
#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/byte_io.h"
#include "base/status_macros.h"

namespace zerod {
namespace {

template <typename T>
absl::Status Same(int rank, int first_rank, absl::string_view what, const T& value,
                  const T& first_value) {
  if (value == first_value) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("rank ", rank, "'s ", what, " is ", value,
                                                    ", rank ", first_rank, "'s is ", first_value));
}

absl::Status SameHyperparameters(int rank, int first_rank, const ParameterGroup& group,
                                 const Hyperparameters& value, const Hyperparameters& first) {
  const auto same = [&](absl::string_view field, auto Hyperparameters::*member) {
    return Same(rank, first_rank, absl::StrCat(field, " of group '", group.name, "'"),
                value.*member, first.*member);
  };
  ZEROD_RETURN_IF_ERROR(same("lr", &Hyperparameters::lr));
  ZEROD_RETURN_IF_ERROR(same("beta1", &Hyperparameters::beta1));
  ZEROD_RETURN_IF_ERROR(same("beta2", &Hyperparameters::beta2));
  ZEROD_RETURN_IF_ERROR(same("eps", &Hyperparameters::eps));
  ZEROD_RETURN_IF_ERROR(same("weight_decay", &Hyperparameters::weight_decay));
  ZEROD_RETURN_IF_ERROR(same("momentum", &Hyperparameters::momentum));
  ZEROD_RETURN_IF_ERROR(same("nesterov", &Hyperparameters::nesterov));
  return same("initial_lr", &Hyperparameters::initial_lr);
}

// Member by member: what lies between them is not initialised.
void Put(const Hyperparameters& hyperparameters, ByteWriter& writer) {
  const auto& [lr, beta1, beta2, eps, weight_decay, momentum, nesterov, initial_lr] =
      hyperparameters;
  for (double value : {lr, beta1, beta2, eps, weight_decay, momentum, initial_lr}) {
    writer.Put(value);
  }
  writer.Put(static_cast<std::uint8_t>(nesterov));
}

Hyperparameters GetHyperparameters(ByteReader& reader) {
  Hyperparameters hyperparameters;
  auto& [lr, beta1, beta2, eps, weight_decay, momentum, nesterov, initial_lr] = hyperparameters;
  for (double* value : {&lr, &beta1, &beta2, &eps, &weight_decay, &momentum, &initial_lr}) {
    *value = reader.Get<double>();
  }
  nesterov = reader.Get<std::uint8_t>() != 0;
  return hyperparameters;
}

absl::Status NoTrainer(int rank, const OpenRecord& record) {
  const std::string departure(record.departure.data(),
                              strnlen(record.departure.data(), record.departure.size()));
  return absl::FailedPreconditionError(
      absl::StrCat("rank ", rank, "'s trainer has left, and no other has attached",
                   departure.empty() ? "" : absl::StrCat("; the last one: ", departure)));
}

}  // namespace

absl::StatusOr<AgreedOpen> AgreeOnOpen(const JobLayout& layout,
                                       std::span<const OpenRecord> records) {
  const int first_rank = layout.world.contributors.front();
  const OpenRecord& first = records[first_rank];
  for (int rank = 0; rank < static_cast<int>(records.size()); ++rank) {
    const OpenRecord& record = records[rank];
    ZEROD_RETURN_IF_ERROR(
        Same(rank, first_rank, "layout hash", record.layout_hash, first.layout_hash));
    ZEROD_RETURN_IF_ERROR(Same(rank, first_rank, "step", record.step, first.step));
    const std::uint32_t expected = layout.IsContributor(rank) ? 1 : 0;
    if (record.contributes != expected) {
      return expected ? NoTrainer(rank, record)
                      : absl::FailedPreconditionError(
                            absl::StrCat("rank ", rank, " has a trainer, but must not"));
    }
    if (record.contributes == 0) continue;
    ZEROD_RETURN_IF_ERROR(
        Same(rank, first_rank, "micro_batches", record.micro_batches, first.micro_batches));
    ZEROD_RETURN_IF_ERROR(
        Same(rank, first_rank, "loss_scale", record.loss_scale, first.loss_scale));
  }
  const double contributions =
      static_cast<double>(layout.world.contributors.size()) * first.micro_batches;
  const auto gradient_scale = static_cast<float>(1.0 / (contributions * first.loss_scale));
  if (!std::isnormal(gradient_scale)) {
    return absl::FailedPreconditionError(absl::StrCat("loss_scale is ", first.loss_scale,
                                                      ", whose reciprocal over ", contributions,
                                                      " contributions does not fit fp32"));
  }
  return AgreedOpen{.micro_batches = first.micro_batches, .gradient_scale = gradient_scale};
}

absl::StatusOr<AgreedCommit> AgreeOnCommit(const JobLayout& layout,
                                           std::span<const CommitRecord> records) {
  const std::vector<int>& ranks = layout.world.contributors;
  const CommitRecord& first = records.front();
  AgreedCommit agreed{.max_grad_norm = first.max_grad_norm,
                      .hyperparameters = first.hyperparameters,
                      .absent_everywhere = first.absent};
  for (std::size_t i = 1; i < records.size(); ++i) {
    const CommitRecord& record = records[i];
    ZEROD_RETURN_IF_ERROR(Same(ranks[i], ranks[0], "step", record.step, first.step));
    ZEROD_RETURN_IF_ERROR(
        Same(ranks[i], ranks[0], "max_grad_norm", record.max_grad_norm, first.max_grad_norm));
    for (std::size_t group = 0; group < record.hyperparameters.size(); ++group) {
      ZEROD_RETURN_IF_ERROR(SameHyperparameters(ranks[i], ranks[0], layout.table.groups()[group],
                                                record.hyperparameters[group],
                                                first.hyperparameters[group]));
    }
    for (std::size_t parameter = 0; parameter < record.absent.size(); ++parameter) {
      agreed.absent_everywhere[parameter] &= record.absent[parameter];
    }
  }
  return agreed;
}

std::vector<std::byte> EncodeCommit(const CommitRecord& record) {
  ByteWriter writer;
  writer.Put(record.step);
  writer.Put(record.max_grad_norm);
  for (const Hyperparameters& hyperparameters : record.hyperparameters) {
    Put(hyperparameters, writer);
  }
  for (std::uint8_t absent : record.absent) writer.Put(absent);
  return writer.Take();
}

absl::StatusOr<CommitRecord> DecodeCommit(const JobLayout& layout,
                                          std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  CommitRecord record;
  record.step = reader.Get<std::uint64_t>();
  record.max_grad_norm = reader.Get<double>();
  for (std::size_t i = 0; i < layout.table.groups().size(); ++i) {
    record.hyperparameters.push_back(GetHyperparameters(reader));
  }
  for (std::size_t i = 0; i < layout.table.parameters().size(); ++i) {
    record.absent.push_back(reader.Get<std::uint8_t>());
  }
  if (!reader.at_end()) return absl::InternalError("a commit record has the wrong size");
  return record;
}

}  // namespace zerod
