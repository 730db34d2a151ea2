// Weights that leave a job as files, and come into another from them.
#include "absl/strings/str_cat.h"
#include "base/safetensors/file_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/base/test_folder.h"
#include "tests/client/training_run.h"
#include "zerod/model_files.h"

namespace zerod {
namespace {

// Every dtype with every master it can have, and a parameter that never moves.
JobSpec MixedSpec() {
  JobSpec spec;
  spec.groups = {{.name = "k32", .patterns = {"*.k32"}, .master = MasterFormat::k32},
                 {.name = "k24", .patterns = {"*.k24"}, .master = MasterFormat::k24},
                 {.name = "none", .patterns = {"*.none"}, .master = MasterFormat::kNone},
                 {.name = "frozen", .patterns = {"frozen*"}, .frozen = true},
                 {.name = "rest"}};
  for (ParameterGroup& group : spec.groups) group.hyperparameters.lr = 1e-3;
  for (const DType dtype : {DType::kBf16, DType::kFp16}) {
    for (const char* master : {"k32", "k24", "none"}) {
      spec.parameters.push_back(
          {.name = absl::StrCat(DTypeName(dtype), ".", master), .shape = {17, 23}, .dtype = dtype});
    }
  }
  spec.parameters.push_back({.name = "fp32", .shape = {300}, .dtype = DType::kFp32});
  spec.parameters.push_back({.name = "frozen", .shape = {9, 4}, .dtype = DType::kBf16});
  spec.parameters.push_back({.name = "nothing", .shape = {0, 4}, .dtype = DType::kBf16});
  return spec;
}

std::vector<std::byte> Copy(ConstTensorView view) { return {view.bytes.begin(), view.bytes.end()}; }

// A job of one trainer, and what can be seen of it.
struct OneTrainer {
  OneTrainer(const JobSpec& spec, std::span<const ConstTensorView> initial) {
    auto created = Embedded::Create({.ranks = {{}, {.trainer = false}}}, spec, initial);
    EXPECT_TRUE(created.ok()) << created.status();
    job = *std::move(created);
    trainer = *job->Attach(0);
  }

  void TakeSteps() const {
    const auto result = RunTrainer(*trainer, 0, 1, {.steps = 20}, nullptr);
    EXPECT_TRUE(result.ok()) << result.status();
  }
  std::vector<std::vector<std::byte>> Weights() const {
    std::vector<std::vector<std::byte>> all;
    for (std::size_t i = 0; i < trainer->parameters().size(); ++i) {
      all.push_back(Copy(trainer->Weights(i)));
    }
    return all;
  }
  std::vector<float> Masters(std::size_t parameter) const { return *job->MasterWeights(parameter); }

  std::unique_ptr<Embedded> job;
  std::unique_ptr<Trainer> trainer;
};

OneTrainer FromFiles(const std::string& path, const JobSpec& spec) {
  const auto weights = ReadModelFiles(path, spec.parameters);
  EXPECT_TRUE(weights.ok()) << weights.status();
  return {spec, weights->values};
}

class ModelOfJobTest : public testing::Test {
 protected:
  ModelOfJobTest() { trained_.TakeSteps(); }

  const JobSpec spec_ = MixedSpec();
  const OneTrainer trained_{spec_, InitialValues(spec_).views};
  const TestFolder folder_;
};

TEST_F(ModelOfJobTest, WeightsInTheirOwnDTypesKeepEveryBit) {
  ASSERT_TRUE(ExportWeights(folder_.Path(), *trained_.trainer, {.max_file_bytes = 2000}).ok());
  EXPECT_GT(folder_.Names().size(), 3u);
  const OneTrainer again = FromFiles(folder_.Path(), spec_);
  EXPECT_EQ(again.Weights(), trained_.Weights());
  EXPECT_NE(again.Weights(), OneTrainer(spec_, InitialValues(spec_).views).Weights());
  // What a 16-bit weight has no room for is lost.
  EXPECT_NE(again.Masters(0), trained_.Masters(0));
}

TEST_F(ModelOfJobTest, MasterWeightsKeepTheBitsOfTheMasters) {
  ASSERT_TRUE(ExportMasterWeights(folder_.Path(), *trained_.job, spec_.parameters).ok());
  const auto file = SafetensorsFile::Open(folder_.Path("model.safetensors"));
  ASSERT_TRUE(file.ok()) << file.status();
  for (const StoredTensor& tensor : file->tensors()) EXPECT_EQ(tensor.dtype, StoredDType::kF32);

  const OneTrainer again = FromFiles(folder_.Path(), spec_);
  for (std::size_t i = 0; i < spec_.parameters.size(); ++i) {
    EXPECT_EQ(again.Masters(i), trained_.Masters(i)) << spec_.parameters[i].name;
  }
  EXPECT_EQ(again.Weights(), trained_.Weights());
}

TEST_F(ModelOfJobTest, FilesOfOneDTypeBeginJobsOfAnother) {
  ASSERT_TRUE(ExportWeights(folder_.Path(), *trained_.trainer).ok());
  JobSpec wide = spec_;
  wide.groups = {{}};
  for (ParameterSpec& parameter : wide.parameters) parameter.dtype = DType::kFp32;
  const OneTrainer again = FromFiles(folder_.Path(), wide);
  // fp32 holds every bf16 and fp16, so going back gives the same files.
  const TestFolder other;
  ASSERT_TRUE(ExportWeights(other.Path(), *again.trainer).ok());
  EXPECT_EQ(FromFiles(other.Path(), spec_).Weights(), trained_.Weights());
}

TEST_F(ModelOfJobTest, ErrorsOfTheJobAreErrorsOfTheExport) {
  std::vector<ParameterSpec> more = spec_.parameters;
  more.push_back({.name = "more", .shape = {1}});
  EXPECT_EQ(ExportMasterWeights(folder_.Path(), *trained_.job, more).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(folder_.Names().empty());
}

}  // namespace
}  // namespace zerod
