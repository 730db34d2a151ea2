#include <cstring>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/quoted.h"
#include "base/status_macros.h"
#include "client/model_files/file_set.h"
#include "zerod/model_files.h"

namespace zerod {
namespace {

// A tensor, and where it is.
struct Found {
  const SafetensorsFile* file = nullptr;
  const StoredTensor* tensor = nullptr;
};

// What ModelWeights::memory holds.
struct Memory {
  ModelFileSet set;
  std::vector<std::vector<std::byte>> copies;  // of tensors that lie askew in their file
};

bool SameShape(const StoredTensor& tensor, const ParameterSpec& parameter) {
  return std::equal(tensor.shape.begin(), tensor.shape.end(), parameter.shape.begin(),
                    parameter.shape.end(), [](std::uint64_t stored, std::int64_t extent) {
                      return extent >= 0 && stored == static_cast<std::uint64_t>(extent);
                    });
}

// What keeps the files from being this model. A tensor of another shape or dtype counts as one,
// not as missing and surplus.
class Mismatch {
 public:
  void Missing(const std::string& name) { missing_.push_back(name); }
  void Surplus(const std::string& name) { surplus_.push_back(name); }
  void Compare(const StoredTensor& tensor, const ParameterSpec& parameter) {
    if (!SameShape(tensor, parameter)) {
      Differs(absl::StrCat(Quoted(tensor.name), " is [", absl::StrJoin(tensor.shape, ", "),
                           "] there and [", absl::StrJoin(parameter.shape, ", "),
                           "] in the model"));
    } else if (!WeightDType(tensor.dtype)) {
      Differs(absl::StrCat(Quoted(tensor.name), " is ", StoredDTypeName(tensor.dtype),
                           " there; weights are BF16, F16 or F32"));
    }
  }

  absl::Status Error(const std::string& path) const {
    std::vector<std::string> parts = different_;
    if (different_count_ > different_.size()) {
      parts.push_back(absl::StrCat(different_count_ - different_.size(), " more are different"));
    }
    if (!missing_.empty()) parts.push_back("it lacks " + QuotedList(missing_));
    if (!surplus_.empty()) parts.push_back("the model lacks " + QuotedList(surplus_));
    if (parts.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("'", path, "' does not fit the model: ", absl::StrJoin(parts, "; ")));
  }

 private:
  void Differs(std::string how) {
    if (++different_count_ <= 20) different_.push_back(std::move(how));
  }

  std::vector<std::string> missing_, surplus_, different_;
  std::size_t different_count_ = 0;
};

// Views may only look at aligned elements; a file need not align them.
std::span<const std::byte> Aligned(std::span<const std::byte> bytes, DType dtype, Memory& memory) {
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % DTypeBytes(dtype) == 0) return bytes;
  return memory.copies.emplace_back(bytes.begin(), bytes.end());
}

}  // namespace

absl::StatusOr<ModelWeights> ReadModelFiles(const std::string& path,
                                            std::span<const ParameterSpec> parameters) {
  const auto memory = std::make_shared<Memory>();
  ZEROD_ASSIGN_OR_RETURN(memory->set, OpenModelFileSet(path));
  std::map<std::string, Found> tensors;
  for (const SafetensorsFile& file : memory->set.files) {
    for (const StoredTensor& tensor : file.tensors()) {
      tensors.emplace(tensor.name, Found{&file, &tensor});
    }
  }
  Mismatch mismatch;
  std::vector<Found> of_parameter;
  for (const ParameterSpec& parameter : parameters) {
    const auto found = tensors.extract(parameter.name);
    if (!found) {
      mismatch.Missing(parameter.name);
      continue;
    }
    mismatch.Compare(*found.mapped().tensor, parameter);
    of_parameter.push_back(found.mapped());
  }
  for (const auto& [name, tensor] : tensors) mismatch.Surplus(name);
  ZEROD_RETURN_IF_ERROR(mismatch.Error(path));

  ModelWeights weights;
  for (const Found& found : of_parameter) {
    const DType dtype = *WeightDType(found.tensor->dtype);
    weights.values.push_back({dtype, Aligned(found.file->Bytes(*found.tensor), dtype, *memory)});
  }
  weights.memory = memory;
  return weights;
}

}  // namespace zerod
