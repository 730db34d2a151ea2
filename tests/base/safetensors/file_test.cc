#include <cstring>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/safetensors/file_reader.h"
#include "base/safetensors/file_writer.h"
#include "base/safetensors/header_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/base/file_size_limit.h"
#include "tests/base/test_folder.h"

namespace zerod {
namespace {

using absl::StatusCode;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::span<const std::byte> BytesOf(absl::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::string TextOf(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Writes `data` in two parts.
absl::Status WriteFile(const std::string& path, SafetensorsHeader header, absl::string_view data) {
  auto file = SafetensorsWriter::Create(path, std::move(header));
  if (!file.ok()) return file.status();
  const std::size_t half = data.size() / 2;
  if (auto status = file->Append(BytesOf(data.substr(0, half))); !status.ok()) return status;
  if (auto status = file->Append(BytesOf(data.substr(half))); !status.ok()) return status;
  if (auto status = file->Finish(); !status.ok()) return status;
  return file->Publish();
}

// Byte for byte what others read and write.
TEST(SafetensorsFile, LooksLikeThis) {
  const TestFolder folder;
  const SafetensorsHeader header = {
      .tensors = {{.name = "w", .dtype = StoredDType::kF32, .shape = {2, 1}},
                  {.name = "\"b\"", .dtype = StoredDType::kBf16, .shape = {}}},
      .metadata = {{"format", "pt"}}};
  const absl::string_view data("\x00\x00\x80\x3f\x00\x00\x00\xc0\x80\x3f", 10);
  ASSERT_TRUE(WriteFile(folder.Path("f"), header, data).ok());
  const absl::string_view expected(
      "\x98\x00\x00\x00\x00\x00\x00\x00"
      "{\"__metadata__\":{\"format\":\"pt\"},"
      "\"w\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]},"
      "\"\\\"b\\\"\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[8,10]}}"
      "       "
      "\x00\x00\x80\x3f\x00\x00\x00\xc0\x80\x3f",
      170);
  EXPECT_EQ(folder.Read("f"), expected);
  EXPECT_THAT(folder.Names(), ElementsAre("f"));
}

TEST(SafetensorsFile, ComesBackAsItWasWritten) {
  const TestFolder folder;
  std::vector<StoredTensor> tensors;
  std::string data;
  for (const absl::string_view name : {"F32", "BF16", "F16", "U16", "U8", "I8"}) {
    const auto dtype = FindStoredDType(name);
    ASSERT_TRUE(dtype);
    tensors.push_back({.name = absl::StrCat("a ", name), .dtype = *dtype, .shape = {3, 5}});
    for (std::size_t i = 0; i < 15 * StoredDTypeBytes(*dtype); ++i) {
      data.push_back(static_cast<char>(data.size() * 7));
    }
  }
  tensors.push_back({.name = "empty", .dtype = StoredDType::kF16, .shape = {4, 0}});
  ASSERT_TRUE(WriteFile(folder.Path("f"), {.tensors = tensors}, data).ok());

  const auto file = SafetensorsFile::Open(folder.Path("f"));
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_THAT(file->metadata(), IsEmpty());
  ASSERT_EQ(file->tensors().size(), tensors.size());
  std::string again;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const StoredTensor& tensor = file->tensors()[i];
    EXPECT_EQ(tensor.name, tensors[i].name);
    EXPECT_EQ(tensor.dtype, tensors[i].dtype);
    EXPECT_EQ(tensor.shape, tensors[i].shape);
    EXPECT_EQ(file->Find(tensor.name), &tensor);
    again += TextOf(file->Bytes(tensor));
  }
  EXPECT_EQ(again, data);
  EXPECT_EQ(file->Find("nobody"), nullptr);
}

TEST(SafetensorsFile, LengthsAreCheckedAgainstTheFile) {
  const TestFolder folder;
  auto with_length = [](std::uint64_t length, absl::string_view rest) {
    std::string text(8, '\0');
    std::memcpy(text.data(), &length, 8);
    return absl::StrCat(text, rest);
  };
  const struct {
    std::string content;
    std::string culprit;
  } cases[] = {
      {"", "has 0 bytes"},
      {"1234567", "has 7 bytes"},
      {with_length(3, "{}"), "has 3 bytes, and has only 2"},
      {with_length(~std::uint64_t{0}, "{}"), "has 18446744073709551615 bytes; at most 100000000"},
      {with_length(100'000'001, "{}"), "at most 100000000"},
      {with_length(0, "{}"), "see byte 0"},
      {with_length(2, "{}x"), "bytes 0..1 of the data belong to no tensor"},
  };
  for (const auto& bad : cases) {
    const std::string path = folder.Write("bad", bad.content);
    const absl::Status status = SafetensorsFile::Open(path).status();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr(path), HasSubstr(bad.culprit)));
  }
  EXPECT_TRUE(SafetensorsFile::Open(folder.Write("good", with_length(2, "{}"))).ok());
  EXPECT_EQ(SafetensorsFile::Open(folder.Path("none")).status().code(), StatusCode::kNotFound);
  EXPECT_THAT(std::string(SafetensorsFile::Open(folder.Path()).status().message()),
              HasSubstr("no regular file"));
}

TEST(SafetensorsWriter, TakesNamesThatReadersTake) {
  const TestFolder folder;
  auto error = [&](std::vector<StoredTensor> tensors) {
    return std::string(SafetensorsWriter::Create(folder.Path("f"), {.tensors = std::move(tensors)})
                           .status()
                           .message());
  };
  EXPECT_THAT(error({{.name = "a"}, {.name = "a"}}), HasSubstr("'a' is taken twice"));
  EXPECT_THAT(error({{.name = "__metadata__"}}), HasSubstr("is reserved"));
  EXPECT_THAT(error({{.name = "\xff"}}), HasSubstr("'\\xff' is not UTF-8"));
  EXPECT_THAT(error({{.name = "a", .shape = {1ull << 32, 1ull << 32}}}),
              HasSubstr("more than 64 bits"));
  EXPECT_THAT(error({{.name = "a", .shape = {1ull << 62}}, {.name = "b", .shape = {1ull << 62}}}),
              HasSubstr("up to 'b'"));
  EXPECT_THAT(error({{.name = std::string(kMaxSafetensorsHeaderBytes, 'x')}}),
              HasSubstr("at most 100000000"));
  EXPECT_THAT(folder.Names(), IsEmpty());
}

TEST(SafetensorsWriter, WantsExactlyTheBytesItWasPromised) {
  const TestFolder folder;
  {
    auto file = SafetensorsWriter::Create(
        folder.Path("f"), {.tensors = {{.name = "a", .dtype = StoredDType::kU8, .shape = {4}}}});
    ASSERT_TRUE(file.ok());
    EXPECT_TRUE(file->Append(BytesOf("123")).ok());
    EXPECT_EQ(file->Append(BytesOf("45")).code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(file->Finish().code(), StatusCode::kFailedPrecondition);
    EXPECT_TRUE(file->Append(BytesOf("4")).ok());
    EXPECT_TRUE(file->Finish().ok());
  }
  // It was never published.
  EXPECT_THAT(folder.Names(), IsEmpty());
}

TEST(SafetensorsWriter, AFullDiskLeavesWhatWasThere) {
  const TestFolder folder;
  folder.Write("f", "before");
  const SafetensorsHeader header = {
      .tensors = {{.name = "a", .dtype = StoredDType::kU8, .shape = {5000}}}};
  for (const rlim_t limit : {0, 100, 5000}) {
    std::optional<FileSizeLimit> full(limit);
    const absl::Status status = WriteFile(folder.Path("f"), header, std::string(5000, 'x'));
    full.reset();
    EXPECT_EQ(status.code(), StatusCode::kResourceExhausted) << limit << ": " << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(folder.Path("f")));
    EXPECT_THAT(folder.Names(), ElementsAre("f"));
    EXPECT_EQ(folder.Read("f"), "before");
  }
  EXPECT_TRUE(WriteFile(folder.Path("f"), header, std::string(5000, 'x')).ok());
  EXPECT_GT(folder.Read("f").size(), 5000u);
}

}  // namespace
}  // namespace zerod
