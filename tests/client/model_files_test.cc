// Files of models: what is written, what is read, and what is refused.
#include "zerod/model_files.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "base/safetensors/file_writer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/base/file_size_limit.h"
#include "tests/base/test_folder.h"
#include "tests/client/bad_input.h"
#include "tests/client/some_model.h"

namespace zerod {
namespace {

using absl::StatusCode;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(ModelFiles, ComeBackAsTheyWereWritten) {
  const SomeModel model;
  for (const std::uint64_t max_file_bytes : {5'000'000'000ull, 100ull, 1ull}) {
    const TestFolder folder;
    ASSERT_TRUE(model.Write(folder.Path("new/folder"), {max_file_bytes}).ok());
    const auto read = ReadModelFiles(folder.Path("new/folder"), model.parameters);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_TRUE(model.Holds(read->values));
  }
}

TEST(ModelFiles, OneFileNeedsNoIndex) {
  const TestFolder folder;
  const SomeModel model;
  ASSERT_TRUE(model.Write(folder.Path()).ok());
  EXPECT_THAT(folder.Names(), ElementsAre("model.safetensors"));
  EXPECT_TRUE(ReadModelFiles(folder.Path("model.safetensors"), model.parameters).ok());
}

TEST(ModelFiles, SeveralFilesHaveTheEcosystemsNamesAndIndex) {
  const TestFolder folder;
  const SomeModel model;
  ASSERT_TRUE(model.Write(folder.Path(), {.max_file_bytes = 60}).ok());
  EXPECT_THAT(folder.Names(),
              ElementsAre("model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors",
                          "model-00003-of-00003.safetensors", "model.safetensors.index.json"));
  EXPECT_EQ(folder.Read("model.safetensors.index.json"), R"({
  "metadata": {
    "total_size": 132
  },
  "weight_map": {
    "bias": "model-00001-of-00003.safetensors",
    "norm": "model-00002-of-00003.safetensors",
    "scale": "model-00003-of-00003.safetensors",
    "up": "model-00001-of-00003.safetensors"
  }
}
)");
  const std::string index = folder.Path("model.safetensors.index.json");
  EXPECT_TRUE(ReadModelFiles(index, model.parameters).ok());
  // A part of a model is not the model.
  EXPECT_THAT(
      ReadModelFiles(folder.Path("model-00001-of-00003.safetensors"), model.parameters).status(),
      IsError(StatusCode::kInvalidArgument, HasSubstr("it lacks 'norm', 'scale'")));
}

TEST(ModelFiles, OfAnotherModelNameEveryDifference) {
  const TestFolder folder;
  const SomeModel model;
  ASSERT_TRUE(model.Write(folder.Path()).ok());
  std::vector<ParameterSpec> other = model.parameters;
  other[0].name = "down";
  other[1].shape = {7, 1};
  other[3].shape = {1};
  EXPECT_THAT(ReadModelFiles(folder.Path(), other).status(),
              IsError(StatusCode::kInvalidArgument,
                      AllOf(HasSubstr(folder.Path()), HasSubstr("'bias' is [7] there and [7, 1]"),
                            HasSubstr("'scale' is [] there and [1]"), HasSubstr("it lacks 'down';"),
                            HasSubstr("the model lacks 'up'"), Not(HasSubstr("'norm'")))));
}

TEST(ModelFiles, HoldWeightsAndNoCounters) {
  const TestFolder folder;
  auto file = SafetensorsWriter::Create(
      folder.Path("f"), {.tensors = {{.name = "w", .dtype = StoredDType::kU8, .shape = {0}}}});
  ASSERT_TRUE(file.ok() && file->Finish().ok() && file->Publish().ok());
  const std::vector<ParameterSpec> parameters = {{.name = "w", .shape = {0}}};
  EXPECT_THAT(
      ReadModelFiles(folder.Path("f"), parameters).status(),
      IsError(StatusCode::kInvalidArgument, HasSubstr("'w' is U8 there; weights are BF16")));
}

TEST(ModelFiles, ThatLieAskewAreCopied) {
  const TestFolder folder;
  // Behind a header of three spaces' padding, no element lies at a multiple of its size.
  const std::string header = R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  for (std::size_t spaces = 0; spaces < 4; ++spaces) {
    const std::size_t length = header.size() + spaces;
    std::string text(8, '\0');
    text[0] = static_cast<char>(length);
    absl::StrAppend(&text, header, std::string(spaces, ' '),
                    absl::string_view("\x00\x00\x80\x3f\x00\x00\x00\xc0", 8));
    const std::vector<ParameterSpec> parameters = {{.name = "w", .shape = {2}}};
    const auto read = ReadModelFiles(folder.Write("f", text), parameters);
    ASSERT_TRUE(read.ok()) << read.status();
    const float* values = read->values[0].fp32();
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(values) % alignof(float), 0u);
    EXPECT_EQ(values[0], 1.0f);
    EXPECT_EQ(values[1], -2.0f);
  }
}

TEST(ModelFiles, TwoModelsInAFolderAreOneTooMany) {
  const TestFolder folder;
  const SomeModel model;
  ASSERT_TRUE(model.Write(folder.Path(), {.max_file_bytes = 60}).ok());
  EXPECT_THAT(model.Write(folder.Path()),
              IsError(StatusCode::kAlreadyExists,
                      AllOf(HasSubstr(folder.Path()), HasSubstr("move that model away"))));
  folder.Write("model.safetensors", "anything");
  EXPECT_THAT(ReadModelFiles(folder.Path(), model.parameters).status(),
              IsError(StatusCode::kInvalidArgument, HasSubstr("give the one that is meant")));
  const TestFolder nothing;
  EXPECT_THAT(ReadModelFiles(nothing.Path(), model.parameters).status(),
              IsError(StatusCode::kNotFound, HasSubstr("holds neither")));
}

TEST(ModelFiles, AFullDiskLeavesNothing) {
  const SomeModel model;
  const TestFolder whole;
  ASSERT_TRUE(model.Write(whole.Path(), {.max_file_bytes = 60}).ok());
  const rlim_t index_bytes = whole.Read("model.safetensors.index.json").size();
  ASSERT_GT(index_bytes, whole.Read("model-00001-of-00003.safetensors").size() + 1);
  // At the last of them it is the index that no longer fits.
  for (const rlim_t limit : {rlim_t{0}, rlim_t{20}, rlim_t{200}, index_bytes - 1}) {
    const TestFolder folder;
    std::optional<FileSizeLimit> full(limit);
    const absl::Status status = model.Write(folder.Path(), {.max_file_bytes = 60});
    full.reset();
    EXPECT_THAT(status, IsError(StatusCode::kResourceExhausted, HasSubstr(folder.Path())));
    EXPECT_THAT(folder.Names(), IsEmpty()) << limit;
  }
}

TEST(ModelFiles, ASourceThatFailsOrLiesLeavesNothing) {
  const TestFolder folder;
  const SomeModel model;
  auto write = [&](const WeightSource& source) {
    return WriteModelFiles(folder.Path(), model.parameters, source, {.max_file_bytes = 60});
  };
  EXPECT_EQ(write([&](std::size_t parameter) -> absl::StatusOr<ConstTensorView> {
              if (parameter == 3) return absl::AbortedError("gone");
              return model.View(parameter);
            }).message(),
            "gone");
  EXPECT_THAT(write([&](std::size_t) -> absl::StatusOr<ConstTensorView> { return model.View(0); }),
              IsError(StatusCode::kInvalidArgument,
                      HasSubstr("'bias' is F32 [7], 28 bytes; its values have 30 bytes of bf16")));
  EXPECT_THAT(folder.Names(), IsEmpty());
}

TEST(ModelFiles, FoldersThatCannotBeAreToldBeforeARun) {
  const TestFolder folder;
  folder.Write("file", "");
  EXPECT_FALSE(CheckModelFolder(folder.Path("file")).ok());
  EXPECT_FALSE(CheckModelFolder(folder.Path("file/below")).ok());
  EXPECT_TRUE(CheckModelFolder(folder.Path("new/one")).ok());
  folder.Write("new/one/config.json", "{}");
  EXPECT_TRUE(CheckModelFolder(folder.Path("new/one")).ok());
  folder.Write("new/one/model-00001-of-00002.safetensors", "");
  EXPECT_THAT(CheckModelFolder(folder.Path("new/one")),
              IsError(StatusCode::kAlreadyExists, HasSubstr("model-00001-of-00002")));
}

}  // namespace
}  // namespace zerod
